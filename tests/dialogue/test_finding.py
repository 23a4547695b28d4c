"""What is found in the shop's lists by what callers call it."""

from __future__ import annotations

import pytest

from voicebot.dialogue.finding import (
    alike,
    changed_to,
    ending,
    kinds,
    missing,
    named_besides,
    next_size,
    order_tail,
    picked,
)

SIZES = ["38码", "39码", "40码", "41码"]
COLOURS = ["黑色", "白色"]


def order(number: str, *goods: str) -> dict[str, object]:
    return {"order_number": number, "items": [{"short": one} for one in goods]}


PHONE = order("261120140338", "手机", "手机壳")
BRUSH = order("261026556021", "电动牙刷")
SHOES = order("261111884126", "跑鞋", "运动袜")
KETTLE = order("251016660173", "电热水壶")


@pytest.mark.parametrize(
    ("said", "size"),
    [("换大一码", "40码"), ("小一号", "38码"), ("大两码", "41码"), ("再大一点", "40码"), ("小两码", None)],
)
def test_a_size_as_seen_from_the_own(said: str, size: str | None) -> None:
    assert next_size(SIZES, "39码", said) == size


def test_beyond_the_last_size_there_is_none() -> None:
    assert next_size(SIZES, "41码", "换大一码") is None
    assert next_size(SIZES, "均码", "换大一码") is None
    assert next_size(SIZES, "39码", "不喜欢") is None


@pytest.mark.parametrize(
    ("said", "words", "named"),
    [
        ("跑鞋有44码没", SIZES, "44码"),
        ("有四十五码的吗", SIZES, "四十五码"),
        ("有40码吗", SIZES, None),
        ("多大尺码", SIZES, None),
        ("蓝色的有吗", COLOURS, "蓝色"),
        ("白的有吗", COLOURS, None),
        ("有货吗", COLOURS, None),
        ("青轴的有没有", ["红轴", "茶轴"], "青轴"),
    ],
)
def test_what_there_is_not(said: str, words: list[str], named: str | None) -> None:
    assert missing(said, words) == named


def test_goods_by_their_last_syllable() -> None:
    assert kinds([SHOES, KETTLE], "鞋挤脚") == [SHOES]
    assert kinds([SHOES, KETTLE], "水壶坏了") == [KETTLE]
    assert kinds([SHOES, KETTLE], "我要退货") == []


def test_goods_named_together() -> None:
    assert named_besides([PHONE, BRUSH], "手机和牙刷的发票都开一下", PHONE) == [BRUSH]
    assert named_besides([PHONE, BRUSH], "手机的发票开一下", PHONE) == []
    assert named_besides([PHONE, BRUSH], "手机和手机壳都要退", PHONE) == []
    shoes, socks = {"short": "跑鞋"}, {"short": "运动袜"}
    assert named_besides([shoes, socks], "袜子和鞋都要退", socks) == [shoes]


def test_one_of_a_list_by_its_place() -> None:
    assert picked([PHONE, BRUSH], "那第二个呢") == BRUSH
    assert picked([PHONE, BRUSH], "第三个") is None
    assert picked([PHONE, BRUSH], "那个呢") is None


def test_an_order_by_the_end_of_its_number() -> None:
    assert order_tail("退货，订单号后四位1409") == "1409"
    assert order_tail("单号尾号是六零二幺") == "6021"
    assert order_tail("手机尾号8866") is None
    assert ending([PHONE, BRUSH], "order_number", "6021") == [BRUSH]
    assert ending([PHONE, BRUSH], "order_number", None) == []


def test_a_name_that_fits_two_kinds() -> None:
    orders = [order("1", "头戴耳机"), order("2", "蓝牙耳机"), BRUSH]
    assert alike(orders, "降噪蓝牙耳机", "上海的那个耳机改个地址") == orders[:2]
    assert alike(orders, "降噪蓝牙耳机", "蓝牙耳机到哪了") == []


def test_what_is_wanted_instead() -> None:
    assert changed_to("绿的，能不能换成白的，绿的不喜欢", ["绿色", "白色"]) == "白色"
    assert changed_to("白的", ["绿色", "白色"]) == "白色"
    assert changed_to("不喜欢", ["绿色", "白色"]) is None
