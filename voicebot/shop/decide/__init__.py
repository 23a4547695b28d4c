"""May this be done? Each decision reads the order and the rules, changes nothing, and says why in speech."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from voicebot.shop.asked import Asked, Result
from voicebot.shop.decide.case import Case, refused
from voicebot.shop.decide.dispatch import address, cancel, expedite
from voicebot.shop.decide.goods import exchange, installation, repair, returning
from voicebot.shop.decide.money import invoice, price_protection
from voicebot.shop.orders import digits_of, find_order
from voicebot.shop.products import item_named
from voicebot.shop.tables import OrderItem
from voicebot.shop.views import item_view

DECISIONS: dict[str, Callable[[Case], Result]] = {
    "return": returning,
    "exchange": exchange,
    "cancel": cancel,
    "address": address,
    "expedite": expedite,
    "price_protection": price_protection,
    "invoice": invoice,
    "repair": repair,
    "installation": installation,
}
"""Kind -> the decision about it."""

ABOUT_ONE_ITEM = frozenset({"return", "exchange", "repair", "installation"})

__all__ = ["DECISIONS", "Case", "case_of", "check", "decide"]


def check(session: Session, asked: Asked) -> Result:
    """{"allowed", "code", "why", ...}: may `kind` be done with this order (and `item`, for this `reason`)?"""
    return decide(session, asked, asked.text("kind"))[0]


def decide(session: Session, asked: Asked, kind: str) -> tuple[Result, Case | None]:
    """The decision, and the order and item it is about; no case when the order or the item is not clear."""
    if kind not in DECISIONS:
        raise ValueError(f"{asked.name} knows no kind {kind!r}; it is one of {', '.join(DECISIONS)}")
    found = case_of(session, asked, kind)
    if isinstance(found, dict):
        return found, None
    result = DECISIONS[kind](found)
    return {**result, "item": item_view(found.item) if kind in ABOUT_ONE_ITEM else None}, found


def case_of(session: Session, asked: Asked, kind: str) -> Case | Result:
    """The order and the line of it that are meant, or why they are not clear."""
    order = find_order(session, digits_of(asked.text("order_number")))
    known = asked.number("customer_id")
    if order is None:
        return refused("no_order", "没有查到这个订单")
    if known is not None and order.customer_id != known:
        return refused("not_own", "这个订单不在您的名下")
    said = asked.maybe("item") or asked.maybe("product")
    item = _item(session, order.items, said)
    if item is None and kind not in ABOUT_ONE_ITEM:
        item = order.items[0]
    if item is None:
        code, why = ("no_item", "这个订单里没有这件商品") if said else ("which_item", "这个订单里有几件商品")
        return refused(code, why, ask="item", items=[item_view(line) for line in order.items])
    return Case(session, asked, order, item)


def _item(session: Session, items: list[OrderItem], said: str | None) -> OrderItem | None:
    if said:
        return item_named(items, said, session)
    return items[0] if len(items) == 1 else None
