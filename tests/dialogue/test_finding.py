"""What is found in the shop's lists by what callers call it."""

from __future__ import annotations

from voicebot.dialogue.finding import alike, ending, kinds, named_besides, order_tail, picked


def order(number: str, *goods: str) -> dict[str, object]:
    return {"order_number": number, "items": [{"short": one} for one in goods]}


PHONE = order("261120140338", "手机", "手机壳")


BRUSH = order("261026556021", "电动牙刷")


SHOES = order("261111884126", "跑鞋", "运动袜")


KETTLE = order("251016660173", "电热水壶")


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
