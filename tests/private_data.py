"""Finding personal data in what must not hold any: the demonstration shop's people, and whatever has such a shape."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

OF_TESTS = ("欧阳一一", "王小明")
"""People of tests who are not in the shop."""
SURE_NAME = 2
"""A surname alone is a character of many words: only whole names are looked for."""

_MOBILE = re.compile(r"(?<![\d.])(?:\+?86[ -]?)?(1[3-9]\d[ -]?\d{4}[ -]?\d{4})(?!\d)")
_CARD = re.compile(r"(?<![\d.])(?:62|4\d|5[1-5]|35|34|37)\d(?:[ -]?\d){11,16}(?!\d)")
_DIGITS = re.compile(r"\d{5,}")
_CHINESE = re.compile(r"[\u4e00-\u9fff]{2,}")


def luhn(number: str) -> bool:
    """Is the last digit the right one for a card's number? Source: ISO/IEC 7812-1, annex B."""
    digits = [int(one) for one in reversed(number) if one.isdigit()]
    doubled = [sum(divmod(2 * one, 10)) for one in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


class Searcher:
    """Looks for these people's data, and for the shapes of mobile and card numbers."""

    def __init__(self, numbers: Iterable[str], words: Iterable[str]) -> None:
        """`numbers` are found as a whole, `words` (names, addresses) wherever they stand."""
        self._numbers = frozenset(numbers)
        self._words = [word for word in set(words) if len(word) >= SURE_NAME]
        self._sizes = sorted({len(word) for word in self._words if len(word) <= 4})
        self._short = frozenset(word for word in self._words if len(word) <= 4)
        self._long = [word for word in self._words if len(word) > 4]

    def found(self, text: str) -> Iterator[str]:
        """Everything private that stands in this text."""
        yield from (match.group(1) for match in _MOBILE.finditer(text))
        yield from (match.group() for match in _CARD.finditer(text) if luhn(match.group()))
        yield from (match.group() for match in _DIGITS.finditer(text) if match.group() in self._numbers)
        for match in _CHINESE.finditer(text):
            run = match.group()
            for size in self._sizes:
                pieces = (run[start : start + size] for start in range(len(run) - size + 1))
                yield from (piece for piece in pieces if piece in self._short)
        yield from (word for word in self._long if word in text)


def of_the_shop(today: date = date(2026, 11, 20), tickets: bool = True) -> Searcher:
    """A searcher for the people of the demonstration shop and of the tests; `tickets`: their numbers, too."""
    from voicebot.shop.demo.generate import Generation

    rows = Generation(today).everything()
    numbers = {str(row[name]) for row in rows["customers"] for name in ("phone",)}
    for row in rows["orders"]:
        numbers |= {row["number"], str(row["tracking"]), row["phone"]}
    if tickets:
        numbers |= {
            row["number"] for name in ("tickets", "returns", "bookings") for row in rows.get(name, ())
        }
    words = {*OF_TESTS, *(row["name"] for row in rows["customers"])}
    words |= {row["street"] for row in rows["addresses"]} | {row["address"] for row in rows["orders"]}
    words |= {row["recipient"] for row in rows["orders"]}
    words |= {row["tax_number"] for row in rows["invoices"] if row["tax_number"]}
    return Searcher(numbers, words)
