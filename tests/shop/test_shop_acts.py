"""What the shop does: by the rules, once per key, whole or not at all."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from voicebot.shop.shop import SqlShop

FRYER = "261114771409"
NEW = "261120140338"


def order(shop: SqlShop, number: str) -> dict[str, Any]:
    found: dict[str, Any] = shop.look("order_by_number", {"order_number": number})["order"]
    return found


def test_a_return(shop: SqlShop) -> None:
    done = shop.do(
        "create_return", {"order_number": FRYER, "reason": "不想要了", "method": "dropoff"}, "call-1.1"
    )
    assert done["done"]
    assert done["number"].startswith("261120")
    assert order(shop, FRYER)["status"] == "退货中"
    found = shop.look("refund", {"order_number": FRYER})
    assert found["refunds"][0]["amount"] == done["amount"]
    assert found["returns"][0]["number"] == done["number"]


def test_the_same_key_does_it_once_and_another_is_refused(shop: SqlShop) -> None:
    wish = {"order_number": FRYER, "reason": "不想要了"}
    first = shop.do("create_return", wish, "call-1.1")
    assert shop.do("create_return", wish, "call-1.1") == first
    again = shop.do("create_return", wish, "call-1.2")
    assert (again["done"], again["code"]) == (False, "already")


def test_many_at_once_with_one_key_do_it_once(shop: SqlShop) -> None:
    results: list[dict[str, Any]] = []

    def ask() -> None:
        results.append(shop.do("create_ticket", {"type": "complaint_service", "summary": "慢"}, "same"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 8
    assert len({result["ticket_number"] for result in results}) == 1


def test_many_at_once_with_their_own_keys_return_one_thing_once(shop: SqlShop) -> None:
    results: list[bool] = []

    def ask(key: str) -> None:
        results.append(shop.do("create_return", {"order_number": FRYER, "reason": "不喜欢"}, key)["done"])

    threads = [threading.Thread(target=ask, args=(str(name),)) for name in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False] * 5 + [True]


def test_a_wrong_argument_changes_nothing_and_leaves_the_key_free(shop: SqlShop) -> None:
    wish = {"order_number": FRYER, "reason": "坏了", "method": "drone"}
    with pytest.raises(ValueError, match="drone"):
        shop.do("create_return", wish, "call-1.1")
    assert order(shop, FRYER)["status"] == "已签收"
    assert shop.do("create_return", {**wish, "method": "pickup"}, "call-1.1")["done"]


def test_a_key_belongs_to_one_act(shop: SqlShop) -> None:
    shop.do("opt_out", {"phone": "13912348866"}, "call-1.1")
    with pytest.raises(ValueError, match="opt_out"):
        shop.do("request_callback", {"phone": "13912348866"}, "call-1.1")


def test_what_the_rules_forbid_is_not_done(shop: SqlShop) -> None:
    done = shop.do("cancel_order", {"order_number": "261119385202"}, "k")
    assert (done["done"], done["code"]) == (False, "shipped")
    assert order(shop, "261119385202")["status"] == "运输中"
    assert not shop.look("refund", {"order_number": "261119385202"})["found"]


def test_cancelling_gives_money_and_stock_back(shop: SqlShop) -> None:
    line = order(shop, NEW)["items"][0]
    asked = {"product": line["product_code"], "colour": line["colour"]}
    before = shop.look("stock", asked)["stock"]
    assert shop.do("cancel_order", {"order_number": NEW}, "k")["done"]
    assert order(shop, NEW)["status"] == "已取消"
    assert shop.look("stock", asked)["stock"] == before + 1
    assert shop.look("refund", {"order_number": NEW})["refunds"][0]["amount"] == "3058"


def test_an_exchange(shop: SqlShop) -> None:
    wish = {"order_number": "261111884126", "item": "跑鞋", "reason": "太小", "size": "42码"}
    done = shop.do("create_exchange", wish, "k")
    assert done["done"]
    assert done["wanted"].endswith("42码")
    assert order(shop, "261111884126")["status"] == "换货中"
    rest = shop.look("check", {"kind": "return", "order_number": "261111884126", "item": "袜子"})
    assert rest["allowed"]


def test_a_new_address(shop: SqlShop) -> None:
    done = shop.do("change_address", {"order_number": NEW, "address": "湖北省武汉市江汉区解放大道1号"}, "k")
    assert done["address"] == "湖北省武汉市江汉区解放大道1号"


def test_hurrying_twice_on_one_day(shop: SqlShop) -> None:
    assert shop.do("expedite", {"order_number": NEW}, "a")["done"]
    assert shop.do("expedite", {"order_number": NEW}, "b")["code"] == "already"
    assert shop.do("expedite", {"order_number": NEW, "now": "2026-11-21T12:00"}, "c")["done"]


def test_an_invoice_once(shop: SqlShop) -> None:
    wish = {
        "order_number": FRYER,
        "title": "青山有限公司",
        "tax_number": "91330100X",
        "email": "a@example.com",
    }
    assert shop.do("request_invoice", wish, "a")["title"] == "青山有限公司"
    assert shop.do("request_invoice", wish, "b")["code"] == "already"


def test_a_difference_in_price_once(shop: SqlShop) -> None:
    wish = {"order_number": "261106513369"}
    assert shop.do("apply_price_protection", wish, "a")["amount"] == "300"
    assert shop.do("apply_price_protection", wish, "b")["code"] == "already"
    assert shop.look("refund", wish)["refunds"][0]["kind"] == "价格保护"


def test_a_ticket(shop: SqlShop) -> None:
    wish = {
        "type": "complaint_wrong_item",
        "order_number": FRYER,
        "item": "空气炸锅",
        "caller": "13912348866",
        "customer_id": 1,
        "severity": "high",
        "remedy": "换货",
        "summary": "发错颜色",
        "transcript": "…",
    }
    first, again = (shop.do("create_ticket", wish, key) for key in "ab")
    assert (first["department"], first["hours"]) == ("仓储部", 24)
    assert again["ticket_number"] == first["ticket_number"]  # one complaint, said twice
    other = shop.do("create_ticket", {**wish, "type": "complaint_quality"}, "c")
    assert int(other["ticket_number"]) == int(first["ticket_number"]) + 1


def test_being_rung_back_and_not_being_rung(shop: SqlShop) -> None:
    asked = {"phone": "+8613912348866", "wished": "明天下午"}
    assert shop.do("request_callback", asked, "a") == {
        "done": True,
        "phone_tail": "8866",
        "wished": "明天下午",
    }
    assert not shop.look("opted_out", asked)["opted_out"]
    shop.do("opt_out", asked, "b")
    shop.do("opt_out", asked, "c")
    assert shop.look("opted_out", asked)["opted_out"]


def test_goodwill_by_tier_and_not_too_often(shop: SqlShop) -> None:
    assert shop.do("issue_coupon", {"customer_id": 1}, "a")["amount"] == "20"
    assert shop.do("issue_coupon", {"customer_id": 1}, "b")["code"] == "already"
    amounts = {coupon["amount"] for coupon in shop.look("promotions", {"customer_id": 1})["coupons"]}
    assert "20" in amounts


@pytest.mark.parametrize(("score", "done"), [(5, True), (1, True), (0, False), (6, False)])
def test_opinions(shop: SqlShop, score: int, done: bool) -> None:
    assert shop.do("record_satisfaction", {"score": score, "customer_id": 1}, "a")["done"] is done


def test_a_technician_comes(shop: SqlShop) -> None:
    wish = {"order_number": "261118830056", "date": "2026-11-25", "slot": "下午"}
    assert shop.do("book_installation", wish, "a")["spoken"] == "11月25号下午"
    assert shop.do("book_installation", wish, "b")["code"] == "already"
    late = shop.do("book_repair", {"order_number": "261026556021", "date": "2027-11-25"}, "c")
    assert (late["done"], late["code"]) == (False, "date")
    visit = shop.do("book_repair", {"order_number": "261026556021", "fault": "不转"}, "d")
    assert visit["fee"] == "0"
    moved = {"order_number": "261026556021", "date": "2026-11-26", "slot": "晚上"}
    again = shop.do("book_repair", moved, "e")
    assert (again["number"], again["day"], again["slot"]) == (visit["number"], "2026-11-26", "晚上")


def test_an_act_that_does_not_exist(shop: SqlShop) -> None:
    with pytest.raises(LookupError, match="juggle"):
        shop.do("juggle", {}, "k")
