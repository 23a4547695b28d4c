"""Firms on invoices."""

from __future__ import annotations

import pytest

from voicebot.dialogue.tax import firm, heading, tax_number, without_tax_number

NUMBER = "91330106MA2CFABC12"


@pytest.mark.parametrize(
    "said",
    [
        NUMBER,
        f"税号{NUMBER}",
        f"抬头杭州云帆科技有限公司，税号是{NUMBER.lower()}，谢谢",
        "税号九一三三零幺零六MA二CFABC幺二",
        "纳税人识别号 9133 0106 MA2C FABC 12",
    ],
)
def test_a_tax_number_is_found(said: str) -> None:
    assert tax_number(said) == NUMBER


@pytest.mark.parametrize("said", ["261119385202", "13912348866", "税号", "ABCDEFGHIJKLMNOPQR", ""])
def test_other_numbers_are_none(said: str) -> None:
    assert tax_number(said) is None


def test_the_name_stands_before_the_number() -> None:
    assert without_tax_number(f"杭州云帆科技有限公司，税号{NUMBER}") == "杭州云帆科技有限公司"
    assert without_tax_number(f"杭州云帆科技有限公司{NUMBER}") == "杭州云帆科技有限公司"
    assert without_tax_number("杭州云帆科技有限公司") == "杭州云帆科技有限公司"


@pytest.mark.parametrize(
    "said",
    [
        "杭州云帆科技有限公司",
        "空气炸锅开个发票，抬头是杭州云帆科技有限公司",
        "发票抬头写公司：杭州云帆科技有限公司",
        f"就写杭州云帆科技有限公司，税号{NUMBER}",
        "我们是杭州云帆科技有限公司",
    ],
)
def test_a_firm_is_found(said: str) -> None:
    assert firm(said) == "杭州云帆科技有限公司"


@pytest.mark.parametrize("said", ["公司", "开公司的", "公司抬头", "开个人的", "我们公司"])
def test_no_name_is_no_firm(said: str) -> None:
    assert firm(said) is None


def test_a_person_is_named_as_the_heading() -> None:
    assert heading("我要开发票，抬头王小明") == "王小明"
    assert heading("抬头写李雷，谢谢") == "李雷"
    assert heading("公司抬头") is None
    assert heading("抬头写个人") is None
    assert heading("抬头是杭州云帆科技有限公司") is None
