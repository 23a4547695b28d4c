"""Decisions about money and paper: price protection and invoices."""

from __future__ import annotations

from sqlalchemy import select

from voicebot.shop.asked import Result, yuan
from voicebot.shop.decide.case import Case, allowed, refused
from voicebot.shop.tables import Invoice, OrderItem, Product


def price_protection(case: Case) -> Result:
    """May the difference be given back, because the price fell since the order? All lines count, or the one named."""
    rules = case.rules.price_protection
    window = rules.tier_days.get(case.order.customer.tier, rules.days)
    if case.over or case.order.status == "returning":
        return refused("over", rules.why["over"].format(status=case.status))
    if case.order.status == "unpaid":
        return refused("unpaid", rules.why["unpaid"])
    if case.days_old > window:
        return refused("too_late", rules.why["too_late"].format(days=case.days_old, window=window))
    lines = [case.item] if case.asked.maybe("item") or case.asked.maybe("product") else case.order.items
    protected = [item for item in lines if not excepted(case, item)]
    if not protected:
        return refused("excepted", rules.why["excepted"])
    falls = {item.id: fall for item in protected if (fall := fallen(case, item)) > 0}
    if not falls:
        code = "already" if any(item.protected_fen for item in protected) else "not_cheaper"
        return refused(code, rules.why[code])
    return _granted(case, protected, falls, window)


def _granted(case: Case, lines: list[OrderItem], falls: dict[int, int], window: int) -> Result:
    total = sum(falls[item.id] * item.quantity for item in lines if item.id in falls)
    each = max(falls.values())
    why = case.rules.price_protection.why["ok"]
    text = why.format(each=yuan(each), window=window, amount=yuan(total))
    return allowed("ok", text, amount=yuan(total), each=yuan(each))


def excepted(case: Case, item: OrderItem) -> bool:
    """Is this line of a class whose prices are not protected?"""
    product = case.session.get_one(Product, item.product_code)
    return any(getattr(product, mark) for mark in case.rules.price_protection.excepted)


def fallen(case: Case, item: OrderItem) -> int:
    """By how many fen one piece is cheaper now than it was sold for, less what was already given back."""
    product = case.session.get_one(Product, item.product_code)
    return item.price_fen - item.protected_fen - product.price_fen


def invoice(case: Case) -> Result:
    """May an invoice be made out for this order?"""
    rules = case.rules.invoice
    if case.over:
        return refused("over", rules.why["over"].format(status=case.status))
    if case.order.status == "unpaid":
        return refused("unpaid", rules.why["unpaid"])
    done = case.session.scalars(select(Invoice).where(Invoice.order_number == case.order.number)).first()
    if done is not None:
        return refused("already", rules.why["already"], title=done.title, status=done.status)
    if case.days_old > rules.days:
        return refused("too_late", rules.why["too_late"])
    text = rules.why["ok"].format(hours=rules.hours)
    return allowed("ok", text, amount=yuan(case.order.total_fen), hours=rules.hours)
