"""Everything that is sealed is sealed anew with another key, while calls go on.

The vault has both keys: it seals with the new one and opens with both, so nothing is out of reach at any moment. What
was sealed with the old key is known by its first bytes; so whoever is interrupted finds the rest again, and what calls
write meanwhile is new already. The digests of numbers and the search index are made anew with what they belong to.

Each step is a transaction of at most AT_ONCE rows, or a file that is written whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, Table, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session

from voicebot.records.journals import ENDING, is_old, reseal_journal
from voicebot.records.lessons import SEALED as LESSON
from voicebot.records.masking import mask
from voicebot.records.memory import Memory
from voicebot.records.questions import KNOWLEDGE, REFUSED
from voicebot.records.tables import (
    ActRow,
    CallRow,
    CorrectionRow,
    KnowledgeRefusalRow,
    LessonRow,
    TicketNoteRow,
    TokenRow,
    TurnRow,
)
from voicebot.records.tokens import tokens
from voicebot.records.tracks import reseal_track
from voicebot.records.vault import MARK_BYTES, Vault
from voicebot.records.writing import place, ticket_place
from voicebot.store.model import Model

AT_ONCE = 200

Told = Callable[[str, int], None]
"""Hears after every step what was sealed anew, and how many of it so far."""


@dataclass(frozen=True, slots=True)
class Resealed:
    """How many of each were sealed anew."""

    calls: int = 0
    turns: int = 0
    acts: int = 0
    corrections: int = 0
    remarks: int = 0
    lessons: int = 0
    recordings: int = 0
    journals: int = 0
    tracks: int = 0


def reseal(memory: Memory, journals: Path, told: Told) -> Resealed:
    """Seal everything with the vault's present key; `journals` is the folder of journals and of unfinished recordings.

    Raises VoicebotError for what opens with none of the vault's keys.
    """
    rows: dict[str, Step] = {
        "calls": _calls,
        "turns": _turns,
        "acts": _acts,
        "corrections": _corrections,
        "remarks": _remarks,
        "lessons": _lessons,
    }
    files = {
        "recordings": _recordings(memory),
        "journals": _journals(memory.vault, journals),
        "tracks": _tracks(memory.vault, journals),
    }
    done = Resealed()
    for what, step in rows.items():
        for count in _in_batches(memory, step):
            done = replace(done, **{what: getattr(done, what) + count})
            told(what, getattr(done, what))
    for what, counts in files.items():
        for count in counts:
            done = replace(done, **{what: getattr(done, what) + count})
            told(what, getattr(done, what))
    return done


def left(memory: Memory, journals: Path) -> int:
    """How many rows and files are still sealed with a key from before."""
    columns = [
        column
        for table in Model.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    ]
    with memory.database.reading() as session:
        rows = sum(_count(session, column.table, column, memory.vault) for column in columns)
    old = (path for path in journals.glob(f"*{ENDING}") if is_old(path, memory.vault))
    return rows + sum(1 for _ in memory.recordings.old()) + sum(1 for _ in old)


def _count(session: Session, table: Any, column: Any, vault: Vault) -> int:
    assert isinstance(table, Table)
    return session.scalar(select(func.count()).select_from(table).where(_old(column, vault))) or 0


def _old(column: ColumnElement[Any] | InstrumentedAttribute[Any], vault: Vault) -> ColumnElement[bool]:
    """Was it sealed with a key from before? False for nothing."""
    return func.substr(column, 1, MARK_BYTES, type_=LargeBinary()) != vault.mark


# -- rows -------------------------------------------------------------------------------------------------------

Place = tuple[int, int]
"""Where a batch ended: the number of the call (or of the row) and the number in it."""
Step = Callable[[Memory, Session, Place], tuple[int, Place]]


def _in_batches(memory: Memory, step: Step) -> Iterator[int]:
    last: Place = (0, 0)
    while True:
        with memory.database.writing() as session:
            count, last = step(memory, session, last)
        if not count:
            return
        yield count


def _calls(memory: Memory, session: Session, last: Place) -> tuple[int, Place]:
    vault = memory.vault
    old = _old(CallRow.caller, vault) | _old(CallRow.called, vault)
    wanted = select(CallRow).where(CallRow.id > last[0], old).order_by(CallRow.id)
    rows = session.scalars(wanted.limit(AT_ONCE)).all()
    for row in rows:
        if row.caller is not None:
            at = place("caller", row.name)
            row.caller_digest = vault.phone(vault.unseal(row.caller, at).decode())
            row.caller = vault.reseal(row.caller, at)
        if row.called is not None:
            row.called = vault.reseal(row.called, place("called", row.name))
    return len(rows), (rows[-1].id if rows else 0, 0)


def _turns(memory: Memory, session: Session, last: Place) -> tuple[int, Place]:
    """Whole calls, so that their part of the search index is made anew in the same transaction."""
    vault = memory.vault
    wanted = select(TurnRow.call_id).where(TurnRow.call_id > last[0], _old(TurnRow.sealed, vault))
    numbers = session.scalars(wanted.distinct().order_by(TurnRow.call_id).limit(AT_ONCE // 10)).all()
    turns = (
        select(TurnRow, CallRow.name)
        .join(CallRow, CallRow.id == TurnRow.call_id)
        .where(TurnRow.call_id.in_(numbers))
    )
    words: dict[int, list[str]] = {number: [] for number in numbers}
    for turn, name in session.execute(turns.order_by(TurnRow.call_id, TurnRow.number)).all():
        at = place("turn", name, turn.number)
        content = vault.unseal_json(turn.sealed, at)
        turn.sealed = vault.reseal(turn.sealed, at)
        if turn.who != "bot":
            words[turn.call_id] += [str(content.get("text", "")), str(content.get("heard", ""))]
    session.execute(delete(TokenRow).where(TokenRow.call_id.in_(numbers)))
    found = [
        {"token": token, "call_id": number}
        for number, texts in words.items()
        for token in sorted(tokens(vault, texts))
    ]
    _add(session, TokenRow, found)
    return len(numbers), (numbers[-1] if numbers else 0, 0)


def _acts(memory: Memory, session: Session, last: Place) -> tuple[int, Place]:
    """With them the digests of questions that need no entry: what was asked stands in the acts."""
    vault = memory.vault
    beyond = (ActRow.call_id > last[0]) | ((ActRow.call_id == last[0]) & (ActRow.number > last[1]))
    wanted = (
        select(ActRow, CallRow.name)
        .join(CallRow, CallRow.id == ActRow.call_id)
        .where(beyond, _old(ActRow.sealed, vault))
    )
    rows = session.execute(wanted.order_by(ActRow.call_id, ActRow.number).limit(AT_ONCE)).all()
    asked: set[str] = set()
    for act, name in rows:
        at = place("act", name, act.number)
        if act.kind == "look" and act.name == KNOWLEDGE:
            arguments = vault.unseal_json(act.sealed, at).get("arguments", {})
            asked.add(mask(str(arguments.get("query", ""))))
        act.sealed = vault.reseal(act.sealed, at)
    _refuse_again(session, vault, asked)
    return len(rows), (rows[-1][0].call_id, rows[-1][0].number) if rows else (0, 0)


def _refuse_again(session: Session, vault: Vault, asked: set[str]) -> None:
    """Questions that were refused under the key before are refused under the present one."""
    new = {old: vault.digest(REFUSED, text) for text in asked for old in vault.digests(REFUSED, text)[1:]}
    rows = session.scalars(select(KnowledgeRefusalRow).where(KnowledgeRefusalRow.digest.in_(new))).all()
    found = [{"digest": new[row.digest], "who": row.who, "at": row.at} for row in rows]
    _add(session, KnowledgeRefusalRow, found)
    session.execute(delete(KnowledgeRefusalRow).where(KnowledgeRefusalRow.digest.in_(new)))


def _corrections(memory: Memory, session: Session, last: Place) -> tuple[int, Place]:
    vault = memory.vault
    wanted = (
        select(CorrectionRow, CallRow.name)
        .join(CallRow, CallRow.id == CorrectionRow.call_id)
        .where(CorrectionRow.id > last[0], _old(CorrectionRow.sealed, vault))
    )
    rows = session.execute(wanted.order_by(CorrectionRow.id).limit(AT_ONCE)).all()
    for row, name in rows:
        row.sealed = vault.reseal(row.sealed, place("correction", name, row.number))
    return len(rows), (rows[-1][0].id if rows else 0, 0)


def _remarks(memory: Memory, session: Session, last: Place) -> tuple[int, Place]:
    vault = memory.vault
    wanted = select(TicketNoteRow).where(TicketNoteRow.id > last[0], _old(TicketNoteRow.sealed, vault))
    rows = session.scalars(wanted.order_by(TicketNoteRow.id).limit(AT_ONCE)).all()
    for row in rows:
        if row.sealed is not None:
            row.sealed = vault.reseal(row.sealed, ticket_place(row.ticket))
    return len(rows), (rows[-1].id if rows else 0, 0)


def _lessons(memory: Memory, session: Session, last: Place) -> tuple[int, Place]:
    vault = memory.vault
    wanted = select(LessonRow).where(LessonRow.id > last[0], _old(LessonRow.sealed, vault))
    rows = session.scalars(wanted.order_by(LessonRow.id).limit(AT_ONCE)).all()
    for row in rows:
        row.sealed = vault.reseal(row.sealed, LESSON)
    return len(rows), (rows[-1].id if rows else 0, 0)


def _add(session: Session, kind: type[Model], rows: Sequence[dict[str, Any]]) -> None:
    """Add rows; those that are there already stay."""
    if rows:
        adding = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
        insert: Any = adding[session.get_bind().dialect.name]
        session.connection().execute(insert(kind).on_conflict_do_nothing(), rows)


# -- files ------------------------------------------------------------------------------------------------------


def _recordings(memory: Memory) -> Iterator[int]:
    for name in list(memory.recordings.old()):
        wanted = _wanted(memory, name)
        memory.recordings.reseal(name)
        if wanted and not _wanted(memory, name):  # it was cleared meanwhile
            memory.recordings.remove(name)
        yield 1


def _wanted(memory: Memory, name: str) -> bool:
    with memory.database.reading() as session:
        return session.scalar(select(CallRow.id).where(CallRow.recording == name)) is not None


def _journals(vault: Vault, folder: Path) -> Iterator[int]:
    for path in sorted(folder.glob(f"*{ENDING}")):
        if is_old(path, vault):
            reseal_journal(path, vault)
            yield 1


def _tracks(vault: Vault, folder: Path) -> Iterator[int]:
    """Recordings that wait for the next start of the server that made them."""
    for path in sorted(folder.glob("*.part")):
        if reseal_track(path, vault):
            yield 1
