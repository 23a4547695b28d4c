"""Decisions about goods that the customer has: return, exchange, repair, installation.

Days count from the day after receipt (消费者权益保护法, article 25: 自收到商品之日起七日内). Without a reason, four
classes of goods stay; for a fault of the seller every class goes back, and the seller pays the freight (article 24).
"""

from __future__ import annotations

from sqlalchemy import select

from voicebot.shop.asked import Result, yuan
from voicebot.shop.decide.case import Case, allowed, refused
from voicebot.shop.products import fits
from voicebot.shop.rules import Reason
from voicebot.shop.statuses import BEFORE_SHIPPING, ON_THE_WAY
from voicebot.shop.tables import Booking

KINDS = {"return": "退货", "exchange": "换货"}


def returning(case: Case) -> Result:
    """May this line be returned, who pays the freight, and how much comes back?"""
    early = _return_too_early(case)
    if early:
        return early
    rules, reason = case.rules.returns, _reason(case)
    excepted = _excepted(case)
    if reason.fault == "seller":
        window = rules.fresh_quality_days if case.product.fresh else rules.quality_days
        code = "quality"
    elif excepted:
        return refused(excepted, rules.excepted[excepted], **_facts(case, reason), ask=_ask_reason(case))
    else:
        window, code = rules.no_reason_days, "no_reason"
    if case.days_had > window:
        return _too_late(case, rules.why, window, reason)
    why = rules.why[code].format(window=window)
    if case.product.digital == "boxed" and case.asked.flag("opened") is None and code == "no_reason":
        return allowed("unopened", rules.why["unopened"], **_terms(case, reason, window), ask="opened")
    return allowed(code, why, **_terms(case, reason, window))


def _return_too_early(case: Case) -> Result | None:
    why = case.rules.returns.why
    if case.over:
        return refused("over", why["over"].format(status=case.status))
    if case.order.status == "unpaid":
        return refused("not_paid", why["not_paid"], offer="cancel")
    if case.order.status in BEFORE_SHIPPING:
        return refused("before_shipping", why["before_shipping"], offer="cancel")
    if case.order.delivered is None:
        return refused("not_received", why["not_received"], offer="refuse")
    running = case.running()
    if running:
        text = why["already"].format(kind=KINDS[running.kind])
        return refused("already", text, number=running.number, status=running.status)
    return None


def _excepted(case: Case) -> str | None:
    """The class of article 25 that keeps this product from going back without a reason."""
    product = case.product
    if product.digital == "boxed" and case.asked.flag("opened"):
        return "opened"
    marks = {
        "custom_made": product.custom_made,
        "fresh": product.fresh,
        "download": product.digital == "download",
        "newspaper": product.newspaper,
    }
    return next((name for name, true in marks.items() if true), None)


def _reason(case: Case) -> Reason:
    return case.rules.reason(case.asked.maybe("reason") or "unwanted")


def _ask_reason(case: Case) -> str | None:
    """A reason nobody has given may still open the way back."""
    return None if case.asked.maybe("reason") else "reason"


def _facts(case: Case, reason: Reason) -> Result:
    return {
        "reason_class": reason.name,
        "fault": reason.fault,
        "reason_spoken": reason.spoken,
        "days": case.days_had,
        "in_warranty": case.in_warranty,
    }


def _terms(case: Case, reason: Reason, window: int) -> Result:
    rules = case.rules.returns
    tier = case.order.customer.tier
    privileged = reason.fault == "buyer" and tier in rules.free_freight_tiers
    freight = "seller" if privileged else reason.fault
    return {
        **_facts(case, reason),
        "freight": freight,
        "freight_spoken": rules.freight["tier" if privileged else freight].format(tier=tier),
        "days_left": window - case.days_had,
        "refund_days": rules.refund_days,
        "amount": yuan(case.item.price_fen * case.item.quantity - _discount_share(case)),
    }


