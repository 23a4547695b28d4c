"""Festivals, the lunar months, and arithmetic on days: what a spoken date needs besides the day of the call."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from voicebot.errors import VoicebotError
from voicebot.nlu.words import FOLDER, read_words, strings

Lean = Literal["past", "future"] | None
"""Does the sentence speak of what was (买的那单) or of what is to come (能送到吗)?"""


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """`festivals`: spoken name -> its days, sorted; `lunar_months`: (month, e.g. "8" or "闰6") -> first days."""

    festivals: dict[str, tuple[date, ...]]
    lunar_months: dict[str, tuple[date, ...]]

    @staticmethod
    def load(folder: Path = FOLDER) -> Calendar:
        """festivals.yaml of `folder`. Raises VoicebotError that names the faulty festival."""
        data = read_words("festivals", folder)
        years = sorted(int(year) for year in data.get("lunar_months", {}))
        festivals: dict[str, tuple[date, ...]] = {}
        for kind, days_of in (("fixed", _fixed), ("rules", _ruled), ("dated", _dated)):
            for name, entry in (data.get(kind) or {}).items():
                where = f"{folder / 'festivals.yaml'}: {kind}, {name}"
                try:
                    days = tuple(sorted(days_of(entry, years)))
                except (KeyError, TypeError, ValueError) as error:
                    raise VoicebotError(
                        f"{where} is not a festival ({error}); compare the others there."
                    ) from None
                festivals |= dict.fromkeys(strings(entry.get("names"), f"{where}, `names`"), days)
        months: dict[str, list[date]] = {}
        for table in data.get("lunar_months", {}).values():
            for month, first in table.items():
                months.setdefault(str(month), []).append(first)
        return Calendar(festivals, {month: tuple(sorted(days)) for month, days in months.items()})


def _fixed(entry: Any, years: list[int]) -> Iterable[date]:
    return [date.fromisoformat(f"{year}-{entry['day']}") for year in years]


def _ruled(entry: Any, years: list[int]) -> Iterable[date]:
    return [nth_weekday(year, entry["month"], entry["nth"], entry["weekday"]) for year in years]


def _dated(entry: Any, _years: list[int]) -> Iterable[date]:
    return [date.fromisoformat(str(day)) for day in entry["days"]]


@lru_cache(maxsize=1)
def standard_calendar() -> Calendar:
    """The calendar that is installed, read once."""
    return Calendar.load()


def nth_weekday(year: int, month: int, nth: int, weekday: int) -> date:
    """The nth Monday (1) .. Sunday (7) of a month."""
    first = date(year, month, 1)
    return first + timedelta((weekday - first.isoweekday()) % 7 + 7 * (nth - 1))


def on_day(year: int, month: int, day: int) -> date | None:
    """That day, months beyond 1..12 counted into other years; None where the month has no such day."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    try:
        return date(year, month, day)
    except ValueError:
        return None


def month_end(year: int, month: int) -> date:
    """The last day of a month; months beyond 1..12 are counted into other years."""
    after = on_day(year, month + 1, 1)
    assert after is not None
    return after - timedelta(1)


def months_from(today: date, months: int) -> date:
    """The same day so many months later (or earlier), the month's last day where it is shorter."""
    return on_day(today.year, today.month + months, today.day) or month_end(today.year, today.month + months)


def likeliest(days: Iterable[date | None], today: date, lean: Lean) -> date | None:
    """The day meant: the latest past one, the next one, or the nearest (the past one of two)."""
    known = sorted(day for day in days if day is not None)
    if lean == "past":
        return max((day for day in known if day <= today), default=None)
    if lean == "future":
        return min((day for day in known if day >= today), default=None)
    return min(known, key=lambda day: (abs(day - today), day), default=None)
