"""Dates and times of day as they are said: 11月20日 -> 十一月二十号, 14:30 -> 下午两点半."""

from __future__ import annotations

import re

from voicebot.tts.numerals import cardinal, digits, number

TO = r"\s*(?:-|~|～|–|—|至|到)\s*"

_DAYPARTS = "凌晨|清晨|早晨|早上|上午|中午|下午|傍晚|晚上|夜里|半夜|今早|今晚|明早|明晚|昨晚|当晚"
_SPAN = rf"(?P<part>{_DAYPARTS})?\s*"
_CLOCK = r"(?P<h{0}>[01]?\d|2[0-4])[:：](?P<m{0}>[0-5]\d)(?:[:：](?P<s{0}>[0-5]\d))?(?![\d:：])"
_HALF = r"\s*(?P<half{0}>[aApP])\.?[mM]\b\.?"

_TIME = re.compile(
    rf"(?<![\d:：.]){_SPAN}{_CLOCK.format(1)}(?:{_HALF.format(1)})?"
    rf"(?:{TO}(?P<part2>{_DAYPARTS}|次日)?\s*{_CLOCK.format(2)}(?:{_HALF.format(2)})?)?"
)
_HOUR = re.compile(
    rf"(?<![\d:：.])(?P<part>{_DAYPARTS})?(?P<h>1[3-9]|2[0-3])(?:点|时)(?!积|间)(?P<m>半|\d\d?分)?"
)

_FULL = re.compile(r"(?<!\d)(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:T(?=\d\d:)|(?!\d))[日号]?")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\s*年\s*(?:(\d{1,2})\s*月\s*(?:(\d{1,2})\s*[日号])?)?")
_SHORT_YEAR = re.compile(r"(?<!\d)(\d{2})年(?=\d{1,2}月)")
_YEARS = re.compile(rf"(?<!\d)(\d{{4}}){TO}(\d{{4}})年")
_MONTH_DAY = re.compile(rf"(?<!\d)(\d{{1,2}})\s*月\s*(\d{{1,2}})(?:{TO}(\d{{1,2}}))?\s*[日号]")
_DASHED = re.compile(
    r"(?<![\d/.-])(?:(0[1-9])[-/](0[1-9]|[12]\d|3[01])"
    r"|(1[0-2])-([0-3]\d)(?=\s*\d\d?:|[日号]|之?前|送达))(?![\d/-])"
)
_YEAR_MONTH = re.compile(r"(?<![\d/.-])((?:19|20)\d\d)[-/](0[1-9]|1[0-2])(?![\d/-])")
_DAYS = re.compile(rf"(?<!\d)(\d{{1,2}})(?:{TO}(\d{{1,2}}))?日(?!元|常|用|期|均|本|内|以内|无理由)")
_MONTHS = re.compile(rf"(?<!\d)(\d{{1,2}}){TO}(\d{{1,2}})月(?!份?内)")


def read_moments(text: str, year: int | None = None) -> str:
    """`text` with its dates and times in words.

    The year of an ISO date (2026-11-20) is said only when `year`, the present one, is known and differs; a year
    written with 年 is always said.
    """
    text = _FULL.sub(lambda found: _full(found, year), text)
    text = _YEARS.sub(lambda found: f"{_year(found[1])}到{_year(found[2])}年", text)
    text = _YEAR_FIRST.sub(_year_first, text)
    text = _SHORT_YEAR.sub(lambda found: _year(found[1]) + "年", text)
    text = _MONTH_DAY.sub(_month_day, text)
    text = _DASHED.sub(lambda found: _date(found[1] or found[3], found[2] or found[4]), text)
    text = _YEAR_MONTH.sub(lambda found: f"{_year(found[1])}年{_plain(found[2])}月", text)
    text = _MONTHS.sub(lambda found: f"{_plain(found[1])}到{_plain(found[2])}月", text)
    text = _DAYS.sub(_days, text)
    text = _TIME.sub(_times, text)
    return _HOUR.sub(_hour, text)


def _plain(text: str) -> str:
    """A day, month or minute: 2 stays 二."""
    return number(text)


def _year(text: str) -> str:
    return digits(text, one="一")


def _date(month: str, day: str) -> str:
    return f"{_plain(month)}月{_plain(day)}号"


def _full(found: re.Match[str], year: int | None) -> str:
    if not (1 <= int(found[3]) <= 12 and 1 <= int(found[4]) <= 31):
        return found[0]
    spoken = _date(found[3], found[4])
    return spoken if year is None or int(found[1]) == year else f"{_year(found[1])}年{spoken}"


def _year_first(found: re.Match[str]) -> str:
    if found[2] is None:
        return _year(found[1]) + "年"
    month = f"{_year(found[1])}年{_plain(found[2])}月"
    return month if found[3] is None else f"{month}{_plain(found[3])}号"


def _month_day(found: re.Match[str]) -> str:
    until = f"到{_plain(found[3])}" if found[3] else ""
    return f"{_plain(found[1])}月{_plain(found[2])}{until}号"


def _days(found: re.Match[str]) -> str:
    until = f"到{_plain(found[2])}" if found[2] else ""
    return f"{_plain(found[1])}{until}号"


def _daypart(hour: int) -> str:
    """The usual name of that part of the day, for an hour of 0..24."""
    for end, name in ((6, "凌晨"), (10, "早上"), (12, "上午"), (13, "中午"), (19, "下午"), (24, "晚上")):
        if hour < end:
            return name
    return "晚上"


def _clock(hour: int, minute: int, second: str | None) -> str:
    spoken = ("两" if hour == 2 else cardinal(hour)) + "点"
    if second is not None and int(second):
        return f"{spoken}{_minutes(minute)}分{_minutes(int(second))}秒"
    if minute == 30:
        return spoken + "半"
    return f"{spoken}{_minutes(minute)}分" if minute else spoken


def _minutes(minute: int) -> str:
    return ("零" if minute < 10 else "") + (cardinal(minute) if minute else "")


def _times(found: re.Match[str]) -> str:
    first, named = found["part"], found["part"] is not None
    part = first or _part_of(found, "1")
    spoken = part + _said(found, "1")
    if found["h2"] is None:
        return spoken
    return f"{spoken}到{_until(found, part, named)}{_said(found, '2')}"


def _until(found: re.Match[str], part: str, named: bool) -> str:
    """The part of the day of a span's end; not said where it is the one that the span began with."""
    second = found["part2"] or ""
    if second and second != "次日":
        return second
    ends_in = _part_of(found, "2")
    twelve_hour_clock = named and int(found["h2"]) < 12 and not found["half2"]
    if not second and (ends_in == part or twelve_hour_clock):
        return ""
    return second + ends_in


def _part_of(found: re.Match[str], which: str) -> str:
    hour, half = int(found["h" + which]), found["half" + which]
    if half and half in "pP" and hour < 12:
        hour += 12
    return "上午" if half and half in "aA" and 6 <= hour < 12 else _daypart(hour)


def _said(found: re.Match[str], which: str) -> str:
    hour = int(found["h" + which])
    return _clock(hour - 12 if hour > 12 else hour, int(found["m" + which]), found["s" + which])


def _hour(found: re.Match[str]) -> str:
    hour, minute = int(found["h"]), found["m"] or ""
    part = found["part"] or _daypart(hour)
    tail = minute if minute in ("", "半") else _minutes(int(minute[:-1])) + "分"
    return f"{part}{_clock(hour - 12, 0, None)}{tail}"
