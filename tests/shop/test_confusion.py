"""Digits as recognisers mistake them."""

from __future__ import annotations

import pytest

from voicebot.shop.confusion import SAID_HEARD, best_likelihoods, likelihoods

TRUE = "261119385202"
NEIGHBOURS = [TRUE, "261118614937", "261117902466", "261119881523", "260903385777"]


def test_what_may_be_heard_of_a_digit_is_no_more_than_certain() -> None:
    import numpy as np

    assert np.all(np.exp(SAID_HEARD).sum(axis=1) < 1.0)


@pytest.mark.parametrize(
    "heard",
    [
        "261119385202",
        "26119385202",  # a double dropped
        "2611193855202",  # a long 五 heard twice
        "267119385202",  # 一 heard as 七
        "291119385202",  # 六 heard as 九
        "385202",  # the end alone
        "5202",
        "2611193852",  # broken off
    ],
)
def test_the_number_that_was_said_is_the_likeliest(heard: str) -> None:
    scores = likelihoods(heard, NEIGHBOURS)
    assert scores.argmax() == 0
    assert scores[0] > scores[1:].max() + 1


def test_a_dropped_double_is_likelier_than_any_other_dropped_digit() -> None:
    assert likelihoods("1225", ["11225"])[0] > likelihoods("1225", ["13225"])[0] + 2


def test_a_long_vowel_is_heard_twice_oftener_than_a_short_one() -> None:
    assert likelihoods("12554", ["1254"])[0] > likelihoods("12334", ["1234"])[0] + 1


def test_alike_digits_are_taken_for_each_other_oftener() -> None:
    assert likelihoods("1734", ["1134"])[0] > likelihoods("1834", ["1134"])[0]


def test_several_readings_and_lengths() -> None:
    best = best_likelihoods([("1388", -3.0), ("1389", 0.0)], ["13881389", "1389"])
    assert best[1] > best[0]