def _discount_share(case: Case) -> int:
    """What this line had of the order's discount, rounded in the customer's favour."""
    order, line = case.order, case.item.price_fen * case.item.quantity
    return order.discount_fen * line // order.goods_fen if order.goods_fen else 0


def _too_late(case: Case, why: dict[str, str], window: int, reason: Reason) -> Result:
    code = "repair_instead" if case.in_warranty and reason.fault == "seller" else "too_late"
    text = why[code].format(days=case.days_had, window=window)
    more = {"offer": "repair"} if code == "repair_instead" else {}
    return refused(code, text, **_facts(case, reason), **more, ask=_ask_reason(case))


def exchange(case: Case) -> Result:
    """May this line be exchanged, for the `colour` and `size` wanted if they were said?"""
    early = _exchange_too_early(case)
    if early:
        return early
    rules, reason = case.rules.exchange, _reason(case)
    if reason.fault == "buyer" and _excepted(case):
        return refused("excepted", rules.why["excepted"], **_facts(case, reason), ask=_ask_reason(case))
    window = rules.quality_days if reason.fault == "seller" else rules.any_reason_days
    if case.days_had > window:
        return _too_late(case, rules.why, window, reason)
    return _wanted_in_stock(case, reason, window)


def _exchange_too_early(case: Case) -> Result | None:
    why = case.rules.exchange.why
    if case.over:
        return refused("over", why["over"].format(status=case.status))
    if case.order.status in BEFORE_SHIPPING:
        return refused("before_shipping", why["before_shipping"], offer="cancel")
    if case.order.delivered is None:
        return refused("not_received", why["not_received"])
    running = case.running()
    if running:
        return refused("already", why["already"].format(kind=KINDS[running.kind]), number=running.number)
    return None


def _wanted_in_stock(case: Case, reason: Reason, window: int) -> Result:
    rules = case.rules.exchange
    colour = case.asked.maybe("colour") or case.item.colour
    size = case.asked.maybe("size") or case.item.size
    terms = {**_terms(case, reason, window), "wanted": f"{colour}{size}"}
    tier = case.order.customer.tier
    buyer = "tier" if terms["freight"] == "seller" and reason.fault == "buyer" else terms["freight"]
    terms["freight_spoken"] = rules.freight[buyer].format(tier=tier)
    left = sum(v.stock for v in case.product.variants if fits(v, colour, size))
    if left < case.item.quantity:
        return refused("out_of_stock", rules.why["out_of_stock"], **terms, offer="return")
    return allowed("ok", rules.why["ok"], **terms)


def repair(case: Case) -> Result:
    """May a repair be booked, and is it free?"""
    rules = case.rules.repair
    if case.over:
        return refused("over", rules.why["over"].format(status=case.status))
    if case.order.delivered is None:
        return refused("not_received", rules.why["not_received"])
    if case.product.warranty_months == 0:
        return refused("no_warranty", rules.why["no_warranty"])
    code = "in_warranty" if case.in_warranty else "out_of_warranty"
    fee = 0 if case.in_warranty else rules.inspection_fee
    months = case.product.warranty_months
    return allowed(code, rules.why[code], fee=str(fee), in_warranty=case.in_warranty, warranty_months=months)


def installation(case: Case) -> Result:
    """May a technician be booked to install this?"""
    why = case.rules.installation.why
    if case.over:
        return refused("over", why["over"].format(status=case.status))
    if not case.product.installation:
        return refused("not_needed", why["not_needed"])
    query = select(Booking).where(
        Booking.item_id == case.item.id, Booking.kind == "installation", Booking.status == "已预约"
    )
    booked = case.session.scalars(query).first()
    if booked and not case.asked.flag("change"):
        return refused("already", why["already"], number=booked.number, day=booked.day.isoformat())
    if case.order.delivered is None and case.order.status not in ON_THE_WAY:
        return refused("not_arrived", why["not_arrived"])
    return allowed("ok", why["ok"])
