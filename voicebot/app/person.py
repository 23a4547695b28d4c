"""One person's data in the shop and in the memory together: the copy that he may ask for, and the erasure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import delete, inspect, or_, select
from sqlalchemy.orm import Session

from voicebot.outbound.tables import (
    CampaignContact,
    CampaignDelivery,
    CampaignDial,
    ConsentProof,
    DoNotCall,
)
from voicebot.records.memory import Memory
from voicebot.records.person import erase_person, export_person
from voicebot.records.tables import TicketNoteRow
from voicebot.records.vault import plain_phone
from voicebot.shop.tables import Address, Callback, Customer, OptOut, Order, Satisfaction, Ticket
from voicebot.store.model import Model

ERASED = "（已按本人要求删除）"
ERASABLE = ("tickets", "satisfactions", "callbacks", "campaign_contacts", "campaign_calls")


def copy_of(memory: Memory, phone: str) -> dict[str, Any]:
    """Everything that is held of this number, as plain data: calls, profile, orders, tickets and wishes."""
    with memory.database.reading() as session:
        shop = {
            name: [_plain(row) for row in rows] for name, rows in _held(session, plain_phone(phone)).items()
        }
    return {**export_person(memory, phone), "shop": shop}


def erase(memory: Memory, phone: str, journals: Path | None = None) -> dict[str, int]:
    """Remove the calls of this number, and what it said from all else; gives how many each.

    Orders, invoices and the account stay: the E-commerce Law (article 31) has a shop keep them for three years.
    That the number must not be rung stays as well: without it, it would be rung again.
    """
    number = plain_phone(phone)
    calls = erase_person(memory, phone, journals)
    with memory.database.writing() as session:
        held = _held(session, number)
        for ticket in held["tickets"]:
            ticket.caller, ticket.summary, ticket.transcript, ticket.remedy = "", ERASED, "", ""
        for rating in held["satisfactions"]:
            rating.phone, rating.comment, rating.customer_id = "", "", None
        for callback in held["callbacks"]:
            session.delete(callback)
        numbers = [ticket.number for ticket in held["tickets"]]
        session.execute(
            delete(TicketNoteRow).where(TicketNoteRow.ticket.in_(numbers), TicketNoteRow.kind == "comment")
        )
        _forget_campaigns(session, held)
        counts = {name: len(held[name]) for name in ERASABLE}
    return {"calls": calls, **counts}


def _held(session: Session, phone: str) -> dict[str, list[Any]]:
    customer = (
        session.scalars(select(Customer).where(Customer.phone == phone)).one_or_none() if phone else None
    )
    account = customer.id if customer is not None else -1
    written = (phone, f"+86{phone}", f"+{phone}")
    found: dict[str, list[Any]] = {"customers": [customer] if customer is not None else []}
    wanted: dict[str, tuple[type[Any], Any]] = {
        "addresses": (Address, Address.customer_id == account),
        "orders": (Order, or_(Order.customer_id == account, Order.phone == phone)),
        "tickets": (Ticket, or_(Ticket.customer_id == account, Ticket.caller == phone)),
        "satisfactions": (
            Satisfaction,
            or_(Satisfaction.customer_id == account, Satisfaction.phone == phone),
        ),
        "callbacks": (Callback, or_(Callback.customer_id == account, Callback.phone == phone)),
        "opt_outs": (OptOut, OptOut.phone == phone),
        "campaign_contacts": (CampaignContact, CampaignContact.phone.in_(written)),
        "campaign_calls": (CampaignDial, CampaignDial.phone.in_(written)),
        "consents": (ConsentProof, ConsentProof.phone.in_(written)),
        "do_not_call": (DoNotCall, DoNotCall.phone.in_(written)),
    }
    for name, (kind, condition) in wanted.items():
        found[name] = list(session.scalars(select(kind).where(condition))) if phone else []
    return found


def _forget_campaigns(session: Session, held: dict[str, list[Any]]) -> None:
    """What campaigns know of the person, and what was said in their calls; that there were calls stays."""
    for contact in held["campaign_contacts"]:
        contact.facts = {}
        if contact.state == "waiting":
            contact.state, contact.because, contact.due = "refused", ERASED, None
    for dial in held["campaign_calls"]:
        dial.answers, dial.details = {}, {}
    dials = [dial.id for dial in held["campaign_calls"]]
    session.execute(delete(CampaignDelivery).where(CampaignDelivery.dial_id.in_(dials)))


def _plain(row: Model) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in inspect(row).mapper.column_attrs}
