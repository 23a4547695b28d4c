"""Where a spoken text is cut."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.tts.parts import LONGEST, Part, split, syllables
from voicebot.tts.reading import BORDER, read


def texts(written: str) -> list[str]:
    return [part.text for part in split(read(written))]


def test_clauses_and_sentences_are_parts_with_their_pauses() -> None:
    assert split("您好，这里是青禾优品。请问有什么可以帮您？") == [
        Part("您好，", 150, False),
        Part("这里是青禾优品。", 320, False),
        Part("请问有什么可以帮您？", 0, False),
    ]


def test_what_varies_is_set_apart_by_borders() -> None:
    written = f"您的订单{BORDER}尾号4217，{BORDER}已经到{BORDER}杭州{BORDER}。"
    assert texts(written) == ["您的订单，", "尾号四二幺七，", "已经到，", "杭州。"]
    assert [part.pause_ms for part in split(read(written))] == [20, 150, 20, 0]


def test_the_same_wording_gives_the_same_parts_whatever_varies() -> None:
    one, other = (
        set(texts(f"您的订单尾号{n}，已经到{c}，请留意查收。")) for n, c in ((4217, "杭州"), (88, "上海"))
    )
    assert one & other == {"请留意查收。"}


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("不支持定制、生鲜、报纸。", ["不支持定制、生鲜、报纸。"]),
        ("嗯，我明白了！", ["嗯，我明白了。"]),
        ("尾号：4217；对吗？", ["尾号，", "四二幺七。", "对吗？"]),
        ("好的。。。", ["好的。"]),
        ("😊", []),
        ("", []),
    ],
)
def test_small_things(written: str, parts: list[str]) -> None:
    assert texts(written) == parts


def test_a_long_opening_is_cut_at_a_joint() -> None:
    assert texts("您昨天购买的青禾咖啡机已经从杭州转运中心发往上海。") == [
        "您昨天购买的青禾咖啡机，",
        "已经从杭州转运中心发往上海。",
    ]
    assert texts("好的，您昨天购买的青禾咖啡机已经从杭州转运中心发往上海。")[1:] == [
        "您昨天购买的青禾咖啡机已经从杭州转运中心发往上海。"
    ]


@pytest.mark.parametrize(
    ("written", "passing"),
    [
        ("手机号138 0000 6612", True),
        ("尾号4217", True),
        ("共128元", False),
        ("2026年11月20日", False),
        ("第12件", False),
    ],
)
def test_what_names_one_caller_is_passing(written: str, passing: bool) -> None:
    assert [part.passing for part in split(read(written))] == [passing]


@given(st.text(st.sampled_from("您好的订单已经到、一二三， 。？！AB" + BORDER), max_size=150))
def test_nothing_is_lost_and_nothing_is_too_long(spoken: str) -> None:
    parts = split(spoken)
    said = "".join(part.text for part in parts)
    assert re.sub(r"\W", "", said) == re.sub(r"\W", "", spoken)
    assert all(syllables(part.text) <= LONGEST + 2 for part in parts)
    assert all(
        re.fullmatch(
            rf"[^，。？！{BORDER}]+[，。？]|[^，。？！{BORDER}]，[^，。？！{BORDER}]+[，。？]", p.text
        )
        or syllables(p.text)
        for p in parts
    )


def test_syllables_count_characters_letters_and_words() -> None:
    assert (syllables("您好，"), syllables("USB"), syllables("iPhone十五")) == (2, 3, 4)
