"""Returns and exchanges."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from voicebot.shop.acts.numbering import next_number
from voicebot.shop.asked import Asked, Result
from voicebot.shop.decide import Case, decide
from voicebot.shop.tables import Refund, Return

METHODS = {"pickup": "待上门取件", "dropoff": "待寄回"}
NEXT = {
    "pickup": "快递员会在二十四小时内联系您上门取件",
    "dropoff": "请您在七天内把商品寄回,寄回地址会发短信给您",
}


def create_return(session: Session, asked: Asked) -> Result:
    """{"done", "number", "tail", "freight", "amount", "next"}: the goods go back and a refund is prepared."""
    decision, case = decide(session, asked, "return")
    if case is None or not decision["allowed"]:
        return {"done": False, **decision}
    row = _row(session, case, "return", decision)
    session.add(row)
    row.amount_fen = _fen(decision["amount"])
    session.add(_refund(case, row.amount_fen, decision["refund_days"]))
    case.order.status = "returning"
    text = f"{NEXT[row.method]},收到退货后{decision['refund_days']}天内原路退款"
    return {"done": True, **decision, "number": row.number, "tail": row.number[-4:], "next": text}


def create_exchange(session: Session, asked: Asked) -> Result:
    """{"done", "number", "tail", "freight", "wanted", "next"}: the goods go back, others come instead."""
    decision, case = decide(session, asked, "exchange")
    if case is None or not decision["allowed"]:
        return {"done": False, **decision}
    row = _row(session, case, "exchange", decision)
    row.wanted = decision["wanted"]
    session.add(row)
    case.order.status = "exchanging"
    text = f"{NEXT[row.method]},收到后两天内给您寄出新的"
    return {"done": True, **decision, "number": row.number, "tail": row.number[-4:], "next": text}


def _row(session: Session, case: Case, kind: str, decision: Result) -> Return:
    method = case.asked.maybe("method") or "pickup"
    if method not in METHODS:
        raise ValueError(f"{case.asked.name} knows no method {method!r}; it is pickup or dropoff")
    return Return(
        number=next_number(session, kind, case.asked),
        kind=kind,
        order_number=case.order.number,
        item_id=case.item.id,
        quantity=case.item.quantity,
        reason=(case.asked.maybe("reason") or "")[:200],
        reason_class=decision["reason_class"],
        method=method,
        freight=decision["freight"],
        status=METHODS[method],
        created=case.asked.now,
    )


def _fen(amount: str) -> int:
    return round(float(amount) * 100)


def _refund(case: Case, amount_fen: int, days: int) -> Refund:
    return Refund(
        order_number=case.order.number,
        kind="退货",
        amount_fen=amount_fen,
        channel=case.order.payment,
        status="处理中",
        requested=case.asked.now,
        expected=case.asked.today + timedelta(days=days + 3),
    )
