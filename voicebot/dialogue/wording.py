"""Wording: templates such as 订单{order.status},{trace.eta|day}送到, and the choice among variants.

A template is fixed text with expressions in braces, each followed by filters after bars. Values stay in written
form; the synthesiser knows how they are read. What is missing is spoken as nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from voicebot.dialogue.expressions import Expression, parse_expression
from voicebot.dialogue.functions import Lookup
from voicebot.dialogue.values import day_of


@dataclass(frozen=True)
class Hole:
    """An expression in a template, and the filters its value goes through."""

    expression: Expression
    filters: tuple[str, ...] = ()


@dataclass(frozen=True)
class Template:
    """Fixed text and holes, in order."""

    text: str
    parts: tuple[str | Hole, ...]

    def render(self, lookup: Lookup) -> str:
        """The text with every hole filled."""
        return "".join(part if isinstance(part, str) else _fill(part, lookup) for part in self.parts)

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The expressions in its holes."""
        return tuple(part.expression for part in self.parts if isinstance(part, Hole))


Words = tuple[Template, ...]
"""Variants of one thing to say; which one is taken depends on how often it was said in this call."""


def variant(words: Words, count: int) -> Template:
    """The variant for the `count`-th time (from 0): each in turn, then from the beginning."""
    return words[count % len(words)]


def parse_template(text: str) -> Template:
    """Parse; ValueError says what is wrong."""
    parts: list[str | Hole] = []
    for index, piece in enumerate(re.split(r"\{([^{}]*)\}", text)):
        if index % 2:
            parts.append(_hole(piece))
        elif "{" in piece or "}" in piece:
            raise ValueError(f"a brace without its partner in {text!r}")
        elif piece:
            parts.append(piece)
    return Template(text, tuple(parts))


def _hole(piece: str) -> Hole:
    expression, *filters = (part.strip() for part in piece.split("|"))
    for name in filters:
        if name not in FILTERS:
            raise ValueError(f"unknown filter {name!r}; there are {', '.join(sorted(FILTERS))}")
    return Hole(parse_expression(expression), tuple(filters))


def _fill(hole: Hole, lookup: Lookup) -> str:
    value = hole.expression.value(lookup)
    for name in hole.filters:
        value = FILTERS[name](value, lookup)
    return _plain(value)


def _plain(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    if isinstance(value, (list, tuple)):
        return _list(value)
    return str(value)


def _list(value: Any) -> str:
    items = [_plain(item) for item in value] if isinstance(value, (list, tuple)) else [_plain(value)]
    return "、".join(items[:-1]) + ("和" if len(items) > 1 else "") + items[-1] if items else ""


def _tail(value: Any) -> str:
    digits = re.sub(r"\D", "", _plain(value))
    return digits[-4:]


def _money(value: Any) -> str:
    try:
        return f"{float(value):.2f}".rstrip("0").rstrip(".") + "元"
    except (TypeError, ValueError):
        return ""


def _date(value: Any) -> str:
    day = day_of(value)
    return f"{day.month}月{day.day}日" if day else _plain(value)


_NEAR = {-2: "前天", -1: "昨天", 0: "今天", 1: "明天", 2: "后天"}


def _day(value: Any, lookup: Lookup) -> str:
    now, day = lookup("now"), day_of(value)
    if day is None or not isinstance(now, datetime):
        return _date(value)
    return _NEAR.get((day - now.date()).days, _date(value))


def _time(value: Any) -> str:
    try:
        return datetime.fromisoformat(str(value)).strftime("%H:%M")
    except ValueError:
        return _plain(value)


FILTERS: dict[str, Callable[[Any, Lookup], Any]] = {
    "tail": lambda value, _: _tail(value),
    "money": lambda value, _: _money(value),
    "date": lambda value, _: _date(value),
    "day": _day,
    "time": lambda value, _: _time(value),
    "list": lambda value, _: _list(value),
}
