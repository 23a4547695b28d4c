"""Chinese numerals, both ways, and against third-party cases where the conventions agree."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.nlu.numbers import (
    amount_to_chinese,
    digits_to_chinese,
    find_numbers,
    number_to_chinese,
    parse_number,
)


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("两千零五", "2005"), ("一百二", "120"), ("一千二", "1200"), ("一万三", "13000"), ("两百五", "250"),
        ("一百零五", "105"), ("三点一四", "3.14"), ("半", "0.5"), ("两个半", "2.5"), ("百分之八十", "0.8"),
        ("一千八", "1800"), ("12.5万", "125000"), ("1百2", "120"), ("三四百", "300"), ("十五六", "15"),
        ("七百三四十", "730"), ("一万六七", "16000"), ("一亿两千三百", "100002300"), ("负三点五", "-3.5"),
        ("一百万一千一百一十一", "1001111"), ("三千500", "3500"), ("廿五", "25"), ("贰佰伍拾", "250"),
        ("十", "10"),
        ("二零二六", "2026"), ("四分之三", "0.75"), ("两", "2"), ("零", "0"), ("十二万五", "125000"),
    ],
)  # fmt: skip
def test_a_spoken_number_has_a_value(said: str, value: str) -> None:
    assert parse_number(said) == Decimal(value)


@pytest.mark.parametrize("text", ["", "订单", "一百块", "三个八", "万一", "一下", "几百"])
def test_what_is_not_just_a_number_is_none(text: str) -> None:
    assert parse_number(text) is None


@pytest.mark.parametrize(
    ("said", "base"),
    [
        ("一百多块", "100"),
        ("十几块", "10"),
        ("一百来块", "100"),
        ("三四个", "3"),
        ("百来块", "100"),
        ("千把块", "1000"),
    ],
)
def test_a_vague_number_gives_its_base_and_says_so(said: str, base: str) -> None:
    number = find_numbers(said)[0]
    assert (number.value, number.about) == (Decimal(base), True)


@pytest.mark.parametrize(
    "text", ["万一坏了", "等一下", "十分满意", "千万别发", "一定要快", "乱七八糟", "统一发货"]
)
def test_words_that_count_nothing_hold_no_number(text: str) -> None:
    assert find_numbers(text) == []


def test_numbers_are_found_in_their_places() -> None:
    text = "买了三个花了一百二十八块"
    found = find_numbers(text)
    assert [(text[one.start : one.end], int(one.value)) for one in found] == [("三", 3), ("一百二十八", 128)]


@given(st.integers(0, 10**12 - 1))
def test_every_whole_number_comes_back_from_its_words(value: int) -> None:
    assert parse_number(number_to_chinese(value)) == value


@given(st.decimals(0, 100000, places=2))
def test_every_decimal_comes_back_from_its_words(value: Decimal) -> None:
    assert parse_number(number_to_chinese(value)) == value


@pytest.mark.parametrize(
    ("value", "spoken"),
    [
        (200, "两百"),
        (222, "两百二十二"),
        (2222, "两千二百二十二"),
        (12, "十二"),
        (10010, "一万零一十"),
        (110000, "十一万"),
    ],
)
def test_two_and_ten_are_spoken_as_people_do(value: int, spoken: str) -> None:
    assert number_to_chinese(value) == spoken


def test_money_and_digits_are_spoken_as_people_do() -> None:
    said = [amount_to_chinese(yuan) for yuan in ("128.5", "3.05", "0.2", "150", "1.85", "2", "0.05", "22.2")]
    assert said == [
        "一百二十八块五",
        "三块零五分",
        "两毛",
        "一百五十块",
        "一块八毛五",
        "两块",
        "五分",
        "二十二块二",
    ]
    assert digits_to_chinese("8186") == "八幺八六"


def _cases(folder: Path, name: str) -> list[tuple[str, str]]:
    lines = (folder / "textnorm" / name).read_text(encoding="utf-8").splitlines()
    pairs = [line.split(" => ") for line in lines if " => " in line]
    return [(pair[0].strip(), pair[1].strip()) for pair in pairs]


def test_third_party_numbers_have_the_same_values(testdata: Path) -> None:
    plain = [case for case in _cases(testdata, "itn/number.txt") if "是不是" not in case[0]]
    wrong = [
        (said, written)
        for said, written in plain
        if parse_number(said) != parse_number(written.replace("-", "负"))
    ]
    assert len(plain) > 30
    assert wrong == []


def test_third_party_shares_and_counts_have_the_same_values(testdata: Path) -> None:
    cases = dict(_cases(testdata, "itn/measure.txt"))
    shares = {
        said: written
        for said, written in cases.items()
        if re.fullmatch(r"[\d.]+%", written) and said != "百分百"
    }
    assert len(shares) >= 5
    assert {said: parse_number(said) for said in shares} == {
        said: Decimal(written.rstrip("%")) / 100 for said, written in shares.items()
    }
    people = next(said for said in cases if said.startswith("一共有一人"))
    written = [int(count) for count in re.findall(r"\d+", cases[people])]
    assert len(written) > 100
    assert [int(number.value) for number in find_numbers(people)] == written


def test_third_party_numbers_are_spoken_the_same(testdata: Path) -> None:
    cases = _cases(testdata, "tn/number.txt")
    assert [case for case in cases if number_to_chinese(case[0]) != case[1]] == []
