"""Written Arabic numerals as a Chinese speaker says them: in whole, or digit by digit in groups."""

from __future__ import annotations

import re

from voicebot.nlu.numbers import digits_to_chinese, number_to_chinese

MINUS = r"(?<![\dA-Za-z号点半分秒月年天日块元毛度级一二三四五六七八九十百千万亿零])-"
"""A hyphen that is a sign, not a span of numbers or times, nor part of a name."""


def cardinal(value: int) -> str:
    """128 -> 一百二十八, 200 -> 两百; beyond 10^12, which nobody says, digit by digit."""
    return number_to_chinese(value) if value < 10**12 else digits(str(value), one="一")


def digits(text: str, one: str = "幺") -> str:
    """Digit by digit; `one` is what 1 is called (幺 on the telephone, 一 in decimals and years)."""
    return digits_to_chinese(re.sub(r"\D", "", text), one)


def grouped_digits(text: str) -> str:
    """Digit by digit, in groups of three or four with a space (a short pause) between them."""
    if len(text) <= 5:
        return digits(text)
    sizes = [3, 4, 4] if len(text) == 11 else _sizes(len(text))
    groups, start = [], 0
    for size in sizes:
        groups.append(digits(text[start : start + size]))
        start += size
    return " ".join(groups)


def _sizes(length: int) -> list[int]:
    """As few groups as can be, none above four, the longer ones last: 12 -> 4 4 4, 10 -> 3 3 4."""
    count = -(-length // 4)
    return [length // count + (index >= count - length % count) for index in range(count)]


def number(text: str, counting: bool = False) -> str:
    """A written number ("1,299", "0.5", "-3"). `counting` is for what is counted: 2 is then 两."""
    sign, text = ("负", text[1:]) if text.startswith("-") else ("", text)
    whole, _, fraction = text.replace(",", "").partition(".")
    if fraction:
        return f"{sign}{cardinal(int(whole or 0))}点{digits(fraction, one='一')}"
    if counting and int(whole) == 2:
        return sign + "两"
    return sign + cardinal(int(whole))


def trimmed(text: str) -> str:
    """The written number without zeros that say nothing: 5.00 -> 5, 1.50 -> 1.5."""
    return text.rstrip("0").rstrip(".") if "." in text else text
