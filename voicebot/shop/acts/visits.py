"""Visits of a technician: to install, and to repair."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from voicebot.shop.acts.numbering import next_number
from voicebot.shop.asked import Asked, Result, day_word
from voicebot.shop.decide import Case, decide
from voicebot.shop.tables import Booking

SLOTS = ("上午", "下午", "晚上")
EARLIEST_DAYS, LATEST_DAYS = 1, 30


def book_installation(session: Session, asked: Asked) -> Result:
    """{"done", "number", "day", "slot"}: a technician comes on `date` in the `slot` (上午 下午 晚上)."""
    return _book(session, asked, "installation")


def book_repair(session: Session, asked: Asked) -> Result:
    """{"done", "number", "day", "slot", "fee"}: the same, to repair the `fault`."""
    return _book(session, asked, "repair")


def _book(session: Session, asked: Asked, kind: str) -> Result:
    decision, case = decide(session, asked, kind)
    if case is None or not decision["allowed"]:
        return {"done": False, **decision}
    day = _day(case)
    latest = asked.today + timedelta(days=LATEST_DAYS)
    if not asked.today + timedelta(days=EARLIEST_DAYS) <= day <= latest:
        return {"done": False, **decision, "code": "date", "why": "上门时间可以约在明天到三十天以内"}
    slot = asked.maybe("slot") or SLOTS[0]
    booked = _booked(session, case, kind)
    if booked is not None:  # asked for again: the same visit, on the day that is wished for now
        booked.day, booked.slot = day, slot[:10]
        said = f"{day_word(day, asked.today)}{slot}"
        return {
            "done": True,
            **decision,
            "number": booked.number,
            "day": day.isoformat(),
            "slot": slot,
            "spoken": said,
        }
    number = next_number(session, kind, asked)
    session.add(
        Booking(
            number=number,
            kind=kind,
            order_number=case.order.number,
            item_id=case.item.id,
            day=day,
            slot=slot[:10],
            address=case.order.address,
            fault=(asked.maybe("fault") or asked.maybe("reason") or "")[:200],
            in_warranty=case.in_warranty,
            status="已预约",
            created=asked.now,
        )
    )
    said = f"{day_word(day, asked.today)}{slot}"
    return {"done": True, **decision, "number": number, "day": day.isoformat(), "slot": slot, "spoken": said}


def _booked(session: Session, case: Case, kind: str) -> Booking | None:
    """The visit of this kind to this item that is still to come."""
    coming = select(Booking).where(
        Booking.kind == kind,
        Booking.item_id == case.item.id,
        Booking.status == "已预约",
        Booking.day > case.asked.today,
    )
    return session.scalars(coming).first()


def _day(case: Case) -> date:
    """The day wished for; without one the earliest, once the goods can be there."""
    wished = case.asked.maybe("date")
    if wished:
        return date.fromisoformat(wished)
    earliest = case.asked.today + timedelta(days=EARLIEST_DAYS)
    arrives = case.order.promised if case.order.delivered is None else None
    return max(earliest, arrives) if arrives else earliest
