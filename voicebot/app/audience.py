"""Whom a campaign rings: a table beside its file, or a question to the shop."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from voicebot.campaign.contacts import read_contacts
from voicebot.campaign.definition import Audience
from voicebot.campaign.sheets import Sheet, read_sheet
from voicebot.errors import VoicebotError
from voicebot.outbound.importing import Table, digest_of
from voicebot.shop.tables import Booking, Customer, Order
from voicebot.store.database import Database

Row = dict[str, Any]
DAYS = 7


def read_table(path: Path, audience: Audience, today: datetime) -> Table:
    """The contacts of a CSV or XLSX file. Raises VoicebotError."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise VoicebotError(f"{path} cannot be read: {error.strerror}") from error
    return read_content(data, path.name, audience, today)


def read_content(data: bytes, name: str, audience: Audience, today: datetime) -> Table:
    """The contacts of a CSV or XLSX file's content. Raises VoicebotError."""
    return _table(read_sheet(data, name), data, audience, name, today)


def ask_shop(database: Database, audience: Audience, now: datetime) -> Table:
    """The contacts that a query on the shop gives at the shop's time `now`. Raises VoicebotError."""
    query = QUERIES.get(audience.query or "")
    if query is None:
        raise VoicebotError(f"the shop knows no audience {audience.query!r}; it knows {', '.join(QUERIES)}")
    try:
        with database.reading() as session:
            rows = [
                {name: _plain(value) for name, value in row.items()}
                for row in query(session, now, audience.arguments)
            ]
    except (TypeError, ValueError) as error:
        raise VoicebotError(f"audience.with does not fit the query {audience.query!r}: {error}") from error
    columns = tuple(rows[0]) if rows else ("phone", *audience.columns.facts.values())
    sheet = Sheet(columns, tuple(enumerate(rows, 1)), "shop")
    data = json.dumps(rows, ensure_ascii=False, sort_keys=True).encode()
    return _table(sheet, data, audience, f"the shop's {audience.query}", now)


def _table(sheet: Sheet, data: bytes, audience: Audience, name: str, today: datetime) -> Table:
    contacts = read_contacts(sheet.rows, sheet.columns, audience, name, today.date())
    mapping = audience.model_dump(mode="json", by_alias=True)
    return Table(name, digest_of(data, mapping), sheet.encoding, contacts)


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _person(customer: Customer) -> Row:
    return {
        "phone": customer.phone,
        "customer_id": customer.id,
        "name": customer.name,
        "surname": customer.surname,
        "title": customer.title,
        "tier": customer.tier,
    }


def members(session: Session, _now: datetime, arguments: Mapping[str, Any]) -> Iterator[Row]:
    """Customers; `tiers`: only of these."""
    tiers = arguments.get("tiers") or []
    if not isinstance(tiers, list):
        raise TypeError("tiers is a list, such as [金卡]")
    query = select(Customer).order_by(Customer.id)
    yield from map(_person, session.scalars(query.where(Customer.tier.in_(tiers)) if tiers else query))


def delivered(session: Session, now: datetime, arguments: Mapping[str, Any]) -> Iterator[Row]:
    """Orders that were delivered in the last `days` days."""
    query = select(Order).where(
        Order.delivered.is_not(None), Order.delivered >= _since(now, arguments), Order.delivered <= now
    )
    yield from map(_of_order, session.scalars(query.order_by(Order.delivered)))


def unpaid(session: Session, now: datetime, arguments: Mapping[str, Any]) -> Iterator[Row]:
    """Orders of the last `days` days that wait for their payment."""
    query = select(Order).where(
        Order.paid.is_(None), Order.closed.is_(None), Order.created >= _since(now, arguments)
    )
    yield from map(_of_order, session.scalars(query.order_by(Order.created)))


def visits(session: Session, now: datetime, arguments: Mapping[str, Any]) -> Iterator[Row]:
    """Visits of a technician in `days` days from today (default: tomorrow); `kind`: installation or repair."""
    day = now.date() + timedelta(days=int(arguments.get("days", 1)))
    query = select(Booking, Order).join(Order, Order.number == Booking.order_number).where(Booking.day == day)
    if arguments.get("kind"):
        query = query.where(Booking.kind == arguments["kind"])
    for booking, order in session.execute(query.order_by(Booking.number)):
        visit = {"visit": booking.number, "kind": booking.kind, "day": booking.day, "slot": booking.slot}
        yield {**_of_order(order), **visit}


def _of_order(order: Order) -> Row:
    items = "、".join(item.short for item in order.items[:2])
    more = {"order": order.number, "tail": order.number[-4:], "items": items, "created": order.created.date()}
    return {**_person(order.customer), **more}


def _since(now: datetime, arguments: Mapping[str, Any]) -> datetime:
    return datetime.combine(now.date() - timedelta(days=int(arguments.get("days", DAYS))), time())


QUERIES: dict[str, Callable[[Session, datetime, Mapping[str, Any]], Iterator[Row]]] = {
    "members": members,
    "delivered": delivered,
    "unpaid": unpaid,
    "visits": visits,
}
"""Name -> audience; each row has phone, customer_id, name, surname, title, tier, and what belongs to the query."""
