"""What can be asked about goods: a product, an attribute, and what the catalogue replies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, eq=False)
class Goods:
    """A product as far as it can be asked about. `attributes` map a name to a text with its unit."""

    code: str
    name: str
    short: str
    aliases: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attribute:
    """A property by which goods are asked about.

    `words` ask for it; `more` and `less` are what has more or less of it (重, 轻), all of them regular expressions;
    `asked` are whole sentences that ask for it; `says` joins product and value.
    """

    name: str
    words: tuple[str, ...]
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    says: str = ""

    @staticmethod
    def of(item: Mapping[str, Any]) -> Attribute:
        """An attribute from its YAML mapping."""
        lists = {key: tuple(map(str, item.get(key) or ())) for key in ("words", "more", "less", "asked")}
        return Attribute(str(item["name"]), says=str(item.get("says") or f"的{item['name']}是"), **lists)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the catalogue answers; `whole` says that the sentence asked for nothing else, `sure` how probable that is.

    An empty answer: the sentence asks for what the catalogue does not say of this product.
    """

    id: str
    answer: str
    whole: bool
    sure: float = 0.95


UNITS = {"公斤": 1000.0, "千克": 1000.0, "克": 1.0, "升": 1000.0, "毫升": 1.0, "千瓦": 1000.0, "瓦": 1.0, "TB": 1024.0,
         "GB": 1.0, "年": 365.0, "个月": 30.5, "天": 1.0, "小时": 1 / 24, "分钟": 1 / 1440}  # fmt: skip
AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*([^\d,。乘到]*)")
_SIZE = re.compile(r"\d+(?:英寸|厘米)的")
"""Before the value of a size: 65英寸的17.5公斤."""


def amount(value: str) -> float | None:
    """The first number of a value in a unit common to its kind: 1.3公斤 -> 1300.0; None without a number."""
    match = AMOUNT.search(_SIZE.sub("", value))
    if match is None:
        return None
    unit = next((unit for unit in UNITS if match[2].startswith(unit)), None)
    return float(match[1]) * (UNITS[unit] if unit else 1.0)
