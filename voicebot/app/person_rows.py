"""Where one person's data stand: every table of the database is named here, and how his rows are found in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session

from voicebot.outbound.tables import (
    CampaignChange,
    CampaignContact,
    CampaignDelivery,
    CampaignDial,
    CampaignImport,
    ConsentProof,
    DoNotCall,
)
from voicebot.records.memory import Memory
from voicebot.records.person import about_person, calls_of
from voicebot.records.tables import AuditRow, CallRow, LessonRow, TicketCareRow, TicketNoteRow
from voicebot.records.vault import plain_phone
from voicebot.shop.tables import (
    Address,
    Booking,
    Callback,
    Coupon,
    Customer,
    DoneKey,
    Invoice,
    OptOut,
    Order,
    OrderItem,
    Refund,
    Return,
    Satisfaction,
    Ticket,
    Trace,
)
from voicebot.store.model import Model

Whose = Literal["person", "call", "staff", "nobody"]

WHOSE: dict[str, Whose] = {
    **dict.fromkeys(
        [
            "customers",
            "addresses",
            "coupons",
            "orders",
            "order_items",
            "traces",
            "returns",
            "refunds",
            "invoices",
            "bookings",
            "tickets",
            "ticket_care",
            "ticket_notes",
            "satisfactions",
            "callbacks",
            "opt_outs",
            "done_keys",
            "campaign_contacts",
            "campaign_dials",
            "campaign_deliveries",
            "campaign_imports",
            "campaign_changes",
            "consents",
            "do_not_call",
            "lessons",
            "audit",
        ],
        "person",
    ),
    **dict.fromkeys(["calls", "call_turns", "call_acts", "call_tokens", "call_corrections"], "call"),
    **dict.fromkeys(["users", "user_sessions", "api_tokens"], "staff"),
    **dict.fromkeys(
        [
            "call_figures",
            "campaigns",
            "counters",
            "facts",
            "knowledge_refusals",
            "knowledge_versions",
            "lesson_versions",
            "pairings",
            "price_changes",
            "products",
            "promotions",
            "servers",
            "variants",
        ],
        "nobody",
    ),
}
"""Whose data a table holds: a person's, of his calls (see voicebot.records.person), of who works here, nobody's."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody by his telephone number, and what he is known by elsewhere."""

    phone: str
    written: tuple[str, ...]
    accounts: list[int] = field(default_factory=list)
    orders: list[str] = field(default_factory=list)
    tickets: list[str] = field(default_factory=list)
    dials: list[str] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    """The names of his calls."""
    called: list[str] = field(default_factory=list)
    """What the audit calls him."""


def person_of(memory: Memory, session: Session, phone: str) -> Person:
    """Who has this number; nobody for an empty one."""
    plain = plain_phone(phone)
    written = (plain, f"+86{plain}", f"+{plain}") if plain else ()

    def keys(column: Any, *conditions: ColumnElement[bool]) -> list[Any]:
        return list(session.scalars(select(column).where(or_(*conditions)).order_by(column)))

    accounts = keys(Customer.id, Customer.phone.in_(written))
    orders = keys(Order.number, Order.customer_id.in_(accounts), Order.phone.in_(written))
    tickets = keys(Ticket.number, Ticket.customer_id.in_(accounts), Ticket.caller.in_(written))
    dials = keys(CampaignDial.id, CampaignDial.phone.in_(written))
    calls = calls_of(memory, phone, accounts) if plain else []
    names = keys(CallRow.name, CallRow.id.in_(calls))
    called = about_person(memory, phone)
    return Person(plain, written, accounts, orders, tickets, dials, calls, names, called)


def rows_of(session: Session, person: Person) -> dict[str, list[Any]]:
    """His rows, by table; those of his calls are told by the memory."""
    found: dict[str, list[Any]] = {}
    for kind, where in _WHERE.items():
        rows = session.scalars(select(kind).where(where(person)))
        found[kind.__tablename__] = list(rows)
    imports = session.scalars(select(CampaignImport))
    found["campaign_imports"] = [row for row in imports if names_him(person, row.report)]
    return found


def names_him(person: Person, value: Any) -> bool:
    """Does his number stand somewhere in these plain data?"""
    if isinstance(value, dict):
        return any(names_him(person, one) for one in value.values())
    if isinstance(value, list | tuple):
        return any(names_him(person, one) for one in value)
    return bool(person.phone) and isinstance(value, str) and plain_phone(value) == person.phone


def _done(person: Person) -> ColumnElement[bool]:
    found = (DoneKey.key.startswith(f"{name}/", autoescape=True) for name in person.names)
    return or_(false(), *found)


def _told(person: Person) -> ColumnElement[bool]:
    """Lines of the audit about him, his calls and his tickets."""
    whole = [*person.called, *(f"call {name}" for name in person.names)]
    whole += [f"ticket {number}" for number in person.tickets]
    parts = (AuditRow.about.startswith(f"call {name} ", autoescape=True) for name in person.names)
    return or_(AuditRow.about.in_(whole), *parts)


def _changed(person: Person) -> ColumnElement[bool]:
    found: ColumnElement[bool] = CampaignChange.details["phone"].as_string().in_(person.written)
    return found


_WHERE: dict[type[Model], Callable[[Person], ColumnElement[bool]]] = {
    Customer: lambda one: Customer.id.in_(one.accounts),
    Address: lambda one: Address.customer_id.in_(one.accounts),
    Coupon: lambda one: Coupon.customer_id.in_(one.accounts),
    Order: lambda one: Order.number.in_(one.orders),
    OrderItem: lambda one: OrderItem.order_number.in_(one.orders),
    Trace: lambda one: Trace.order_number.in_(one.orders),
    Return: lambda one: Return.order_number.in_(one.orders),
    Refund: lambda one: Refund.order_number.in_(one.orders),
    Invoice: lambda one: Invoice.order_number.in_(one.orders),
    Booking: lambda one: Booking.order_number.in_(one.orders),
    Ticket: lambda one: Ticket.number.in_(one.tickets),
    TicketCareRow: lambda one: TicketCareRow.ticket.in_(one.tickets),
    TicketNoteRow: lambda one: TicketNoteRow.ticket.in_(one.tickets),
    Satisfaction: lambda one: or_(
        Satisfaction.customer_id.in_(one.accounts),
        Satisfaction.phone.in_(one.written),
        Satisfaction.order_number.in_(one.orders),
    ),
    Callback: lambda one: or_(Callback.customer_id.in_(one.accounts), Callback.phone.in_(one.written)),
    OptOut: lambda one: or_(OptOut.customer_id.in_(one.accounts), OptOut.phone.in_(one.written)),
    DoneKey: _done,
    CampaignContact: lambda one: CampaignContact.phone.in_(one.written),
    CampaignDial: lambda one: CampaignDial.id.in_(one.dials),
    CampaignDelivery: lambda one: CampaignDelivery.dial_id.in_(one.dials),
    CampaignChange: _changed,
    ConsentProof: lambda one: ConsentProof.phone.in_(one.written),
    DoNotCall: lambda one: DoNotCall.phone.in_(one.written),
    LessonRow: lambda one: LessonRow.call_id.in_(one.calls),
    AuditRow: _told,
}
TABLES: Sequence[str] = [kind.__tablename__ for kind in _WHERE] + ["campaign_imports"]
