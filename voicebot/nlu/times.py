"""Spoken times of day as HH:MM: 两点半, 上午十点, 三点一刻, 差五分九点, 晚上八点.

A shop's hours decide what is not said: one to six o'clock without a part of the day are in the afternoon.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from voicebot.nlu.numbers import parse_number

PARTS: dict[str, tuple[str, int]] = {
    **dict.fromkeys(("凌晨", "半夜", "深夜", "夜里", "后半夜"), ("night", 1)),
    **dict.fromkeys(
        ("清晨", "清早", "大清早", "一大早", "早上", "早晨", "早间", "今早", "明早", "一早"), ("morning", 8)
    ),
    "上午": ("morning", 9),
    **dict.fromkeys(("中午", "正午"), ("noon", 12)),
    **dict.fromkeys(("下午", "午后"), ("afternoon", 14)),
    **dict.fromkeys(("傍晚", "晚上", "今晚", "明晚", "昨晚", "后晚", "晚间", "晚些时候"), ("evening", 19)),
}
"""Parts of the day: their kind, and the hour that stands for one when no time is given with it."""

_D = "零〇一二三四五六七八九"
_DIGITS = frozenset(_D + "0123456789")
_HOUR = rf"(?:2[0-4]|1\d|\d|二十[一二三四]?|十[一二三四五六七八九]?|[{_D}两])"
_MINUTE = rf"(?:[0-5]\d|\d|[{_D}]?十[{_D}]?|零[{_D}]|[一二三四五]零|[{_D}])"
_PART = "(?P<part>" + "|".join(sorted(PARTS, key=len, reverse=True)) + ")?的?"
_NOT_MINUTES = r"(?![\d百千万亿块元折倍个毛公米斤点%零一二三四五六七八九])"
_CLOCK = re.compile(
    rf"{_PART}(?:差(?P<before>{_MINUTE}分?钟?|一刻钟?)(?:到|就)?)?"
    rf"(?<![\d{_D}十百千万.])(?P<hour>{_HOUR})"
    rf"(?:点钟?|时(?![候间长常不限]))"
    rf"(?:(?P<half>半)|(?P<quarter>[一二两三])刻|差(?P<less>{_MINUTE}|一刻)分?|[过]?(?P<minute>{_MINUTE})(?P<unit>分)?{_NOT_MINUTES}|整)?"
)
_COLON = re.compile(rf"{_PART}(?<![\d:])(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?![\d])")
_PART_ONLY = re.compile(_PART.removesuffix("?的?") + "(?!好)")
_FEW_POINTS = re.compile(
    r"[一二两三四五六七八九几\d]点(?:建议|问题|意见|要求|疑问|不|都|也|儿|想|需|说明|理由|原因|小)"
)
_A_LITTLE = re.compile(r"(?P<hour>[一1])点(?![钟半一二三四五\d零整前后左到之以吧来])")


@dataclass(frozen=True, slots=True)
class TimeFound:
    """The time that text[start:end] means, as HH:MM; `vague` for a part of the day without a clock time."""

    value: str
    start: int
    end: int
    text: str
    vague: bool = False


def find_times(text: str) -> list[TimeFound]:
    """Every time of day in `text` (normalised), from left to right."""
    clocks = [
        found for pattern in (_CLOCK, _COLON) for match in pattern.finditer(text) if (found := _clock(match))
    ]
    vague = [
        TimeFound(f"{PARTS[match['part']][1]:02d}:00", match.start(), match.end(), match[0], vague=True)
        for match in _PART_ONLY.finditer(text)
        if not any(clock.start <= match.start() < clock.end for clock in clocks)
    ]
    return sorted(clocks + vague, key=lambda found: found.start)


def _clock(match: re.Match[str]) -> TimeFound | None:
    fields = match.groupdict()
    hour, minute = _int(match["hour"]), _minute(fields)
    if hour > 24 or _is_no_time(match, fields):
        return None
    total = _in_day(hour, match["part"]) * 60 + minute
    value = f"{total // 60 % 24:02d}:{total % 60:02d}"
    return TimeFound(value, match.start(), match.end(), match[0])


def _is_no_time(match: re.Match[str], fields: dict[str, str | None]) -> bool:
    """A decimal (三点五), a little (快一点), or points of a list (两点建议) instead of a clock time."""
    minute, part = fields.get("minute"), fields.get("part")
    if not minute and match[0].endswith("点") and match.string[match.end() : match.end() + 1] in _DIGITS:
        return True
    if minute and len(minute) == 1 and not fields.get("unit") and not part and ":" not in match[0]:
        return True
    if (
        minute
        or part
        or fields.get("half")
        or fields.get("quarter")
        or "钟" in match[0]
        or fields.get("before")
    ):
        return False
    begin = match.start("hour")
    return bool(_FEW_POINTS.match(match.string, begin)) or bool(_A_LITTLE.match(match.string, begin))


def _minute(fields: dict[str, str | None]) -> int:
    minute = _int(fields.get("minute") or "零")
    if fields.get("half"):
        minute = 30
    if quarter := fields.get("quarter"):
        minute = 15 * _int(quarter)
    if missing := fields.get("before") or fields.get("less"):
        minute -= 15 if "刻" in missing else _int(missing.rstrip("钟").rstrip("分"))
    return minute


def _int(text: str) -> int:
    value = parse_number(text)
    return int(value) if value is not None else 0


def _in_day(hour: int, part: str | None) -> int:
    """The hour on a clock of 24."""
    kind = PARTS[part][0] if part else ""
    if kind in ("afternoon", "evening"):
        return hour + 12 if hour < 12 else 24 if kind == "evening" and hour == 12 else hour
    if kind == "noon":
        return hour + 12 if hour < 4 else hour
    if kind == "night":
        return 24 if hour == 12 else hour + 12 if part in ("夜里", "半夜", "深夜") and 8 < hour < 12 else hour
    return hour + 12 if not kind and 1 <= hour <= 6 else hour
