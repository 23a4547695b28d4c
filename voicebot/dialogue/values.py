"""What expressions work with: fields of what the shop answered, numbers, days. Total: what is missing is None or 0."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any


def field_of(value: Any, name: Any) -> Any:
    """A field of a mapping, or a place in a list; None where there is none."""
    if isinstance(value, Mapping):
        return value.get(name)
    if isinstance(value, (list, tuple, str)) and isinstance(name, int) and -len(value) <= name < len(value):
        return value[name]
    return None


def number(value: Any) -> float:
    """A number, also from text; 0 where there is none."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return 0.0


def day_of(value: Any) -> date | None:
    """The day in an ISO date or time, or None."""
    if isinstance(value, datetime):
        return value.date()
    try:
        return datetime.fromisoformat(str(value)).date()
    except ValueError:
        return None
