"""Chinese numerals, both ways: what was spoken becomes a value, and a value becomes what is spoken.

A *span* is a run of numeral characters. With a unit in it (一百二, 1千5, 两万零三) it is a cardinal; without
one (一二八, 2026) its digits are read in order. Colloquial short forms follow the last unit: 一百二 is 120,
一百零二 is 102, 一万三 is 13,000. Of an approximation (一百多, 十几, 三四百) the base is taken, and
`about` is set.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

DIGITS: dict[str, int] = {
    **{char: value for value, chars in enumerate(("零〇○", "一壹", "二两贰俩", "三叁仨", "四肆", "五伍"))
       for char in chars},
    **{char: value + 6 for value, chars in enumerate(("六陆", "七柒", "八捌", "九玖")) for char in chars},
}  # fmt: skip
"""Digit characters of counted numbers. The digits of dictated strings (幺洞拐勾) are in digits.py."""

UNITS: dict[str, int] = {
    **dict.fromkeys("十拾", 10),
    **dict.fromkeys("百佰", 100),
    **dict.fromkeys("千仟", 1000),
    **dict.fromkeys("万萬", 10_000),
    **dict.fromkeys("亿億", 100_000_000),
}

_D = "".join(DIGITS)
_U = "".join(UNITS)
_COUNTED = "个件天块元毛角分号人斤岁年月周台只双瓶盒箱袋包条套本部张位次克米度倍折小"

# Words with a numeral character in them that count nothing; they are blanked before numbers are looked for.
_NO_NUMBERS = re.compile(
    rf"(?<![{_D}{_U}])(?:一(?:下|样|定|直|起|般|些|会儿?|共|边|旦|切|致|律|概|向|心|味|如既往|模一样|点儿|点点|点都|点也|而再|再)"
    "|三七二十一|万一(?![千百十])|千万(?=[别不要得记])|万分|十分(?=[满感抱不难生着清重方])|百分百|百度|九牛一毛|乱七八糟|七七八八"
    "|不管三|说三道四|丢三落四|三番五次|再三|独一|统一|唯一|(?<!分)之一|第一时间|半天|多半|一半(?=天)|二话|两样|四处|百货)"
)
_CARDINAL = rf"(?:\d+(?:\.\d+)?|[{_D}]|十|拾|廿|卅)(?:\d+(?:\.\d+)?|[{_D}{_U}]|千(?![克米瓦卡]))*"
_SPAN = re.compile(
    rf"(?P<sign>负)?(?:(?P<per>百分之?|千分之)|(?P<under>[{_D}十百千]+)分之)?"
    rf"(?P<whole>{_CARDINAL}|(?<=百分之)百|(?<![{_D}{_U}])[百千万](?=[来把]|十来|八十))"
    rf"(?:[点.](?P<part>[{_D}\d]+)(?P<scale>[百千万亿]+)?)?"
    rf"(?P<about>几|多(?!少|久|大|长|个|月)|来(?=[{_COUNTED}])|把(?=[{_COUNTED}])|十来|余(?=[{_COUNTED}]))?"
    rf"(?P<scale2>[万亿](?=[{_COUNTED}多]|$))?"
    r"(?P<half>个半)?"
)
_HALF = re.compile(r"一半|半(?=[个斤年月小块价折])")
_PAIR = re.compile(r"([一二两三四五六七八九])([二三四五六七八九])(?=[十百千万亿])")
_PAIR_END = re.compile(r"(?<=[十百千万亿])([一二两三四五六七八九])([二三四五六七八九])$")
_TOKEN = re.compile(r"\d+(?:\.\d+)?|.")


@dataclass(frozen=True, slots=True)
class Number:
    """A number found at text[start:end]; `about` says that the caller was vague, `value` is then the base.

    `digits` holds the digits as said where there was no unit (二零二六 -> "2026"), else "".
    """

    value: Decimal
    start: int
    end: int
    text: str
    about: bool = False
    digits: str = ""


def parse_number(text: str) -> Decimal | None:
    """The value of a text that is nothing but a number (两千零五, 三点一四, 百分之八十, 半), or None."""
    if text in ("半", "一半"):
        return Decimal("0.5")
    found = find_numbers(text)
    return found[0].value if len(found) == 1 and found[0].text == text else None


def find_numbers(text: str) -> list[Number]:
    """Every number in `text`, from left to right, without overlaps."""
    plain = blanked(text)
    found = [_number(match, text) for match in _SPAN.finditer(plain)]
    found += [
        Number(Decimal("0.5"), match.start(), match.end(), match[0])
        for match in _HALF.finditer(plain)
        if not any(number.start <= match.start() < number.end for number in found)
    ]
    return sorted(found, key=lambda number: number.start)


def blanked(text: str) -> str:
    """`text` with words that hold a numeral but count nothing (一下, 十分满意) blanked; same length."""
    return _NO_NUMBERS.sub(lambda match: "□" * len(match[0]), text)


def _number(match: re.Match[str], text: str) -> Number:
    whole = match["whole"]
    digits, about = _plain_digits(whole), bool(match["about"])
    if len(digits) == 2 and _vague_pair(whole, text[match.end() : match.end() + 1]):
        digits, about, whole = "", True, whole[0]
    value = Decimal(int(digits)) if digits and len(digits) > 1 else _cardinal(whole)
    if match["part"]:
        value += Decimal("0." + _plain_digits(match["part"]))
        digits = ""
    value = _scaled(value, match)
    pairs = bool(_PAIR.search(whole) or _PAIR_END.search(whole)) and not digits
    return Number(
        value, match.start(), match.end(), text[match.start() : match.end()], about or pairs, digits
    )


def _scaled(value: Decimal, match: re.Match[str]) -> Decimal:
    """Apply what stands around the numeral: a unit behind a decimal, a half, a fraction, a sign."""
    for unit in (match["scale"] or "") + (match["scale2"] or ""):
        value *= UNITS[unit]
    if match["half"]:
        value += Decimal("0.5")
    if match["per"]:
        value /= 100 if match["per"][0] == "百" else 1000
    elif match["under"]:
        value /= _cardinal(match["under"]) or 1
    return -value if match["sign"] else value


def _plain_digits(span: str) -> str:
    """The digits of a span without units, in Arabic; "" where there is a unit or a decimal point."""
    digits = "".join(char if char.isdecimal() else str(DIGITS.get(char, "x")) for char in span)
    return "" if "x" in digits else digits


def _vague_pair(span: str, after: str) -> bool:
    """三四个, 两三天, 三五件: two neighbouring digits in front of something counted."""
    first, second = (DIGITS.get(char, -9) for char in span)
    return (
        bool(after) and after in _COUNTED and (second - first == 1 or (first, second) == (3, 5)) and first > 0
    )


def _cardinal(span: str) -> Decimal:
    """The value of a span with units; mixed with Arabic digits (1百2) or not."""
    span = _PAIR_END.sub(r"\1", _PAIR.sub(r"\1", span.replace("廿", "二十").replace("卅", "三十")))
    total = section = Decimal(0)
    current: Decimal | None = None
    last = 1
    for token in _TOKEN.findall(span):
        unit = UNITS.get(token)
        if unit is None:
            current = _shift(current, token)
            last = 1 if current == 0 else last
        elif unit < 10_000:
            section += (Decimal(1) if current is None else current or Decimal(1)) * unit
            current, last = None, unit
        else:
            section += current or 0
            total = total + section * unit if section else (total or Decimal(1)) * unit
            section, current, last = Decimal(0), None, unit
    return total + section + _tail(current, last)


def _shift(current: Decimal | None, token: str) -> Decimal:
    """Take one more digit: 零 is forgotten when a digit follows, other digits are read in order."""
    value = Decimal(token) if token[0].isdecimal() else Decimal(DIGITS[token])
    return value if not current else current * 10 ** len(token) + value


def _tail(current: Decimal | None, last: int) -> Decimal:
    """What stands behind the last unit: 一百二 means twenty more, 一百零二 and 三千500 mean it as it is."""
    if current is None:
        return Decimal(0)
    return current * (last // 10) if last >= 100 and current < 10 else current


def number_to_chinese(value: Decimal | int | str) -> str:
    """How a number is spoken: 2005 -> 两千零五, 128.5 -> 一百二十八点五, -3 -> 负三."""
    number = Decimal(str(value))
    sign, _, exponent = number.as_tuple()
    if not isinstance(exponent, int):
        raise ValueError(f"{value} is not a finite number")
    whole, _, part = format(abs(number), "f").partition(".")
    spoken = _whole_to_chinese(int(whole))
    part = part.rstrip("0")
    return ("负" if sign else "") + spoken + ("点" + digits_to_chinese(part, one="一") if part else "")


def digits_to_chinese(digits: str, one: str = "幺") -> str:
    """Digits read one by one, as in telephone and order numbers: 138 -> 幺三八."""
    return "".join(one if digit == "1" else "零一二三四五六七八九"[int(digit)] for digit in digits)


def amount_to_chinese(yuan: Decimal | int | str) -> str:
    """Money as it is spoken: 128.5 -> 一百二十八块五, 3.05 -> 三块零五分, 0.2 -> 两毛, 150 -> 一百五十块."""
    cents = int((Decimal(str(yuan)) * 100).to_integral_value())
    whole, dimes, cent = cents // 100, cents // 10 % 10, cents % 10
    spoken = _counted(whole) + "块" if whole or not cents else ""
    if dimes:
        spoken += _counted(dimes) + "毛" if cent or not whole else number_to_chinese(dimes)
    if cent:
        spoken += ("零" if whole and not dimes else "") + number_to_chinese(cent)
        spoken += "" if dimes else "分"
    return spoken


def _counted(value: int) -> str:
    return "两" if value == 2 else _whole_to_chinese(value)


def _whole_to_chinese(value: int) -> str:
    if value == 0:
        return "零"
    spoken, rest = "", value
    for unit, name in ((100_000_000, "亿"), (10_000, "万"), (1, "")):
        section, rest = divmod(rest, unit)
        if section >= 10_000:
            spoken += _whole_to_chinese(section) + name
        elif section:
            gap = "零" if spoken and section < 1000 else ""
            spoken += gap + _section_to_chinese(section, first=not spoken, unit=name) + name
    return spoken


def _section_to_chinese(section: int, first: bool, unit: str) -> str:
    """Up to 9999. 两 before 千, a leading 百, and alone before 万, 亿; 十五, not 一十五, at the start."""
    if section == 2 and unit:
        return "两"
    spoken, gap = "", False
    for size, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = section // size % 10
        if not digit:
            gap = bool(spoken)
            continue
        two = digit == 2 and (size == 1000 or (size == 100 and not spoken))
        bare = first and not spoken and size == 10 and digit == 1
        spoken += (
            ("零" if gap else "") + ("" if bare else "两" if two else "零一二三四五六七八九"[digit]) + name
        )
        gap = False
    return spoken
