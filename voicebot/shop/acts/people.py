"""Tickets, callbacks, opting out, goodwill and opinions: what concerns the caller more than an order."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from voicebot.shop.acts.numbering import next_number
from voicebot.shop.asked import Asked, Result, yuan
from voicebot.shop.customers import normal_phone
from voicebot.shop.orders import digits_of
from voicebot.shop.tables import Callback, Coupon, Customer, OptOut, Order, Satisfaction, Ticket


def _customer_id(session: Session, asked: Asked) -> int | None:
    known = asked.number("customer_id")
    return known if known is not None and session.get(Customer, known) is not None else None


def _order_number(session: Session, asked: Asked) -> str | None:
    number = digits_of(asked.maybe("order_number") or asked.maybe("order") or "")
    return number if number and session.get(Order, number) is not None else None


def create_ticket(session: Session, asked: Asked) -> Result:
    """{"done", "ticket_number", "tail", "department", "severity", "hours", "spoken"}: a department must answer.

    `type` names the complaint as an intent does; `severity` is one of the rules' severities ("normal"); `remedy`
    is what the caller wants; `summary` and `transcript` tell the story. The department and the least severity follow
    from the rules. The same complaint again on the same day is the same ticket, with what is wanted now.
    """
    kind = asked.maybe("type") or asked.text("kind")
    rules = asked.rules.tickets
    told = " ".join([*(asked.maybe(key) or "" for key in ("summary", "remedy")), _said_by_caller(asked)])
    severity = rules.severity(asked.maybe("severity") or "", told)
    department, hours = asked.rules.department(kind, severity, told), rules.hours[severity]
    spoken = f"已经转给{department},{hours}小时内给您答复"
    facts = {"done": True, "department": department, "severity": severity, "hours": hours, "spoken": spoken}
    filed = _filed_today(session, asked, kind)
    if filed is not None:
        filed.remedy = (asked.maybe("remedy") or filed.remedy)[:200]
        filed.transcript = asked.maybe("transcript") or filed.transcript
        return {**facts, "ticket_number": filed.number, "tail": filed.number[-4:]}
    number = next_number(session, "ticket", asked)
    session.add(
        Ticket(
            number=number,
            kind=kind[:40],
            order_number=_order_number(session, asked),
            item=(asked.maybe("item") or "")[:60],
            customer_id=_customer_id(session, asked),
            caller=normal_phone(asked.maybe("caller") or "")[:20],
            severity=severity,
            remedy=(asked.maybe("remedy") or "")[:200],
            summary=asked.maybe("summary") or "",
            transcript=asked.maybe("transcript") or "",
            department=department,
            status="待处理",
            created=asked.now,
            due=asked.now + timedelta(hours=hours),
        )
    )
    return {**facts, "ticket_number": number, "tail": number[-4:]}


def _said_by_caller(asked: Asked) -> str:
    lines = (asked.maybe("transcript") or "").splitlines()
    return " ".join(line for line in lines if not line.startswith("客服"))


def _filed_today(session: Session, asked: Asked, kind: str) -> Ticket | None:
    """The same caller's open ticket of today about the same order and item: one complaint is one ticket."""
    order, customer = _order_number(session, asked), _customer_id(session, asked)
    caller = normal_phone(asked.maybe("caller") or "")[:20]
    if customer is None and not caller:
        return None
    same = select(Ticket).where(
        Ticket.kind == kind[:40],
        Ticket.order_number == order if order else Ticket.order_number.is_(None),
        Ticket.customer_id == customer if customer is not None else Ticket.caller == caller,
        Ticket.item == (asked.maybe("item") or "")[:60],
        Ticket.status == "待处理",
        Ticket.created >= datetime.combine(asked.today, time()),
    )
    return session.scalars(same).first()


def request_callback(session: Session, asked: Asked) -> Result:
    """{"done", "phone_tail", "wished"}: somebody will ring this `phone`; once, however often it is asked for."""
    phone = normal_phone(asked.text("phone"))
    waiting = select(Callback).where(Callback.phone == phone, Callback.status == "待回电")
    row = session.scalars(waiting).first()
    if row is None:
        row = Callback(
            phone=phone, customer_id=_customer_id(session, asked), status="待回电", created=asked.now
        )
        session.add(row)
    row.wished = (asked.maybe("wished") or row.wished or "")[:60]
    row.topic = (asked.maybe("topic") or row.topic or "")[:200]
    return {"done": True, "phone_tail": phone[-4:], "wished": row.wished or None}


def opt_out(session: Session, asked: Asked) -> Result:
    """{"done", "phone_tail"}: this `phone` is not rung for marketing any more."""
    phone = normal_phone(asked.text("phone"))
    if session.get(OptOut, phone) is None:
        source = (asked.maybe("source") or "hotline")[:40]
        customer = _customer_id(session, asked)
        session.add(OptOut(phone=phone, customer_id=customer, source=source, created=asked.now))
    return {"done": True, "phone_tail": phone[-4:]}


def issue_coupon(session: Session, asked: Asked) -> Result:
    """{"done", "amount", "expires"}: goodwill by the customer's tier, not more often than the rules allow."""
    rules = asked.rules.coupons
    customer = session.get(Customer, int(asked.text("customer_id")))
    if customer is None:
        return {"done": False, "code": "no_customer", "why": "没有查到您的会员信息"}
    since = asked.now - timedelta(days=rules.once_days)
    lately = select(Coupon).where(Coupon.customer_id == customer.id, Coupon.issued > since)
    if session.scalars(lately.where(Coupon.reason == "关怀")).first():
        return {"done": False, "code": "already", "why": "最近已经送过优惠券了"}
    coupon = Coupon(
        customer_id=customer.id,
        amount_fen=rules.goodwill.get(customer.tier, 0) * 100,
        threshold_fen=rules.threshold * 100,
        reason="关怀",
        issued=asked.now,
        expires=asked.today + timedelta(days=rules.valid_days),
    )
    session.add(coupon)
    return {"done": True, "amount": yuan(coupon.amount_fen), "expires": coupon.expires.isoformat()}


def record_satisfaction(session: Session, asked: Asked) -> Result:
    """{"done", "score"}: what the caller thought, 1 to 5."""
    score = asked.number("score")
    if score is None or not 1 <= score <= 5:
        return {"done": False, "code": "score", "why": "评分是一到五分"}
    session.add(
        Satisfaction(
            phone=normal_phone(asked.maybe("phone") or "")[:20],
            customer_id=_customer_id(session, asked),
            order_number=_order_number(session, asked),
            score=score,
            comment=asked.maybe("comment") or "",
            created=asked.now,
        )
    )
    return {"done": True, "score": score}
