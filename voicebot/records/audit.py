"""Who did what to what, when and why. Nothing private is written into it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from voicebot.records.masking import mask
from voicebot.records.tables import AuditRow
from voicebot.store.database import Database


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of the audit. `what` is a word such as login, reveal, export, erase, users."""

    at: datetime
    who: str
    what: str
    about: str = ""
    why: str = ""
    address: str = ""


class Audit:
    """The audit of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, deed: Deed) -> None:
        """Add a line; what looks private in its `why`, which people write, is masked."""
        with self._database.writing() as session:
            session.add(
                AuditRow(
                    at=deed.at,
                    who=deed.who[:40],
                    what=deed.what[:30],
                    about=deed.about[:120],
                    why=mask(deed.why)[:200],
                    address=deed.address[:45],
                )
            )

    def lines(
        self, what: str = "", who: str = "", before: int | None = None, limit: int = 100
    ) -> list[tuple[int, Deed]]:
        """The newest first, of this kind, of this user, and older than number `before`; each with its number."""
        rows = select(AuditRow).order_by(AuditRow.id.desc()).limit(limit)
        if what:
            rows = rows.where(AuditRow.what == what)
        if who:
            rows = rows.where(AuditRow.who == who)
        if before is not None:
            rows = rows.where(AuditRow.id < before)
        with self._database.reading() as session:
            return [
                (row.id, Deed(row.at, row.who, row.what, row.about, row.why, row.address))
                for row in session.scalars(rows)
            ]
