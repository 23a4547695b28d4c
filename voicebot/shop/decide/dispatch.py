"""Decisions about orders that have not arrived: cancel, change the address, hurry."""

from __future__ import annotations

from datetime import timedelta

from voicebot.shop.asked import Result, yuan
from voicebot.shop.decide.case import Case, allowed, refused
from voicebot.shop.statuses import ON_THE_WAY
from voicebot.shop.tables import Product


def cancel(case: Case) -> Result:
    """May the whole order be cancelled? Only before it is sent; afterwards the parcel can be refused."""
    rules, status = case.rules.cancel, case.order.status
    if case.over:
        return refused("over", rules.why["over"].format(status=case.status))
    if status == "unpaid":
        return allowed("unpaid", rules.why["unpaid"], amount="0", refund_days=0)
    if status in ON_THE_WAY:
        return refused("shipped", rules.why["shipped"], offer="refuse")
    if status != "to_ship":
        code = "received" if status in {"delivered", "completed"} else "in_progress"
        text = rules.why[code].format(status=case.status)
        return refused(code, text, offer="return" if code == "received" else None)
    products = [case.session.get_one(Product, item.product_code) for item in case.order.items]
    if any(product.custom_made for product in products):
        return refused("custom_made", rules.why["custom_made"])
    amount = yuan(case.order.total_fen)
    text = rules.why["to_ship"].format(amount=amount, refund_days=rules.refund_days)
    return allowed("to_ship", text, amount=amount, refund_days=rules.refund_days)


def address(case: Case) -> Result:
    """May the order go somewhere else? Only before it is sent."""
    why, status = case.rules.address.why, case.order.status
    if case.over:
        return refused("over", why["over"].format(status=case.status))
    if status in {"unpaid", "to_ship"}:
        return allowed("ok", why["ok"])
    if status in ON_THE_WAY or status == "bounced":
        return refused("shipped", why["shipped"], offer="ticket")
    return refused("received", why["received"])


def expedite(case: Case) -> Result:
    """May the order be hurried: by the warehouse before it is sent, by the carrier afterwards?"""
    rules, status = case.rules.expedite, case.order.status
    if case.over:
        return refused("over", rules.why["over"].format(status=case.status))
    if status == "unpaid":
        return refused("unpaid", rules.why["unpaid"])
    if status != "to_ship" and status not in ON_THE_WAY:
        return refused("received", rules.why["received"])
    again = timedelta(hours=rules.again_after_hours)
    if case.order.expedited is not None and case.asked.now - case.order.expedited < again:
        return refused("already", rules.why["already"])
    code = "to_ship" if status == "to_ship" else "on_the_way"
    return allowed(code, rules.why[code])
