"""Spoken times of day."""

from __future__ import annotations

import pytest

from voicebot.nlu.times import find_times


@pytest.mark.parametrize(
    ("said", "time"),
    [
        ("两点半", "14:30"), ("上午十点", "10:00"), ("晚上八点", "20:00"), ("中午12点", "12:00"),
        ("三点一刻", "15:15"),
        ("差五分九点", "08:55"), ("九点差五分", "08:55"), ("十五点三十", "15:30"), ("14:30", "14:30"),
        ("下午3:20", "15:20"),
        ("3点20", "15:20"), ("零点", "00:00"), ("一点半", "13:30"), ("晚上十二点", "00:00"),
        ("凌晨两点", "02:00"),
        ("早上六点", "06:00"), ("七点", "07:00"), ("八点零五", "08:05"), ("中午一点", "13:00"),
        ("夜里十一点", "23:00"),
        ("十点以后", "10:00"), ("1点以后", "13:00"), ("下午三点四十", "15:40"), ("昨晚八点", "20:00"),
        ("三点三刻", "15:45"),
    ],
)  # fmt: skip
def test_a_spoken_time_is_resolved(said: str, time: str) -> None:
    assert [found.value for found in find_times(said)] == [time]


@pytest.mark.parametrize(
    "text",
    ["三点一四", "快一点", "有一点慢", "两点建议", "早上好", "三点五折", "什么时候", "一点都不好", "五点八"],
)
def test_what_is_no_time_is_not_taken_for_one(text: str) -> None:
    assert find_times(text) == []


def test_a_part_of_the_day_is_vague() -> None:
    found = find_times("明天下午")[0]
    assert (found.value, found.text, found.vague) == ("14:00", "下午", True)


def test_a_span_gives_both_ends() -> None:
    assert [found.value for found in find_times("上午9点到11点")] == ["09:00", "11:00"]
