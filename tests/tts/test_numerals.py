"""Digits in groups, and the little things of written numbers."""

from __future__ import annotations

import pytest

from voicebot.tts.numerals import digits, grouped_digits, number, trimmed


@pytest.mark.parametrize(
    ("length", "sizes"),
    [
        (4, [4]),
        (5, [5]),
        (6, [3, 3]),
        (7, [3, 4]),
        (8, [4, 4]),
        (10, [3, 3, 4]),
        (11, [3, 4, 4]),
        (12, [4, 4, 4]),
    ],
)
def test_long_numbers_fall_into_groups_of_three_or_four(length: int, sizes: list[int]) -> None:
    spoken = grouped_digits("202611200042"[:length])
    assert [len(group) for group in spoken.split(" ")] == sizes
    assert spoken.replace(" ", "") == digits("202611200042"[:length])


def test_one_is_yao_on_the_telephone_and_yi_elsewhere() -> None:
    assert (digits("117"), digits("117", one="一")) == ("幺幺七", "一一七")


@pytest.mark.parametrize(
    ("written", "counting", "spoken"),
    [
        ("2", False, "二"), ("2", True, "两"), ("22", True, "二十二"), ("1,299", False, "一千二百九十九"),
        ("0.50", False, "零点五零"), ("-3", False, "负三"), ("007", False, "七"), ("9" * 20, False, "九" * 20),
    ],
)  # fmt: skip
def test_numbers(written: str, counting: bool, spoken: str) -> None:
    assert number(written, counting) == spoken


def test_idle_zeros_go() -> None:
    assert [trimmed(text) for text in ("5.00", "1.50", "100", "0.0")] == ["5", "1.5", "100", "0"]
