"""Who thinks better of it, and who corrects himself."""

from __future__ import annotations

import pytest

from voicebot.dialogue.second_thoughts import gives_up, instead


@pytest.mark.parametrize(
    "text",
    [
        "算了",
        "不退了",
        "算了不取消了",
        "我不想换了",
        "那先不办了",
        "不用了谢谢",
        "再想想吧",
        "没事了",
        "不改地址了",
        "先别取消",
    ],
)
def test_he_gives_up(text: str) -> None:
    assert gives_up(text)


@pytest.mark.parametrize(
    "text",
    [
        "不想要了",
        "不能退了吗",
        "为什么不给退",
        "坏了",
        "对",
        "不对",
        "不喜欢",
        "不是",
        "不给退我就投诉",
        "退不了吗",
        "没有",
    ],
)
def test_he_does_not(text: str) -> None:
    assert not gives_up(text)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("不对，是杭州云帆网络有限公司", "杭州云帆网络有限公司"),
        ("抬头写武汉光谷贸易有限公司吧", "武汉光谷贸易有限公司"),
        ("公司名称是北京长城有限公司", "北京长城有限公司"),
        ("杭州云帆科技有限公司", "杭州云帆科技有限公司"),
    ],
)
def test_what_he_names_instead(text: str, named: str) -> None:
    assert instead(text) == named
