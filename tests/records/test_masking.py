"""Masks: what has the shape of something private is not shown, what has not is."""

from __future__ import annotations

import pytest

from voicebot.records.masking import known_values, mask, mask_data, mask_name, mask_phone, mask_value


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("我的电话是13800006612", "我的电话是138****6612"),
        ("打138 0000 6612吧", "打138****6612吧"),
        ("打+86 138-0000-6612吧", "打****6612吧"),
        ("订单261120000123", "订单****0123"),
        ("订单号98765", "订单号***65"),
        ("卡号6222 0212 3456 7890 123", "卡号****0123"),
        ("身份证33010619900101123X", "身份证****1123X"),
        ("一三八零零零零六六一二", "***一二"),
        ("幺三八,零零零零,六六幺二", "***幺二"),
        ("邮箱wang.xm@example.com", "邮箱w***@example.com"),
        ("我住在浙江省杭州市西湖区文三路478号3栋502室", "我住在***"),
        ("送到桂花路12号", "***"),
        ("我叫王小明，", "我叫王**，"),
        ("我是李雷，想退货", "我是李*，想退货"),
        ("王小明先生您好", "王**先生您好"),
    ],
)
def test_what_is_private_is_masked(text: str, shown: str) -> None:
    masked = mask(text)
    if text.startswith(("送到", "我住")):
        assert "桂花路" not in masked
        assert "478" not in masked
        assert "502" not in masked
        assert "***" in masked
    else:
        assert masked == shown


@pytest.mark.parametrize(
    "text",
    [
        "我想退货",
        "昨天下午三点买的",
        "花了128.50元，打八五折",
        "2026年11月20号到货",
        "三四天能到吗",
        "我是客户，你是机器人吗",
        "这位先生您好",
        "二十四小时内答复",
        "尾号1234",
        "2026-11-20",
        "2026-11-20T10:30:00",
        "我要打12315投诉",
        "叫什么名字",
        "我是金卡，有什么优惠",
        "我是新客，",
    ],
)
def test_what_is_not_private_is_shown(text: str) -> None:
    masked = mask(text)
    assert masked == text


def test_what_is_known_is_masked_wherever_it_stands() -> None:
    assert mask("小明的包裹到了，是欧阳小明的", ("欧阳小明", "小明")) == "小*的包裹到了，是欧***的"


def test_data_is_masked_in_depth() -> None:
    data = {
        "phone": "13800006612",
        "customer": {"id": 7, "name": "王小明", "tier": "金卡"},
        "items": [{"product_code": "P1", "name": "咖啡机", "price": "128.5"}],
        "address": "桂花路十二号",
        "text": "打13912345678",
        "found": True,
        "count": 12345678,
        "order_number": 261120000123,
    }
    masked = mask_data(data)
    assert masked["phone"] == "138****6612"
    assert masked["customer"] == {"id": 7, "name": "王**", "tier": "金卡"}
    assert masked["items"] == [{"product_code": "P1", "name": "咖啡机", "price": "128.5"}]
    assert masked["address"] == "***"
    assert masked["text"] == "打139****5678"
    assert (masked["found"], masked["count"], masked["order_number"]) == (True, 12345678, "****0123")
    assert set(known_values(data)) == {"13800006612", "王小明", "桂花路十二号"}


def test_small_masks() -> None:
    assert mask_phone(None) == mask_phone("") == ""
    assert mask_phone("+8613800006612") == "138****6612"
    assert (mask_name("王"), mask_name("")) == ("王*", "")
    assert mask_value("1234") == "****"
