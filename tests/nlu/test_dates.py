"""Spoken days, against Friday 2026-11-20 unless said otherwise."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from voicebot.errors import VoicebotError
from voicebot.nlu.calendar import Calendar, likeliest, month_end, months_from, nth_weekday
from voicebot.nlu.dates import find_dates, lean_of

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("上周三买的", "2026-11-11"), ("前天下午", "2026-11-18"), ("双十一那单", "2026-11-11"),
        ("大后天", "2026-11-23"),
        ("这周末", "2026-11-21"), ("下个月三号", "2026-12-03"), ("十一月二十号", "2026-11-20"),
        ("昨晚", "2026-11-19"),
        ("国庆", "2026-10-01"), ("十一买的", "2026-10-01"), ("上个月底", "2026-10-31"),
        ("腊月二十八", "2027-02-04"),
        ("春节能发货吗", "2027-02-06"),
        ("去年双十一", "2025-11-11"), ("618那单", "2026-06-18"), ("三天前", "2026-11-17"),
        ("两周前", "2026-11-06"),
        ("半个月前", "2026-11-05"), ("三个月前", "2026-08-20"), ("周三送", "2026-11-25"),
        ("周三买的", "2026-11-18"),
        ("下周一", "2026-11-23"), ("星期天", "2026-11-22"), ("上个星期五", "2026-11-13"),
        ("20号下的单", "2026-11-20"),
        ("二十五号买的", "2026-10-25"), ("2026-11-03", "2026-11-03"), ("11月3日", "2026-11-03"),
        ("11/3", "2026-11-03"),
        ("二零二六年三月八号", "2026-03-08"), ("去年十二月", "2025-12-01"), ("月底", "2026-11-30"),
        ("黑五", "2026-11-27"),
        ("元旦前能到吗", "2027-01-01"), ("除夕", "2027-02-05"), ("大年初三", "2027-02-08"),
        ("正月十五", "2027-02-20"),
        ("农历八月十五", "2026-09-25"), ("过三天", "2026-11-23"), ("明年春节", "2027-02-06"),
        ("今年中秋", "2026-09-25"),
        ("这个星期内必须送到", "2026-11-22"), ("上上周五", "2026-11-06"), ("十二号之前送", "2026-12-12"),
    ],
)  # fmt: skip
def test_a_spoken_day_is_resolved(said: str, day: str) -> None:
    assert [found.value.isoformat() for found in find_dates(said, TODAY)] == [day]


@pytest.mark.parametrize(
    "text",
    [
        "三号楼",
        "尾号五一六一",
        "一周一次",
        "三个月了",
        "七天无理由",
        "一百零一号",
        "文三路三号",
        "大一号的",
        "第二天",
        "八号客服",
        "",
    ],
)
def test_what_is_no_day_is_not_taken_for_one(text: str) -> None:
    assert find_dates(text, TODAY) == []


@pytest.mark.parametrize(
    ("today", "said", "day"),
    [
        ("2026-01-02", "昨天", "2026-01-01"), ("2026-01-02", "上个月底", "2025-12-31"),
        ("2024-03-01", "昨天", "2024-02-29"),
        ("2026-06-01", "双十一那单", "2025-11-11"), ("2026-11-11", "双十一那单", "2026-11-11"),
        ("2026-01-05", "上周日", "2026-01-04"), ("2025-03-31", "一个月前", "2025-02-28"),
        ("2026-02-01", "十二月三号买的", "2025-12-03"),
        ("2026-01-31", "下个月三号", "2026-02-03"),
    ],
)  # fmt: skip
def test_days_cross_months_and_years(today: str, said: str, day: str) -> None:
    assert find_dates(said, date.fromisoformat(today))[0].value.isoformat() == day


def test_an_impossible_day_is_none() -> None:
    assert find_dates("二月三十号", TODAY) == []


def test_the_question_decides_what_the_sentence_leaves_open() -> None:
    assert find_dates("周三", TODAY, "future")[0].value == date(2026, 11, 25)
    assert find_dates("周三", TODAY, "past")[0].value == date(2026, 11, 18)
    assert find_dates("周三买的", TODAY, "future")[0].value == date(2026, 11, 18)


def test_sentences_lean_back_or_ahead() -> None:
    assert [lean_of(text) for text in ("周三买的", "周三能送到吗", "周三")] == ["past", "future", None]


def test_several_days_are_found_in_order() -> None:
    found = find_dates("昨天买的,后天能到吗", TODAY)
    assert [one.text for one in found] == ["昨天", "后天"]


def test_arithmetic_on_days() -> None:
    assert nth_weekday(2026, 11, 4, 5) == date(2026, 11, 27)
    assert month_end(2028, 2) == date(2028, 2, 29)
    assert months_from(date(2026, 12, 31), 2) == date(2027, 2, 28)
    days = [date(2026, 11, 1), date(2026, 11, 30)]
    assert likeliest(days, date(2026, 11, 20), None) == date(2026, 11, 30)
    assert likeliest(days, date(2026, 11, 20), "past") == date(2026, 11, 1)
    assert likeliest([], date(2026, 11, 20), None) is None


def test_a_faulty_festival_is_named(tmp_path: Path) -> None:
    (tmp_path / "festivals.yaml").write_text(
        "fixed:\n  店庆: {names: [店庆], day: 13-40}\nlunar_months: {2026: {}}\n"
    )
    with pytest.raises(VoicebotError, match="fixed, 店庆 is not a festival"):
        Calendar.load(tmp_path)


def test_operations_can_add_a_festival(tmp_path: Path) -> None:
    (tmp_path / "festivals.yaml").write_text(
        "fixed:\n  店庆: {names: [店庆], day: 08-18}\nlunar_months: {2026: {}}\n"
    )
    assert find_dates("店庆买的", TODAY, calendar=Calendar.load(tmp_path))[0].value == date(2026, 8, 18)
