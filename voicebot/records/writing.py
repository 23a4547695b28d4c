"""Writing notes into the tables, each within the transaction that the caller opened."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from voicebot.records.figures import count
from voicebot.records.notes import Acted, Closed, Note, Opened, Recorded, Said
from voicebot.records.standing import Standing
from voicebot.records.tables import ActRow, CallRow, TurnRow
from voicebot.records.tokens import tokens
from voicebot.records.vault import Vault
from voicebot.store.model import Model


def place(what: str, call: str, number: int = 0) -> str:
    """What a sealed value of a call is bound to."""
    return f"{what} {call} {number}"


def ticket_place(number: str) -> str:
    """What a sealed remark about a ticket is bound to."""
    return f"ticket {number}"


_CALLS = Model.metadata.tables["calls"]
_TOKENS = Model.metadata.tables["call_tokens"]
_ADD_TURN = insert(Model.metadata.tables["call_turns"])
_ADD_ACT = insert(Model.metadata.tables["call_acts"])
_ADD_TOKENS = {
    "sqlite": sqlite.insert(_TOKENS).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(_TOKENS).on_conflict_do_nothing(),
}
_STAND = (
    update(_CALLS)
    .where(_CALLS.c.id == bindparam("row"))
    .values({name: bindparam(name) for name in Standing().columns()})
)
_OPEN = insert(_CALLS).returning(_CALLS.c.id)
_CLOSE = (
    update(_CALLS)
    .where(_CALLS.c.id == bindparam("row"), _CALLS.c.state == "running")
    .values(
        {name: bindparam(name) for name in ("state", "seconds", "ended_by", "outcome", *Standing().columns())}
    )
    .returning(_CALLS.c.id)
)
_OVER = select(_CALLS).where(_CALLS.c.id == bindparam("row"))
"""Statements that are made once: a call tells something every second."""


class Writing:
    """Writes notes; remembers the row numbers of the calls that go on. Used by one thread at a time."""

    def __init__(self, vault: Vault, server: str | None = None) -> None:
        """`server` is the process whose calls these are."""
        self._vault = vault
        self._server = server
        self._rows: dict[str, int] = {}

    def write(self, session: Session, note: Note) -> None:
        """Write one note. Raises LookupError for a note about a call that was never opened."""
        _WRITES[type(note)](self, session, note)

    def forget(self) -> None:
        """What was remembered may belong to a transaction that failed: ask the table again."""
        self._rows.clear()

    def _row(self, session: Session, call: str) -> int:
        if call not in self._rows:
            found = session.scalar(select(CallRow.id).where(CallRow.name == call))
            if found is None:
                raise LookupError("a note about a call that was never opened")
            self._rows[call] = found
        return self._rows[call]

    def _opened(self, session: Session, note: Opened) -> None:
        vault = self._vault
        columns = {
            "name": note.call,
            "line": note.line[:20],
            "began": note.began,
            "state": "running",
            "caller": vault.seal(note.caller.encode(), place("caller", note.call)) if note.caller else None,
            "caller_digest": vault.phone(note.caller) if note.caller else None,
            "called": vault.seal(note.called.encode(), place("called", note.call)) if note.called else None,
            "campaign": note.campaign[:60] if note.campaign else None,
            "server": self._server,
            "ended_by": "",
            "outcome": "",
            **Standing().columns(),
        }
        self._rows[note.call] = session.connection().execute(_OPEN, columns).scalar_one()

    def _said(self, session: Session, note: Said) -> None:
        row = self._row(session, note.call)
        sealed = self._vault.seal_json(note.content, place("turn", note.call, note.number))
        columns = {
            "call_id": row,
            "number": note.number,
            "at": note.at,
            "until": note.until,
            "who": note.who,
            "sealed": sealed,
            "confidence": note.confidence,
            "intent": note.intent,
            "mood": note.mood,
            "gap_ms": note.gap_ms,
        }
        session.connection().execute(_ADD_TURN, columns)
        if note.who != "bot":
            texts = (str(note.content.get("text", "")), str(note.content.get("heard", "")))
            self._index(session, row, tokens(self._vault, texts))
        self._stand(session, row, note.standing)

    def _index(self, session: Session, row: int, found: set[int]) -> None:
        if found:
            values = [{"token": token, "call_id": row} for token in sorted(found)]
            session.connection().execute(_ADD_TOKENS[session.get_bind().dialect.name], values)

    def _acted(self, session: Session, note: Acted) -> None:
        row = self._row(session, note.call)
        sealed = self._vault.seal_json(note.content, place("act", note.call, note.number))
        columns = {
            "call_id": row,
            "number": note.number,
            "at": note.at,
            "kind": note.kind,
            "name": note.name,
            "ok": note.ok,
            "sealed": sealed,
        }
        session.connection().execute(_ADD_ACT, columns)
        self._stand(session, row, note.standing)

    def _stand(self, session: Session, row: int, standing: Mapping[str, Any]) -> None:
        if standing:
            session.connection().execute(_STAND, {**standing, "row": row})

    def _closed(self, session: Session, note: Closed) -> None:
        row, connection = self._row(session, note.call), session.connection()
        values = {"row": row, "state": note.state, "seconds": note.seconds, "ended_by": note.by[:10]}
        standing = {"outcome": "unresolved", **Standing().columns(), **note.standing}
        if connection.execute(_CLOSE, {**values, **standing}).first():
            count(connection, connection.execute(_OVER, {"row": row}).one())
        del self._rows[note.call]

    def _recorded(self, session: Session, note: Recorded) -> None:
        session.execute(
            update(CallRow).where(CallRow.name == note.call).values(recording=note.recording[:120])
        )


_WRITES: dict[type[Any], Callable[[Writing, Session, Any], None]] = {
    Opened: Writing._opened,
    Said: Writing._said,
    Acted: Writing._acted,
    Closed: Writing._closed,
    Recorded: Writing._recorded,
}


def _nobody(_: Session) -> Collection[str]:
    return ()


def cut_off(session: Session, living: Callable[[Session], Collection[str]] = _nobody) -> list[int]:
    """The numbers of calls that were running when their server died; `living` gives the servers that live.

    It is asked after the calls were read: a call is never seen before the row of its server is there.
    """
    running = select(CallRow.id, CallRow.server).where(CallRow.state == "running").order_by(CallRow.id)
    rows = session.execute(running).all()
    alive = living(session)
    return [number for number, server in rows if server not in alive]


def mark_cut_off(
    session: Session, living: Callable[[Session], Collection[str]] = _nobody
) -> list[tuple[str, datetime]]:
    """Calls whose server died are marked as cut, once; gives their names and beginnings."""
    dead = cut_off(session, living)
    locked = select(CallRow).where(CallRow.id.in_(dead), CallRow.state == "running").order_by(CallRow.id)
    rows = list(session.scalars(locked.with_for_update())) if dead else []
    for row in rows:
        until = session.scalar(select(func.max(TurnRow.until)).where(TurnRow.call_id == row.id))
        done = session.scalar(select(func.max(ActRow.at)).where(ActRow.call_id == row.id))
        row.state, row.outcome, row.ended_by = "cut", "cut", "cut"
        row.seconds = max(until or 0.0, done or 0.0)
        session.flush()
        count(session.connection(), row)
    return [(row.name, row.began) for row in rows]
