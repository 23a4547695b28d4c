"""Charts: what is drawn, what stands alone, what is too long; nothing that is written runs."""

from __future__ import annotations

import re

from voicebot.console import charts


def path(drawn: str) -> str:
    found = re.search(r'class="curve" d="([^"]*)"', drawn)
    assert found is not None
    return found.group(1)


def test_a_day_that_stands_alone_between_days_without_calls_is_seen() -> None:
    drawn = path(
        charts.curve([("a", 1.0), ("b", None), ("c", 2.0), ("d", None), ("e", 1.0), ("f", 3.0)], "t")
    )
    assert len(re.findall("M", drawn)) == 3
    assert len(re.findall("h3", drawn)) == 2
    assert len(re.findall("L", drawn)) == 1


def test_days_without_anything_draw_nothing() -> None:
    assert path(charts.curve([("a", None), ("b", None)], "t")) == ""
    assert "<rect" not in charts.rows([], "t")


def test_long_names_are_cut_and_told_in_full() -> None:
    drawn = charts.rows([("一个非常非常长的名字", 3.0)], "t")
    assert ">一个非常非常长…<" in drawn
    assert "<title>一个非常非常长的名字：3</title>" in drawn


def test_what_is_written_is_escaped() -> None:
    evil = "<script>alert(1)</script>"
    for drawn in (
        charts.bars([(evil, 1.0)], evil),
        charts.rows([(evil, 1.0)], evil),
        charts.curve([(evil, 1.0)], evil),
        charts.moods([(1.0, 0)], 5.0, [evil, "b"], evil),
    ):
        assert "<script" not in drawn
