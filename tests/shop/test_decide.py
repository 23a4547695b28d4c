"""What may be done with which order, and what the caller is told."""

from __future__ import annotations

from typing import Any

import pytest

from voicebot.shop.shop import SqlShop

FRYER = "261114771409"  # received two days ago by a gold customer
PEN = "261112118843"  # made to order
GRAPES = "261118257093"  # fresh, received today
DISC = "261115461538"  # digital, in a box
BRUSH = "261026556021"  # received twenty days ago
SHOES = "261111884126"  # shoes and socks, received six days ago


def check(shop: SqlShop, kind: str, order: str, **more: Any) -> dict[str, Any]:
    return shop.look("check", {"kind": kind, "order_number": order, **more})


@pytest.mark.parametrize(
    ("order", "more", "allowed", "code"),
    [
        (FRYER, {}, True, "no_reason"),
        (FRYER, {"today": "2026-11-25"}, True, "no_reason"),  # seventh day after receipt
        (FRYER, {"today": "2026-11-26"}, False, "too_late"),
        (FRYER, {"today": "2026-12-03", "reason": "坏了"}, True, "quality"),
        (FRYER, {"today": "2026-12-04", "reason": "坏了"}, False, "repair_instead"),
        (PEN, {}, False, "custom_made"),
        (PEN, {"reason": "笔尖坏了"}, True, "quality"),
        (GRAPES, {"reason": "不想要了"}, False, "fresh"),
        (GRAPES, {"reason": "葡萄烂了"}, True, "quality"),
        (GRAPES, {"reason": "葡萄烂了", "today": "2026-11-23"}, False, "too_late"),
        (DISC, {}, True, "unopened"),
        (DISC, {"opened": False}, True, "no_reason"),
        (DISC, {"opened": True}, False, "opened"),
        (BRUSH, {"reason": "不转了"}, False, "repair_instead"),
        (SHOES, {}, False, "which_item"),
        (SHOES, {"item": "袜子"}, True, "no_reason"),
        (SHOES, {"item": "冰箱"}, False, "no_item"),
        ("261119385202", {}, False, "not_received"),
        ("261120140338", {"item": "手机"}, False, "before_shipping"),
        ("261120415290", {}, False, "not_paid"),
        ("261105048260", {}, False, "over"),
        ("261108333815", {}, False, "already"),
        ("000000000000", {}, False, "no_order"),
        (FRYER, {"customer_id": 2}, False, "not_own"),
    ],
)
def test_returns(unchanged: SqlShop, order: str, more: dict[str, Any], allowed: bool, code: str) -> None:
    found = check(unchanged, "return", order, **more)
    assert (found["allowed"], found["code"]) == (allowed, code)
    assert found["why"]
    assert "{" not in found["why"]


def test_who_pays_the_freight(unchanged: SqlShop) -> None:
    assert check(unchanged, "return", FRYER)["freight"] == "seller"  # a gold customer's benefit
    assert check(unchanged, "return", DISC, opened=False)["freight"] == "buyer"
    assert check(unchanged, "return", DISC, reason="光盘有划痕")["freight"] == "seller"


def test_a_reason_not_given_yet_is_asked_for(unchanged: SqlShop) -> None:
    assert check(unchanged, "return", PEN)["ask"] == "reason"
    assert check(unchanged, "return", PEN, reason="不喜欢")["ask"] is None


@pytest.mark.parametrize(
    ("kind", "order", "more", "allowed", "code"),
    [
        ("exchange", SHOES, {"item": "跑鞋", "reason": "太小了", "size": "42码"}, True, "ok"),
        ("exchange", SHOES, {"item": "跑鞋", "reason": "太小了", "size": "50码"}, False, "out_of_stock"),
        ("exchange", SHOES, {"item": "跑鞋", "reason": "太小了", "today": "2026-11-22"}, False, "too_late"),
        ("exchange", PEN, {"reason": "不喜欢"}, False, "excepted"),
        ("exchange", "261119385202", {}, False, "not_received"),
        ("cancel", "261120140338", {}, True, "to_ship"),
        ("cancel", "261120415290", {}, True, "unpaid"),
        ("cancel", "261119540912", {}, False, "custom_made"),
        ("cancel", "261119385202", {}, False, "shipped"),
        ("cancel", FRYER, {}, False, "received"),
        ("cancel", "261116619947", {}, False, "over"),
        ("address", "261120140338", {}, True, "ok"),
        ("address", "261118830056", {}, False, "shipped"),
        ("address", FRYER, {}, False, "received"),
        ("expedite", "261120140338", {}, True, "to_ship"),
        ("expedite", "261119385202", {}, True, "on_the_way"),
        ("expedite", "261120415290", {}, False, "unpaid"),
        ("expedite", FRYER, {}, False, "received"),
        ("price_protection", "261106513369", {}, True, "ok"),
        ("price_protection", "261106513369", {"today": "2026-11-22"}, False, "too_late"),
        (
            "price_protection",
            "261108204477",
            {"today": "2026-12-08"},
            True,
            "ok",
        ),  # a diamond customer's thirty days
        ("price_protection", GRAPES, {}, False, "excepted"),
        ("price_protection", "261120140338", {}, False, "not_cheaper"),
        ("invoice", "261119385202", {}, True, "ok"),
        ("invoice", "251016660173", {}, False, "too_late"),
        ("invoice", "261120415290", {}, False, "unpaid"),
        ("repair", BRUSH, {}, True, "in_warranty"),
        ("repair", "251016660173", {}, True, "out_of_warranty"),
        ("repair", GRAPES, {}, False, "no_warranty"),
        ("installation", "261118830056", {}, True, "ok"),
        ("installation", FRYER, {}, False, "not_needed"),
        ("installation", "261120415290", {}, False, "not_arrived"),
    ],
)
def test_other_wishes(
    unchanged: SqlShop, kind: str, order: str, more: dict[str, Any], allowed: bool, code: str
) -> None:
    found = check(unchanged, kind, order, **more)
    assert (found["allowed"], found["code"]) == (allowed, code)
    assert "{" not in found["why"]


def test_the_difference_in_price(unchanged: SqlShop) -> None:
    assert check(unchanged, "price_protection", "261106513369")["amount"] == "300"


def test_a_kind_that_does_not_exist(unchanged: SqlShop) -> None:
    with pytest.raises(ValueError, match="juggle"):
        check(unchanged, "juggle", FRYER)


def test_the_seven_days_are_those_of_the_law(testdata: Any, rules: Any) -> None:
    law = (testdata / "law" / "消费者权益保护法.md").read_text(encoding="utf-8")
    article = law.split("第二十五条", 1)[1].split("第二十六条", 1)[0]
    assert "自收到商品之日起七日内退货" in article
    assert rules.returns.no_reason_days >= 7
    for mark in ("定作", "鲜活易腐", "在线下载或者消费者拆封", "报纸"):
        assert mark in article
    assert set(rules.returns.excepted) == {"custom_made", "fresh", "download", "opened", "newspaper"}
