"""Queries of the demonstration shop."""

from __future__ import annotations

from typing import Any

import pytest

from voicebot.shop.shop import LOOKS, SqlShop

COFFEE = "261119385202"


def test_a_caller_is_known_by_the_number(unchanged: SqlShop) -> None:
    found = unchanged.look("customer_by_phone", {"phone": "+86 139 1234 8866"})
    assert found["customer"]["surname"] == "王"
    assert found["customer"]["tier"] == "金卡"
    assert "13912348866" not in str(found)


@pytest.mark.parametrize("phone", [None, "", "anonymous", "13000000000"])
def test_a_stranger_is_not(unchanged: SqlShop, phone: str | None) -> None:
    assert unchanged.look("customer_by_phone", {"phone": phone}) == {"found": False, "customer": None}


def test_an_order_by_its_number(unchanged: SqlShop) -> None:
    found = unchanged.look("order_by_number", {"order_number": COFFEE, "customer_id": 1})
    assert found["own"] is True
    assert found["order"]["summary"] == "昨天下单的咖啡机"
    assert found["order"]["status"] == "运输中"
    assert found["order"]["tail"] == "5202"
    assert found["order"]["items"][0]["price"] == "1299"


def test_the_order_of_another(unchanged: SqlShop) -> None:
    assert unchanged.look("order_by_number", {"order_number": COFFEE, "customer_id": 2})["own"] is False


def test_a_number_that_is_nearly_right(unchanged: SqlShop) -> None:
    found = unchanged.look("order_by_number", {"order_number": "26119385202", "customer_id": 1})
    assert not found["found"]
    assert found["near"][0]["order_number"] == COFFEE
    assert found["near"][0]["probability"] > 0.9


def test_a_number_like_no_other(unchanged: SqlShop) -> None:
    assert unchanged.look("order_by_number", {"order_number": "999999999999"})["near"] == []


def test_orders_come_newest_first_and_say_how_they_are_called(unchanged: SqlShop) -> None:
    orders = unchanged.look("orders_of_customer", {"customer_id": 2, "limit": 2})["orders"]
    assert [order["summary"] for order in orders] == ["今天下单的手机等两件商品", "10月26号下单的电动牙刷"]


def test_candidates_are_matched_with_the_callers_own_orders(unchanged: SqlShop) -> None:
    ranked = unchanged.look(
        "match_order", {"candidates": ["26111938522", {"digits": "385202", "score": -1.0}], "customer_id": 1}
    )["orders"]
    assert ranked[0]["order_number"] == COFFEE
    assert ranked[0]["own"]
    assert ranked[0]["summary"] == "昨天下单的咖啡机"


def test_a_strangers_order_is_matched_but_not_described(unchanged: SqlShop) -> None:
    ranked = unchanged.look("match_order", {"candidates": [COFFEE], "customer_id": None})["orders"]
    assert ranked[0]["order_number"] == COFFEE
    assert ranked[0]["summary"] is None


def test_nothing_heard_matches_nothing(unchanged: SqlShop) -> None:
    assert unchanged.look("match_order", {"candidates": ["", "不知道"], "customer_id": 1})["orders"] == []


@pytest.mark.parametrize(
    ("arguments", "verified"),
    [
        ({"tail_number": "8866", "order_number": COFFEE}, True),
        ({"tail_number": "8866", "customer_id": 1}, True),
        ({"tail_number": "8867", "order_number": COFFEE}, False),
        ({"tail_number": "8866", "order_number": "261120140338"}, False),
        ({"tail_number": "66", "order_number": COFFEE}, False),
        ({"tail_number": "8866"}, False),
    ],
)
def test_who_is_verified(unchanged: SqlShop, arguments: dict[str, Any], verified: bool) -> None:
    found = unchanged.look("verify_caller", arguments)
    assert found["verified"] is verified
    assert (found["customer"] is not None) is verified


