"""What was asked of the shop: the arguments, the rules that hold, and the time at which they are applied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from voicebot.shop.rules import Rules

Result = dict[str, Any]
"""What a look or a do answers: plain data."""

NUMERALS = "零一两三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Asked:
    """The arguments of one query. `now` is the shop's local time."""

    name: str
    arguments: Mapping[str, Any]
    rules: Rules
    now: datetime

    @property
    def today(self) -> date:
        """The day for which the rules are applied."""
        return self.now.date()

    def text(self, key: str) -> str:
        """A text that must be there. Raises ValueError without it."""
        value = self.maybe(key)
        if value is None:
            raise ValueError(f"{self.name} needs {key!r}")
        return value

    def maybe(self, key: str) -> str | None:
        """A text, or None where it is absent or empty."""
        value = self.arguments.get(key)
        text = "" if value is None else str(value).strip()
        return text or None

    def number(self, key: str) -> int | None:
        """A whole number, or None. Raises ValueError for something else."""
        value = self.maybe(key)
        return None if value is None else int(value)

    def flag(self, key: str) -> bool | None:
        """Yes, no, or None where nothing was said about it."""
        value = self.arguments.get(key)
        return None if value is None else bool(value)


def yuan(fen: int) -> str:
    """The amount in yuan as a decimal without needless noughts: 12850 -> "128.5"."""
    text = format(Decimal(fen) / 100, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def day_word(day: date, today: date) -> str:
    """How people say this day: 今天, 昨天, 前天, 明天, 后天, else 11月3号, with the year when it is another."""
    words = {0: "今天", 1: "昨天", 2: "前天", -1: "明天", -2: "后天"}
    word = words.get((today - day).days)
    spoken = f"{day.month}月{day.day}号"
    return word or (spoken if day.year == today.year else f"{day.year}年{spoken}")


def count_word(count: int) -> str:
    """A small count as it is said before a measure word: 2 -> 两."""
    return NUMERALS[count] if 0 <= count < len(NUMERALS) else str(count)
