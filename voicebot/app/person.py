"""One person's data in the shop and in the memory together: the copy that he may ask for, and the erasure."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, inspect
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from voicebot.app.person_rows import Person, names_him, person_of, rows_of
from voicebot.errors import VoicebotError
from voicebot.outbound.messages import FileGateway
from voicebot.outbound.tables import CampaignDelivery
from voicebot.records.lessons import SEALED as LESSON
from voicebot.records.memory import Memory
from voicebot.records.person import erase_person, export_person, export_recordings
from voicebot.records.tables import LessonRow, TicketNoteRow
from voicebot.records.vault import Vault, plain_phone
from voicebot.records.writing import ticket_place
from voicebot.store.model import Model

if TYPE_CHECKING:
    from voicebot.config import Config

ERASED = "（已按本人要求删除）"

KEPT: dict[str, str] = {
    **dict.fromkeys(
        ["customers", "addresses", "coupons", "orders", "order_items", "traces", "returns", "refunds"],
        "E-commerce Law, article 31: three years",
    ),
    **dict.fromkeys(["invoices", "bookings"], "E-commerce Law, article 31: three years"),
    **dict.fromkeys(
        ["opt_outs", "do_not_call"], "the wish not to be rung: without it he would be rung again"
    ),
    "consents": "proof that calls were lawful, until it is too old",
    "ticket_care": "who has looked after a ticket, without what it said",
    "audit": "who has looked at what; names nobody but by a digest",
}
"""Tables that erasure leaves as they are, and why."""


def copy_of(memory: Memory, phone: str) -> dict[str, Any]:
    """Everything that is held of this number, as plain data: his calls, and his rows by table."""
    with memory.database.reading() as session:
        person = person_of(memory, session, phone)
        rows = rows_of(session, person)
        shop = {name: [_plain(row, memory.vault) for row in found] for name, found in rows.items()}
    return {**export_person(memory, phone, person.accounts), "shop": shop}


def recordings_of(memory: Memory, phone: str, folder: Path) -> list[Path]:
    """His recordings as WAV files in `folder`."""
    with memory.database.reading() as session:
        person = person_of(memory, session, phone)
    return export_recordings(memory, phone, folder, person.accounts)


def erase(memory: Memory, phone: str, journals: Path | None = None) -> dict[str, int]:
    """Remove the calls of this number, and what it said from all else; gives how many rows each, by table.

    What is left, and why, stands in KEPT. That he was called by a campaign stays without his number, so that the
    campaign's figures are right. Raises VoicebotError while he is being rung.
    """
    with memory.database.writing() as session:
        person = person_of(memory, session, phone)
        held = rows_of(session, person)
        if any(dial.outcome is None for dial in held["campaign_dials"]):
            raise VoicebotError(
                "a campaign is ringing this number now; pause it, and erase when the call is over"
            )
        counts = _forget(session, person, held)
    return {"calls": erase_person(memory, phone, journals, person.accounts), **counts}


def messages_of(config: Config, phone: str) -> list[dict[str, str]]:
    """Text messages to this number, where they are kept in a file."""
    return _messages(config).of(_written(phone))


def forget_messages(config: Config, phone: str) -> int:
    """Remove them; gives how many."""
    return _messages(config).forget(_written(phone))


def _messages(config: Config) -> FileGateway:
    return FileGateway(config.path(config.messages.file))


def _written(phone: str) -> set[str]:
    plain = plain_phone(phone)
    return {plain, f"+86{plain}", f"+{plain}"} if plain else set()


def _forget(session: Session, person: Person, held: dict[str, list[Any]]) -> dict[str, int]:
    for ticket in held["tickets"]:
        ticket.caller, ticket.summary, ticket.transcript, ticket.remedy = "", ERASED, "", ""
    for rating in held["satisfactions"]:
        rating.phone, rating.comment, rating.customer_id, rating.order_number = "", "", None, None
    comments = [note for note in held["ticket_notes"] if note.kind == "comment"]
    for row in (*comments, *held["callbacks"], *held["done_keys"], *held["lessons"]):
        session.delete(row)
    _forget_campaigns(session, person, held)
    counts = {name: len(rows) for name, rows in held.items() if name not in KEPT}
    return {**counts, "ticket_notes": len(comments)}


def _forget_campaigns(session: Session, person: Person, held: dict[str, list[Any]]) -> None:
    """Calls and outcomes stay, without the number, what was known of him and what was said."""
    nobody = f"erased-{secrets.token_hex(6)}"
    for contact in held["campaign_contacts"]:
        contact.phone, contact.facts, contact.because, contact.line = nobody, {}, "", 0
        contact.area, contact.zones = None, []
        if contact.state == "waiting":
            contact.state, contact.because, contact.due = "refused", ERASED, None
    for dial in held["campaign_dials"]:
        dial.phone, dial.ringing, dial.answers, dial.details = nobody, None, {}, {}
        dial.ref, dial.call, dial.owner = None, None, ""
    session.execute(delete(CampaignDelivery).where(CampaignDelivery.dial_id.in_(person.dials)))
    for change in held["campaign_changes"]:
        change.details = {**change.details, "phone": nobody, "why": ""}
    for table in held["campaign_imports"]:
        table.report = _without(person, table.report, nobody)
        flag_modified(table, "report")


def _without(person: Person, value: Any, instead: str) -> Any:
    """Plain data in which something else stands for his number."""
    if isinstance(value, dict):
        return {name: _without(person, one, instead) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_without(person, one, instead) for one in value]
    return instead if names_him(person, value) else value


def _plain(row: Model, vault: Vault) -> dict[str, Any]:
    found = {column.key: getattr(row, column.key) for column in inspect(row).mapper.column_attrs}
    sealed = found.pop("sealed", None)
    if isinstance(row, TicketNoteRow) and sealed is not None:
        found["text"] = vault.unseal(sealed, ticket_place(row.ticket)).decode()
    if isinstance(row, LessonRow) and sealed is not None:
        found["text"] = vault.unseal_json(sealed, LESSON)["text"]
    return found
