"""What of the shop's and the campaigns' tables is cleared when it is too old, by its class.

class         what goes
tickets       words and numbers of tickets that are over, remarks about them, ratings' words, callbacks
contacts      numbers and facts of contacts whose campaign is over, and of their calls; what imports refused
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from voicebot.console.ticketing import OVER
from voicebot.outbound.tables import Campaign, CampaignChange, CampaignContact, CampaignDial, CampaignImport
from voicebot.records.tables import TicketCareRow, TicketNoteRow
from voicebot.shop.tables import Callback, DoneKey, Satisfaction, Ticket
from voicebot.store.database import Database

AT_ONCE = 500
DONE_KEYS = timedelta(days=7)
"""How long it is known that a deed was done: a call that might ask for it again is long over."""
CLEARED = "（已过保存期限）"


def clear_tickets(database: Database, before: datetime) -> int:
    """Tickets that were over before this moment lose their words; gives how many. Their kind and clock stay."""
    count = 0
    while True:
        with database.writing() as session:
            tickets = session.scalars(_old_tickets(before)).all()
            for ticket in tickets:
                ticket.caller, ticket.summary, ticket.transcript, ticket.remedy = "", CLEARED, "", ""
            numbers = [ticket.number for ticket in tickets]
            session.execute(delete(TicketNoteRow).where(TicketNoteRow.ticket.in_(numbers)))
            if not tickets:
                _clear_opinions(session, before)
                return count
            count += len(tickets)


def _old_tickets(before: datetime) -> Any:
    ended = func.coalesce(TicketCareRow.closed, Ticket.due)
    wordy = or_(Ticket.summary != CLEARED, Ticket.caller != "", Ticket.transcript != "", Ticket.remedy != "")
    rows = select(Ticket).outerjoin(TicketCareRow, TicketCareRow.ticket == Ticket.number)
    return rows.where(Ticket.status.in_(OVER), ended < before, wordy).limit(AT_ONCE)


def _clear_opinions(session: Session, before: datetime) -> None:
    session.execute(
        update(Satisfaction)
        .where(Satisfaction.created < before)
        .values(phone="", comment="", customer_id=None)
    )
    session.execute(delete(Callback).where(Callback.created < before))


def clear_done(database: Database, now: datetime) -> None:
    """What was answered when something was done in a call is forgotten."""
    with database.writing() as session:
        session.execute(delete(DoneKey).where(DoneKey.created < now - DONE_KEYS))


def clear_contacts(database: Database, before: datetime) -> int:
    """Contacts of campaigns that are over, who were not rung since this moment (aware), lose number and facts.

    Gives how many. Outcomes and figures stay. What campaigns were told about numbers goes at the same age.
    """
    count = 0
    while True:
        with database.writing() as session:
            contacts = session.scalars(_old_contacts(before)).all()
            for contact in contacts:
                _forget(session, contact)
            if not contacts:
                _forget_imports(session, before)
                return count
            count += len(contacts)


def _old_contacts(before: datetime) -> Any:
    lately = select(CampaignDial.id).where(
        CampaignDial.contact_id == CampaignContact.id,
        or_(CampaignDial.asked >= before, CampaignDial.outcome.is_(None)),
    )
    rows = select(CampaignContact).join(Campaign, Campaign.id == CampaignContact.campaign_id)
    over = Campaign.state.in_(["done", "stopped"]), Campaign.created < before
    return rows.where(*over, CampaignContact.line != 0, ~lately.exists()).limit(AT_ONCE)


def _forget(session: Session, contact: CampaignContact) -> None:
    """The line in its table is what a contact was known by to people: 0 says that nobody knows him any more."""
    nobody = f"cleared-{secrets.token_hex(6)}"
    contact.phone, contact.facts, contact.because, contact.line = nobody, {}, "", 0
    contact.area, contact.zones = None, []
    if contact.state == "waiting":
        contact.state, contact.because, contact.due = "refused", CLEARED, None
    values: dict[str, Any] = {
        "phone": nobody,
        "answers": {},
        "details": {},
        "ref": None,
        "call": None,
        "owner": "",
    }
    session.execute(update(CampaignDial).where(CampaignDial.contact_id == contact.id).values(**values))


def _forget_imports(session: Session, before: datetime) -> None:
    for row in session.scalars(select(CampaignImport).where(CampaignImport.at < before)):
        row.report = {**row.report, "refused": [], "barred": []}
    named = CampaignChange.details["phone"].as_string().is_not(None)
    session.execute(delete(CampaignChange).where(CampaignChange.at < before, named))


def clear_speech(folder: Path, before: float) -> int:
    """Cached speech that nobody has heard since this moment (seconds since 1970) is removed; gives how many parts."""
    old: Sequence[Path] = [path for path in folder.glob("??/*.pcm") if _used(path) < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _used(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # another process has removed it
        return float("inf")
