"""Dictated digits and their corrections."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.nlu.digits import correct, digit_runs, digits_of


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("幺三八,呃,零零零零,然后六六一二", "13800006612"), ("尾号是幺三八八", "1388"),
        ("不对,是六七八九", "6789"),
        ("幺三八八,不对,是六七八九", "6789"), ("三个八六", "8886"), ("双八六六", "8866"),
        ("零零两个八", "0088"),
        ("不是六六一二,是六七八九", "6789"), ("是六七八九不是六六一二", "6789"), ("是不是六六一二", "6612"),
        ("两点打的,尾号6612", "6612"), ("六六一二,不对,最后一位是三", "6613"),
        ("幺八五洞幺拐两零柒幺玖", "18501720719"),
        ("前面是一三八,中间四个零,最后六六一二", "13800006612"), ("后四位是六七八九", "6789"),
        ("四个零", "0000"),
    ],
)  # fmt: skip
def test_dictated_digits_are_read(said: str, digits: str) -> None:
    assert digits_of(said) == digits


@pytest.mark.parametrize(
    "said", ["花了一百二十三块", "买了两个,三号到", "双十一那单", "三点一四一五", "二零二六年下的单", ""]
)
def test_counted_numbers_are_not_dictated(said: str) -> None:
    assert digits_of(said) == ""


def test_two_whole_numbers_stay_two() -> None:
    runs = digit_runs("尾号6612,电话13800138000,单号202611200001")
    assert [run.digits for run in runs] == ["6612", "13800138000", "202611200001"]


def test_of_several_runs_the_one_of_the_wanted_length_counts() -> None:
    assert digits_of("13800138000的那个,六六一二", length=4) == "6612"


@pytest.mark.parametrize(
    ("before", "said", "after"),
    [
        ("6617", "最后一位是八不是七", "6618"), ("13800006612", "第三位是九", "13900006612"),
        ("13800006612", "前三位是一三九", "13900006612"), ("13800006612", "后四位是六七八九", "13800006789"),
        ("6617", "不是七是八", "6618"), ("6617", "是八不是七", "6618"), ("6617", "七改成八", "6618"),
        ("662", "最后还有个八", "6628"), ("6123", "是两个二", "61223"), ("61223", "多了一个二", "6123"),
        ("6123", "少了一个二", "61223"), ("13800006612", "不对,是六六一三", "13800006613"),
        ("6612", "不对,是六七八九", "6789"), ("6612", "第一位是七第二位是八", "7812"),
        ("6612", "倒数第二位是三", "6632"),
        ("13800006612", "幺三九零零零零六六一二", "13900006612"),
    ],
)  # fmt: skip
def test_a_correction_changes_what_it_names(before: str, said: str, after: str) -> None:
    assert correct(before, said) == after


@pytest.mark.parametrize("said", ["对的", "六六一二", "就是这个", "第九位是三", "不是五是三"])
def test_what_corrects_nothing_is_none(said: str) -> None:
    assert correct("6612", said) is None


def test_third_party_digit_strings_are_read_the_same(testdata: Path) -> None:
    lines = (testdata / "textnorm" / "itn" / "cardinal.txt").read_text(encoding="utf-8").splitlines()
    cases = [line.split(" => ") for line in lines if " => " in line]
    strings = [
        (said, written)
        for said, written in cases
        if sum(map(str.isdecimal, written)) > 3 and "~" not in written
    ]
    plain = [(s, w) for s, w in strings if not set(w) & set("-.X") and not set(s) & set("万千百")]
    wrong = [(s, w) for s, w in plain if digits_of(s) != "".join(filter(str.isdecimal, w))]
    assert len(plain) >= 10
    assert wrong == []
