"""What is a question, and what about."""

from __future__ import annotations

import pytest

from voicebot.dialogue.questions import about_the_question, asks, for_information, in_general


@pytest.mark.parametrize(
    "said", ["要钱吗", "电子的还是纸的是电子还是纸", "要不要原包装啊", "生鲜能退不", "几点来", "那运费呢"]
)
def test_questions(said: str) -> None:
    assert asks(said)


@pytest.mark.parametrize("said", ["我要退货", "上门取", "不要了", "我不", "差不多"])
def test_no_questions(said: str) -> None:
    assert not asks(said)


@pytest.mark.parametrize(
    "said", ["退款几天到账", "换货要多久", "发什么快递", "手机要上门安装吗", "新疆发货吗", "谁出运费"]
)
def test_what_is_asked_about_the_shop(said: str) -> None:
    assert in_general(said)


@pytest.mark.parametrize(
    "said",
    [
        "我的退款几天到账",
        "保温壶退到哪了",
        "帮我看看发什么快递",
        "昨天那单要多久",
        "我要退货，运费谁出",
        "发货了吗",
    ],
)
def test_what_is_asked_about_the_own(said: str) -> None:
    assert not in_general(said)


@pytest.mark.parametrize(
    "said", ["为什么要后四位", "为啥要原因", "订单号在哪看", "哪个手机号", "干嘛要问这个"]
)
def test_what_is_asked_about_the_question(said: str) -> None:
    assert about_the_question(said)


@pytest.mark.parametrize("said", ["为什么这么难用", "8866", "我要退货"])
def test_what_is_not_about_the_question(said: str) -> None:
    assert not about_the_question(said)


def test_a_complaint_in_the_form_of_a_question_wants_to_know_nothing() -> None:
    assert for_information("你们周末上班吗")
    assert for_information("那要多久退钱")
    assert not for_information("这么难用谁要啊")
    assert not for_information("怎么老是坏")
