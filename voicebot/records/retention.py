"""What is too old is cleared, by its class.

class         what goes
recordings    recordings and journals
transcripts   what was said and done in words, corrections, and the search index: the row of the call stays
calls         the call's row with its numbers
audit         lines of the audit
Sessions go when they are over; figures stay: they hold nothing private. Tickets and contacts are the application's
(see voicebot.app.clearing).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from voicebot.errors import VoicebotError
from voicebot.records.journals import ENDING
from voicebot.records.memory import Memory
from voicebot.records.recordings import plain_name, plain_names
from voicebot.records.tables import (
    ActRow,
    AuditRow,
    CallRow,
    CorrectionRow,
    SessionRow,
    TokenRow,
    TurnRow,
)

JUST_BEGUN_S = 3600.0
"""A journal that was written to so lately may be of a call whose row is not written yet."""
AT_ONCE = 500
"""Calls of one transaction: nobody who writes waits longer than that takes."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Days after which each class is cleared."""

    recordings: int = 90
    transcripts: int = 180
    calls: int = 730
    audit: int = 1095


@dataclass(frozen=True, slots=True)
class Cleared:
    """How many calls lost their recording, their words, and their row; and how many lines of the audit went.

    Tickets lost their words, contacts of campaigns their number; `speech` counts pieces of cached speech.
    """

    recordings: int
    transcripts: int
    calls: int
    audit: int
    tickets: int = 0
    contacts: int = 0
    speech: int = 0

    @property
    def any(self) -> bool:
        """Was there anything to clear?"""
        return any(astuple(self))


def purge(memory: Memory, terms: Terms, now: datetime, journals: Path | None = None) -> Cleared:
    """Clear what is too old at the shop's time `now`; `journals` is the folder where sealed journals lie."""

    def before(days: int) -> datetime:
        return now - timedelta(days)

    def without_sound(session: Session, rows: Sequence[CallRow]) -> None:
        clear_recordings(memory, session, rows)

    def away(session: Session, rows: Sequence[CallRow]) -> None:
        clear_rows(memory, session, rows)

    recordings = _each(memory, _with_recording, before(terms.recordings), without_sound)
    if journals is not None:
        recordings += _old_journals(memory, journals, before(terms.recordings))
    transcripts = _each(memory, _with_words, before(terms.transcripts), clear_words)
    calls = _each(memory, _rows, before(terms.calls), away)
    with memory.database.writing() as session:
        gone = session.execute(
            delete(AuditRow).where(AuditRow.at < before(terms.audit)).returning(AuditRow.id)
        )
        audit = len(gone.all())
        session.execute(delete(SessionRow).where(SessionRow.began < now - memory.lasting.longest))
    return Cleared(recordings, transcripts, calls, audit)


Pick = Callable[[Session, datetime], Sequence[CallRow]]


def _each(
    memory: Memory, pick: Pick, before: datetime, clear: Callable[[Session, Sequence[CallRow]], None]
) -> int:
    count = 0
    while True:
        with memory.database.writing() as session:
            rows = pick(session, before)
            if not rows:
                return count
            clear(session, rows)
            count += len(rows)


def _with_recording(session: Session, before: datetime) -> Sequence[CallRow]:
    old = select(CallRow).where(CallRow.began < before, CallRow.recording.is_not(None))
    return session.scalars(old.limit(AT_ONCE)).all()


def _with_words(session: Session, before: datetime) -> Sequence[CallRow]:
    words = select(TurnRow.call_id).where(TurnRow.call_id == CallRow.id)
    acts = select(ActRow.call_id).where(ActRow.call_id == CallRow.id)
    old = select(CallRow).where(CallRow.began < before, or_(words.exists(), acts.exists()))
    return session.scalars(old.limit(AT_ONCE)).all()


def _rows(session: Session, before: datetime) -> Sequence[CallRow]:
    return session.scalars(select(CallRow).where(CallRow.began < before).limit(AT_ONCE)).all()


def clear_recordings(memory: Memory, session: Session, rows: Sequence[CallRow]) -> None:
    """Remove what was recorded of these calls. Raises VoicebotError when the store cannot be reached."""
    for row in rows:
        if row.recording is not None:
            memory.recordings.remove(row.recording)
    session.execute(update(CallRow).where(CallRow.id.in_([row.id for row in rows])).values(recording=None))


def clear_words(session: Session, rows: Sequence[CallRow]) -> None:
    """Remove what was said and done in these calls."""
    numbers = [row.id for row in rows]
    for kind in (TurnRow, ActRow, CorrectionRow, TokenRow):
        session.execute(delete(kind).where(kind.call_id.in_(numbers)))


def clear_rows(memory: Memory, session: Session, rows: Sequence[CallRow]) -> None:
    """Remove these calls with everything."""
    clear_recordings(memory, session, rows)
    clear_words(session, rows)
    session.execute(delete(CallRow).where(CallRow.id.in_([row.id for row in rows])))


def journal_of(memory: Memory, folder: Path, call: str) -> Path:
    """Where the journal of a call lies."""
    return folder / (plain_name(memory.vault, call) + ENDING)


def _old_journals(memory: Memory, folder: Path, before: datetime) -> int:
    """Journals are as old as the calls that they are of; one whose call is gone goes as well, unless it is new."""
    names = _names_since(memory, before)
    young = {plain + ENDING for name in names for plain in plain_names(memory.vault, name)}
    count = 0
    for path in folder.glob(f"*{ENDING}"):
        if path.name not in young:
            try:
                if time.time() - path.stat().st_mtime < JUST_BEGUN_S:
                    continue
                path.unlink(missing_ok=True)
            except OSError as error:
                raise VoicebotError(f"the journal {path} cannot be removed ({error.strerror})") from error
            count += 1
    return count


def _names_since(memory: Memory, before: datetime) -> list[str]:
    with memory.database.reading() as session:
        rows = select(CallRow.name).where(or_(CallRow.began >= before, CallRow.state == "running"))
        return list(session.scalars(rows))
