"""Spoken dates as days: 上周三, 大后天, 双十一那单, 下个月三号, 十一月二十号, 腊月二十八, 三天前.

Every pattern has a function that turns its match into a day, given the day of the call and whether the sentence
looks back or ahead. Patterns stand in order of preference; a later one never overlaps an earlier one's find.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from voicebot.nlu.calendar import Calendar, Lean, likeliest, month_end, months_from, on_day, standard_calendar
from voicebot.nlu.numbers import parse_number

_N = r"(?:\d{1,2}|[一二三四五六七八九十两廿]{1,3})"
_Y = "[零〇一二三四五六七八九]"
_YEAR = rf"(?:(?P<year>\d{{4}}|\d{{2}}|{_Y}{{4}}|{_Y}{{2}})年|(?P<rel>[今去前明后]|大前)年的?)"
_WORDS = {
    "大大前天": -4, "大前天": -3, "前天": -2, "前晚": -2, "昨天": -1, "昨晚": -1, "昨夜": -1, "昨早": -1, "隔天": 1,
    "今天": 0, "今晚": 0, "今早": 0, "当天": 0, "今夜": 0, "明天": 1, "明晚": 1, "明早": 1, "次日": 1,
    "后天": 2, "后晚": 2, "大后天": 3, "大大后天": 4, "前两天": -2, "前三天": -3,
}  # fmt: skip
_YEARS = {"今": 0, "去": -1, "前": -2, "大前": -3, "明": 1, "后": 2}
_STEPS = {"上上": -2, "上": -1, "这": 0, "本": 0, "当": 0, "下": 1, "下下": 2}
_LUNAR = {"正": "1", "冬": "11", "腊": "12"}
_NOT_A_DAY = "客楼线店院房门厅机柜铺仓车库桌台位码链字技员公商铁服球"

_PAST = re.compile(
    "买的|买了|拍的|拍了|订的|订了|下的|下单|下了|付的|付了|签收|收到|寄来|寄的|申请的|打过|那单|那笔|那次|那会|那时|那天"
    "|的订单|的单|到现在|退的|换的|没到|没收到|没发|发的|到的|充的|办的|开的|说的|打的|一直|以来|购买|送来的|装的|坏的"
)
_FUTURE = re.compile(
    "送|上门|来取|取件|预约|约|改到|改成|改在|安排|能到|到货|会|前能|安装|配送|打算|准备|在家|有空|发货|放假|营业|上班"
    "|活动|打折|优惠|之前|以前到|再来|再打|等到|过来|方便|可以"
)


@dataclass(frozen=True, slots=True)
class DateFound:
    """The day that text[start:end] means."""

    value: date
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Asked:
    today: date
    lean: Lean
    calendar: Calendar


_Resolver = Callable[[re.Match[str], _Asked], date | None]


def find_dates(
    text: str, today: date, lean: Lean = None, calendar: Calendar | None = None
) -> list[DateFound]:
    """Every day named in `text` (normalised), from left to right, resolved against `today`.

    `lean` says whether a past or a future day was asked for; what the sentence itself says comes first.
    """
    asked = _Asked(today, lean_of(text) or lean, calendar or standard_calendar())
    taken: list[tuple[int, int]] = []
    found: list[DateFound] = []
    for pattern, resolve in _patterns(asked.calendar):
        for match in pattern.finditer(text):
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            taken.append(match.span())
            value = resolve(match, asked)
            if value is not None:
                found.append(DateFound(value, match.start(), match.end(), match[0]))
    return sorted(found, key=lambda one: one.start)


def lean_of(text: str) -> Lean:
    """Does the sentence look back or ahead? None when it does not say."""
    if _PAST.search(text):
        return "past"
    return "future" if _FUTURE.search(text) else "past" if "那个" in text else None


def _int(text: str) -> int:
    value = parse_number(text)
    return int(value) if value is not None else 0


def _year(match: re.Match[str], asked: _Asked) -> int | None:
    if match["rel"]:
        return asked.today.year + _YEARS[match["rel"]]
    if not match["year"]:
        return None
    year = _int(match["year"])
    return year if year > 99 else 2000 + year


def _month_day(match: re.Match[str], asked: _Asked) -> date | None:
    month, day, year = _int(match["month"]), _int(match["day"]), _year(match, asked)
    if not 1 <= month <= 12:
        return None
    if year is not None:
        return on_day(year, month, day)
    here = asked.today.year
    return likeliest((on_day(here + step, month, day) for step in (-1, 0, 1)), asked.today, asked.lean)


def _part_of_month(first: date, part: str | None) -> date:
    if part and part[0] in "底末":
        return month_end(first.year, first.month)
    return first.replace(day={"中": 15, "下": 21}.get((part or "初")[0], 1))


def _month(match: re.Match[str], asked: _Asked) -> date | None:
    month, year = _int(match["month"]), _year(match, asked)
    if not 1 <= month <= 12:
        return None
    years = [year] if year is not None else [asked.today.year + step for step in (-1, 0, 1)]
    days = [_part_of_month(date(one, month, 1), match["part"]) for one in years]
    return likeliest(days, asked.today, asked.lean if year is None else None)


def _relative_month(match: re.Match[str], asked: _Asked) -> date | None:
    first = on_day(asked.today.year, asked.today.month + _STEPS[match["step"]], 1)
    assert first is not None
    if match["day"]:
        return on_day(first.year, first.month, _int(match["day"]))
    ahead = asked.lean == "future" and first <= asked.today and not match["part"]
    return _part_of_month(first, "底" if ahead else match["part"])


def _this_month(match: re.Match[str], asked: _Asked) -> date | None:
    return _part_of_month(asked.today.replace(day=1), match["part"])


def _weekday(match: re.Match[str], asked: _Asked) -> date | None:
    monday = asked.today - timedelta(asked.today.isoweekday() - 1)
    name = match["weekday"] or ""
    weekday = {"日": 7, "天": 7, "末": 6, "": 1}.get(name) or _int(name)
    if match["step"] and not name and asked.lean == "future":
        weekday = 7 if match["step"] in ("这", "本") else 1
    if match["step"]:
        return monday + timedelta(7 * _STEPS[match["step"]] + weekday - 1)
    if not name:
        return None
    days = (monday + timedelta(7 * step + weekday - 1) for step in (-1, 0, 1))
    return likeliest(days, asked.today, asked.lean)


def _word(match: re.Match[str], asked: _Asked) -> date | None:
    return asked.today + timedelta(_WORDS[match[0]])


def _ago(match: re.Match[str], asked: _Asked) -> date | None:
    half = match["count"].startswith("半")
    count = 1 if half else _int(match["count"])
    sign = -1 if match["side"] in ("前", "以前", "之前") else 1
    unit = match["unit"]
    if unit in ("天", "日"):
        return None if half else asked.today + timedelta(sign * count)
    if unit in ("周", "星期", "个星期", "个周", "礼拜"):
        return asked.today + timedelta(sign * count * 7)
    if unit == "个月":
        return asked.today + timedelta(sign * 15) if half else months_from(asked.today, sign * count)
    return months_from(asked.today, sign * (6 if half else 12 * count))


def _after(match: re.Match[str], asked: _Asked) -> date | None:
    return asked.today + timedelta(_int(match["count"]) * (7 if match["unit"] != "天" else 1))


def _day_only(match: re.Match[str], asked: _Asked) -> date | None:
    day, today = _int(match["day"]), asked.today
    days = [on_day(today.year, today.month + step, day) for step in (-1, 0, 1)]
    return likeliest(days, today, asked.lean) if asked.lean or days[1] is None else days[1]


def _lunar(match: re.Match[str], asked: _Asked) -> date | None:
    name = match["named"] or match["month"]
    month = _LUNAR.get(name[0]) or str(_int(name))
    day = _int(match["day"]) if match["day"] else 1
    firsts = asked.calendar.lunar_months.get(month, ())
    return likeliest((first + timedelta(day - 1) for first in firsts), asked.today, asked.lean)


def _new_year(match: re.Match[str], asked: _Asked) -> date | None:
    firsts = asked.calendar.lunar_months.get("1", ())
    return likeliest((first + timedelta(_int(match["day"]) - 1) for first in firsts), asked.today, asked.lean)


def _festival(match: re.Match[str], asked: _Asked) -> date | None:
    days = asked.calendar.festivals[match["name"]]
    if match["rel"]:
        year = asked.today.year + _YEARS[match["rel"]]
        return next((day for day in days if day.year == year), None)
    return likeliest(days, asked.today, asked.lean)


def _october(_match: re.Match[str], asked: _Asked) -> date | None:
    return likeliest(asked.calendar.festivals.get("国庆", ()), asked.today, asked.lean)


_WEEK = "(?:周|星期|礼拜)"
_FIXED: list[tuple[re.Pattern[str], _Resolver]] = [
    (re.compile(rf"(?:农历|阴历|旧历)(?:(?P<named>[正冬腊]月)|(?P<month>{_N})月)初?(?P<day>{_N})?"), _lunar),
    (re.compile(rf"(?P<named>[正冬腊]月)(?P<month>)初?(?P<day>{_N})?"), _lunar),
    (re.compile(rf"大?年初(?P<day>{_N})"), _new_year),
    (
        re.compile(
            rf"(?:{_YEAR})?(?<![\d一二三四五六七八九十几])(?P<month>{_N})月(?:份的?)?(?P<day>{_N})(?:[号日](?![{_NOT_A_DAY}])|(?![\d个天块点]))"
        ),
        _month_day,
    ),
    (
        re.compile(r"(?<!\d)(?P<year>20\d\d)[-/.](?P<rel>)(?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)"),
        _month_day,
    ),
    (re.compile(r"(?<![\d/])(?P<year>)(?P<rel>)(?P<month>\d{1,2})/(?P<day>\d{1,2})(?![\d/])"), _month_day),
    (
        re.compile(
            rf"(?P<step>上上|上|这|本|当|下下|下)个?月的?(?:(?P<day>{_N})(?:[号日]|(?![\d个天块点]))|(?P<part>底|末|初|中旬|中|上旬|下旬))?"
        ),
        _relative_month,
    ),
    (
        re.compile(
            rf"(?:{_YEAR})?(?<![\d一二三四五六七八九十几])(?P<month>{_N})月(?P<part>底|末|初|中旬|中|上旬|下旬|份)?"
        ),
        _month,
    ),
    (
        re.compile(
            r"(?<![\d零一二三四五六七八九十百双月周期第])十一(?=那|买|拍|下的|下单|订的|期间|的时候|能|会|放假)"
        ),
        _october,
    ),
    (re.compile(r"月(?P<part>底|末|初|中旬|上旬|下旬)"), _this_month),
    (
        re.compile(
            rf"(?P<step>上上|上|这|本|下下|下)个?{_WEEK}(?P<weekday>[一二三四五六日天末1-7](?![\d个]))?"
        ),
        _weekday,
    ),
    (
        re.compile(
            rf"(?<![一二两三四五六七八九十几半\d每个])(?P<step>){_WEEK}(?P<weekday>[一二三四五六日天末1-7])(?![\d个年])"
        ),
        _weekday,
    ),
    (re.compile("|".join(sorted(_WORDS, key=len, reverse=True))), _word),
    (
        re.compile(
            rf"(?P<count>{_N}|半)(?P<unit>天|日|周|个?星期|个月|年|礼拜)多?(?P<side>以前|之前|以后|之后|前|后)(?!能|必须|要|到)"
        ),
        _ago,
    ),
    (re.compile(rf"(?:再?过|再等)(?P<count>{_N})(?P<unit>天|周|个?星期)"), _after),
    (
        re.compile(
            rf"(?<![第路弄街道巷尾楼栋单院村大小加\d一二两三四五六七八九十百千零])(?P<day>{_N})[号日](?![{_NOT_A_DAY}一二三四五六七八九十\d])"
        ),
        _day_only,
    ),
]


@lru_cache(maxsize=8)
def _patterns(calendar: Calendar) -> list[tuple[re.Pattern[str], _Resolver]]:
    """The fixed patterns with this calendar's festivals before them."""
    names = "|".join(map(re.escape, sorted(calendar.festivals, key=len, reverse=True)))
    festival = re.compile(
        r"(?<![\d零一二三四五六七八九十百千万])(?:(?P<rel>[今去前明后]|大前)年的?)?"
        rf"(?P<name>{names})(?![\d零一二三四五六七八九百千万块元个点%])"
    )
    return [(festival, _festival), *_FIXED]
