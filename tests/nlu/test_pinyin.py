"""Sounds and their likeness."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.nlu.pinyin import NameIndex, distance, find_like, folded, places, similarity, syllables

_SYLLABLES = st.sampled_from(
    ["zhang", "zang", "zan", "lan", "nan", "fu", "hu", "ma", "shi", "si", "xing", "xin", "qu"]
)


def test_text_becomes_syllables() -> None:
    assert syllables("退货吧 iPhone 5") == ("tui", "huo", "ba", "iphone", "wu")
    assert syllables("重庆") != syllables("重要")[:1] + syllables("庆")


def test_each_syllable_knows_its_place() -> None:
    text = "要 iPad,退货"
    assert [text[place] for place in places(text)] == ["要", "i", "退", "货"]


@pytest.mark.parametrize(
    ("a", "b"), [("zhang", "zang"), ("ni", "li"), ("fu", "hu"), ("xin", "xing"), ("ren", "reng")]
)
def test_accents_cost_little(a: str, b: str) -> None:
    assert 0 < distance(a, b) <= 0.2
    assert folded(a) == folded(b)


def test_other_sounds_cost_more() -> None:
    assert distance("tui", "huan") == 1.0
    assert distance("zhang", "zang") < distance("zhang", "chang") < distance("zhang", "mo")


@given(_SYLLABLES, _SYLLABLES)
def test_distance_is_even_handed(a: str, b: str) -> None:
    assert distance(a, b) == distance(b, a)
    assert (distance(a, b) == 0) == (a == b)


@given(st.lists(_SYLLABLES, max_size=6), st.lists(_SYLLABLES, max_size=6))
def test_similarity_is_a_share_and_even_handed(a: list[str], b: list[str]) -> None:
    assert 0 <= similarity(a, b) <= 1
    assert similarity(a, b) == pytest.approx(similarity(b, a))
    assert similarity(a, a) == 1.0


def test_a_name_is_found_where_it_sounds() -> None:
    start, end, score = find_like(syllables("咖啡机"), syllables("我想退那个卡灰机的订单"))
    assert (start, end) == (5, 8)
    assert 0.8 < score < 1


@given(
    st.lists(_SYLLABLES, min_size=1, max_size=4),
    st.lists(_SYLLABLES, max_size=5),
    st.lists(_SYLLABLES, max_size=5),
)
def test_what_is_there_is_found_exactly(name: list[str], before: list[str], after: list[str]) -> None:
    text = before + name + after
    start, end, score = find_like(name, text)
    assert score == 1.0
    assert text[start:end] == name


def test_an_index_finds_the_nearest_of_many_names() -> None:
    index = NameIndex(["咖啡机", "洗衣机", "扫地机器人", "空气炸锅"])
    heard = index.search(syllables("那个扫地几器仁坏了"), 0.8)
    assert [one.name for one in heard] == [2]
    assert index.search(syllables("今天天气不错"), 0.8) == []


def test_short_names_can_be_left_out() -> None:
    index = NameIndex(["手机", "电视机"])
    assert [one.name for one in index.search(syllables("收集"), 0.9)] == [0]
    assert index.search(syllables("收集"), 0.9, shortest=3) == []