def test_where_a_parcel_is(unchanged: SqlShop) -> None:
    found = unchanged.look("logistics", {"order_number": COFFEE})
    assert [trace["state"] for trace in found["traces"]] == ["揽收", "运输", "运输"]
    assert found["latest"]["place"] == "杭州转运中心"
    assert found["problem"] is None
    assert found["eta"] >= "2026-11-20"


def test_a_parcel_in_trouble(unchanged: SqlShop) -> None:
    found = unchanged.look("logistics", {"order_number": "261115290071"})
    assert found["latest"]["state"] == "疑难"
    assert found["problem"] == found["latest"]["text"]


def test_how_far_a_refund_is(unchanged: SqlShop) -> None:
    found = unchanged.look("refund", {"order_number": "261105048260"})
    assert found["refunds"][0]["status"] == "已退款"
    assert unchanged.look("refund", {"order_number": COFFEE})["found"] is False


@pytest.mark.parametrize(
    ("said", "code"),
    [("P4003", "P4003"), ("电饭锅", "P4003"), ("那个无线的鼠标", "P2003"), ("尿不湿", "P8102")],
)
def test_which_product_was_meant(unchanged: SqlShop, said: str, code: str) -> None:
    assert unchanged.look("product", {"name": said})["product"]["product_code"] == code


def test_what_a_product_is_like(unchanged: SqlShop) -> None:
    found = unchanged.look("product_attribute", {"product": "充电宝", "attribute": "电池"})
    assert found["value"] == "20000毫安时"
    assert not unchanged.look("product_attribute", {"product": "充电宝", "attribute": "香味"})["found"]


def test_whether_there_is_any_left(unchanged: SqlShop) -> None:
    found = unchanged.look("stock", {"product": "蓝牙耳机", "colour": "白"})
    assert found["available"]
    assert not unchanged.look("stock", {"product": "蓝牙耳机", "colour": "紫色"})["offered"]


def test_offers_follow_the_tier(unchanged: SqlShop) -> None:
    titles = {offer["title"] for offer in unchanged.look("promotions", {"customer_id": 1})["promotions"]}
    assert "金卡专享" in titles
    assert "银卡回馈" not in titles
    assert "双十一狂欢" not in titles
    later = unchanged.look("promotions", {"customer_id": 1, "today": "2027-06-01"})
    assert later["promotions"] == []


def test_what_the_price_was(unchanged: SqlShop) -> None:
    found = unchanged.look("price_history", {"product": "扫地机器人"})
    assert [change["price"] for change in found["changes"]] == ["2299", "2699"]


def test_one_thing_that_goes_with_another(unchanged: SqlShop) -> None:
    found = unchanged.look("recommend", {"customer_id": 1, "products": ["P4001"]})
    assert found["product"]["short"] == "咖啡豆"
    assert not unchanged.look("recommend", {"customer_id": 1, "products": ["P9003"]})["found"]


def test_what_was_bought_is_not_recommended_again(unchanged: SqlShop) -> None:
    assert not unchanged.look("recommend", {"customer_id": 10, "products": ["P8002"]})["found"]


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-20T08:59", False),
        ("2026-11-20T09:00", True),
        ("2026-11-20T20:59", True),
        ("2026-11-21T18:00", False),
        ("2027-02-06T12:00", False),
    ],
)
def test_when_a_human_can_be_had(unchanged: SqlShop, moment: str, is_open: bool) -> None:
    found = unchanged.look("hours", {"at": moment})
    assert found["open"] is is_open
    assert found["next_open"] > moment


def test_a_query_that_does_not_exist(unchanged: SqlShop) -> None:
    with pytest.raises(LookupError, match="weather"):
        unchanged.look("weather", {})


@pytest.mark.parametrize(
    "name",
    sorted(
        set(LOOKS) - {"promotions", "recommend", "hours", "opted_out", "customer_by_phone", "match_order"}
    ),
)
def test_what_is_missing_is_named(unchanged: SqlShop, name: str) -> None:
    with pytest.raises(ValueError, match=name):
        unchanged.look(name, {})
