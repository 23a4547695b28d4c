"""Colours and sizes as callers say them."""

from __future__ import annotations

import pytest

from voicebot.dialogue.variants import changed_to, missing, next_size

SIZES = ["38码", "39码", "40码", "41码"]


COLOURS = ["黑色", "白色"]


@pytest.mark.parametrize(
    ("said", "size"),
    [("换大一码", "40码"), ("小一号", "38码"), ("大两码", "41码"), ("再大一点", "40码"), ("小两码", None)],
)
def test_a_size_as_seen_from_the_own(said: str, size: str | None) -> None:
    assert next_size(SIZES, "39码", said) == size


def test_beyond_the_last_size_there_is_none() -> None:
    assert next_size(SIZES, "41码", "换大一码") is None
    assert next_size(SIZES, "均码", "换大一码") is None
    assert next_size(SIZES, "39码", "不喜欢") is None


@pytest.mark.parametrize(
    ("said", "words", "named"),
    [
        ("跑鞋有44码没", SIZES, "44码"),
        ("有四十五码的吗", SIZES, "四十五码"),
        ("有40码吗", SIZES, None),
        ("多大尺码", SIZES, None),
        ("蓝色的有吗", COLOURS, "蓝色"),
        ("白的有吗", COLOURS, None),
        ("有货吗", COLOURS, None),
        ("青轴的有没有", ["红轴", "茶轴"], "青轴"),
    ],
)
def test_what_there_is_not(said: str, words: list[str], named: str | None) -> None:
    assert missing(said, words) == named


def test_what_is_wanted_instead() -> None:
    assert changed_to("绿的，能不能换成白的，绿的不喜欢", ["绿色", "白色"]) == "白色"
    assert changed_to("白的", ["绿色", "白色"]) == "白色"
    assert changed_to("不喜欢", ["绿色", "白色"]) is None
