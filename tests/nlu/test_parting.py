"""Two wishes in one breath."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from voicebot.nlu.chances import softmax
from voicebot.nlu.features import features
from voicebot.nlu.intent import IntentModel, Quality, Thresholds
from voicebot.nlu.parting import Parting, likeliest_cut, signs_of
from voicebot.nlu.understand import Understander

INTENTS = ("invoice", "return_goods", "thanks")


def model(**words: str) -> IntentModel:
    """A model that knows words: each of them is sure of one intent."""
    vocabulary = {feature: row for row, feature in enumerate(sorted(set().union(*map(features, words))))}
    weights = np.zeros((len(vocabulary) + 1, len(INTENTS)), np.float32)
    for word, intent in words.items():
        for feature in features(word):
            weights[vocabulary[feature], INTENTS.index(intent)] += 4.0
    return IntentModel(INTENTS, vocabulary, weights, 1.0, Thresholds(0.7, 0.5, 0.3), Quality(0.9, 0.0, 0.9))


def test_the_cut_falls_between_the_wishes() -> None:
    cut = likeliest_cut("退货开发票", model(退货="return_goods", 开发票="invoice"))
    assert cut is not None
    assert (cut.place, cut.first, cut.second) == (2, "return_goods", "invoice")
    assert 0.5 < cut.chance <= 1.0


def test_the_order_is_that_of_the_words() -> None:
    cut = likeliest_cut("开发票退货", model(退货="return_goods", 开发票="invoice"))
    assert cut is not None
    assert (cut.first, cut.second) == ("invoice", "return_goods")


def test_thanks_are_no_wish() -> None:
    cut = likeliest_cut("多谢多谢退货", model(退货="return_goods", 多谢="thanks"))
    assert cut is None or "thanks" not in (cut.first, cut.second)


@pytest.mark.parametrize("text", ["", "退", "退货吧", "十十十十十十"])
def test_what_is_short_or_unknown_is_not_cut(text: str) -> None:
    assert likeliest_cut(text, model(退货="return_goods")) is None


def test_the_running_totals_are_the_sums_of_each_side(understander: Understander) -> None:
    bare, learned = "这件给我退了发票也开一张", understander.model
    cut = likeliest_cut(bare, learned)
    assert cut is not None
    sides = [learned.probabilities(bare[: cut.place]), learned.probabilities(bare[cut.place :])]
    assert [learned.intents[int(side.argmax())] for side in sides] == [cut.first, cut.second]


def test_it_is_the_same_after_writing_and_reading(understander: Understander) -> None:
    parting = understander.model.parting
    assert parting is not None
    again = Parting.of_plain(parting.plain())
    bare = "鞋子换大一码还有那单催一下"
    cut = likeliest_cut(bare, understander.model)
    assert cut is not None
    signs = signs_of(bare, cut, understander.model.probabilities(bare), understander.model)
    assert again.chance(signs) == pytest.approx(parting.chance(signs), abs=1e-2)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("这个锅给我退了另外上一单的发票也开一张", ["return_goods", "invoice"]),
        ("收货地址改成公司还有发票抬头也要换", ["modify_address", "invoice"]),
        ("别再给我打电话了", ["opt_out"]),
        ("我上周买的那个电饭煲用了两天就坏了所以想退货", ["return_goods"]),
    ],
)
def test_what_is_said_in_one_breath(understander: Understander, text: str, wanted: list[str]) -> None:
    found = understander.understand(text, today=date(2026, 11, 20))
    assert [one.name for one in found.intents] == wanted


def test_probabilities_sum_to_one() -> None:
    assert softmax(np.array([[1.0, 2.0, 3.0]], np.float32)).sum() == pytest.approx(1.0)
