"""Cancel, change the address, hurry, make out an invoice, give back a difference in price."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from voicebot.shop.asked import Asked, Result
from voicebot.shop.decide import Case, decide
from voicebot.shop.decide.money import excepted, fallen
from voicebot.shop.tables import Invoice, OrderItem, Refund, Variant


def cancel_order(session: Session, asked: Asked) -> Result:
    """{"done", "amount", "refund_days"}: the order is cancelled, its goods are in stock again, money goes back."""
    decision, case = decide(session, asked, "cancel")
    if case is None or not decision["allowed"]:
        return {"done": False, **decision}
    order = case.order
    if order.paid is not None:
        session.add(_refund(case, "取消订单", order.total_fen, case.rules.cancel.refund_days))
    for item in order.items:
        _restock(session, item)
    order.status, order.closed = "cancelled", asked.now
    return {"done": True, **decision, "order_number": order.number}


def _restock(session: Session, item: OrderItem) -> None:
    session.query(Variant).filter_by(
        product_code=item.product_code, colour=item.colour, size=item.size
    ).update({Variant.stock: Variant.stock + item.quantity})


def _refund(case: Case, kind: str, amount_fen: int, days: int, done: bool = False) -> Refund:
    return Refund(
        order_number=case.order.number,
        kind=kind,
        amount_fen=amount_fen,
        channel=case.order.payment,
        status="已退款" if done else "处理中",
        requested=case.asked.now,
        expected=case.asked.today + timedelta(days=days),
        completed=case.asked.now if done else None,
    )


def change_address(session: Session, asked: Asked) -> Result:
    """{"done", "address"}: the order goes to `address` (and `city`, `recipient`, `phone` when given)."""
    wanted = asked.text("address")
    decision, case = decide(session, asked, "address")
    if case is None or not decision["allowed"]:
        return {"done": False, **decision}
    order = case.order
    order.address = wanted[:200]
    order.city = asked.maybe("city") or order.city
    order.recipient = asked.maybe("recipient") or order.recipient
    return {"done": True, **decision, "order_number": order.number, "address": order.address}


def expedite(session: Session, asked: Asked) -> Result:
    """{"done", "code"}: the warehouse or the carrier is told to hurry."""
    decision, case = decide(session, asked, "expedite")
    if case is None or not decision["allowed"]:
        return {"done": False, **decision}
    case.order.expedited = asked.now
    return {"done": True, **decision, "order_number": case.order.number}


def request_invoice(session: Session, asked: Asked) -> Result:
    """{"done", "amount", "title", "hours"}: an electronic invoice is on its way to `email`."""
    decision, case = decide(session, asked, "invoice")
    if case is None or not decision["allowed"]:
        return {"done": False, **decision}
    tax_number = asked.maybe("tax_number") or ""
    title = asked.maybe("title") or case.order.customer.name
    session.add(
        Invoice(
            order_number=case.order.number,
            kind="企业" if tax_number else "个人",
            title=title[:80],
            tax_number=tax_number[:30],
            email=(asked.maybe("email") or "")[:80],
            amount_fen=case.order.total_fen,
            status="开具中",
            requested=asked.now,
        )
    )
    return {"done": True, **decision, "title": title, "order_number": case.order.number}


def apply_price_protection(session: Session, asked: Asked) -> Result:
    """{"done", "amount"}: the difference goes back the way the money came."""
    decision, case = decide(session, asked, "price_protection")
    if case is None or not decision["allowed"]:
        return {"done": False, **decision}
    one = asked.maybe("item") or asked.maybe("product")
    total = 0
    for item in [case.item] if one else case.order.items:
        fall = 0 if excepted(case, item) else max(fallen(case, item), 0)
        item.protected_fen += fall
        total += fall * item.quantity
    session.add(_refund(case, "价格保护", total, 3))
    return {"done": True, **decision, "order_number": case.order.number}
