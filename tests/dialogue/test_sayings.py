"""How callers say a number, a product, a correction or half a yes."""

from __future__ import annotations

import pytest

from voicebot.dialogue.agreeing import hedged
from voicebot.dialogue.choices import corrected
from voicebot.dialogue.fill import REFUSALS
from voicebot.dialogue.functions import FUNCTIONS
from voicebot.dialogue.wishes import too_little

SIZES = ["38码", "39码", "40码", "41码"]


@pytest.mark.parametrize(
    ("said", "meant"), [("四十码的", "40码"), ("换四十一", "41码"), ("39码", "39码"), ("大一点的", None)]
)
def test_a_size_is_said_in_words(said: str, meant: str | None) -> None:
    assert FUNCTIONS["among"](None, said, SIZES) == meant


def test_whichever_phone_he_bought_is_the_phone() -> None:
    bought = [{"short": "轻薄手机", "created": "2026-11-06"}, {"short": "电饭煲", "created": "2026-11-14"}]
    assert FUNCTIONS["mentions"](None, bought, "晨星智能手机") == bought[:1]
    assert FUNCTIONS["mentions"](None, bought, "智能电饭煲") == bought[1:]
    assert FUNCTIONS["mentions"](None, bought, "2026-11-24") == []


def test_what_comes_after_a_correction_counts() -> None:
    assert corrected("自己寄，不对不对，是上门取") == "是上门取"
    assert corrected("上门取，不对") == "上门取，不对"


@pytest.mark.parametrize("said", ["了，我再想想，先不办了", "可以再说吧", "行是行不过先别办"])
def test_half_a_yes_is_none(said: str) -> None:
    assert hedged(said)


@pytest.mark.parametrize("said", ["对，不要了", "没错", "没问题，办吧", "好的", "是的，我不想要了"])
def test_a_yes_that_holds_a_no_is_one(said: str) -> None:
    assert not hedged(said)


@pytest.mark.parametrize("said", ["吃", "二幺幺幺九三八五二零二", "8866"])
def test_a_syllable_or_digits_begin_nothing_else(said: str) -> None:
    assert too_little(said)


@pytest.mark.parametrize("said", ["退货", "订单261101007788到哪了", "转人工"])
def test_a_wish_is_enough(said: str) -> None:
    assert not too_little(said)


def test_a_question_is_no_refusal() -> None:
    assert REFUSALS.search("我没有订单号")
    assert REFUSALS.search("不记得了")
    assert not REFUSALS.search("洗衣机发出来没有啊")
