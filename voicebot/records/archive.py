"""Reading what was recorded: lists with filters, search by words, one call with everything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.orm import Session, aliased

from voicebot.errors import VoicebotError
from voicebot.records.masking import known_values
from voicebot.records.tables import ActRow, CallRow, CorrectionRow, TokenRow, TurnRow
from voicebot.records.tokens import holds, pieces
from voicebot.records.vault import Vault
from voicebot.records.views import Act, Correction, Found, Sought, Summary, Turn, WholeCall
from voicebot.records.writing import place
from voicebot.store.database import Database

MOST_TRIED = 2000
"""Calls that are unsealed for one page of a search by words, at most."""
MOST_PIECES = 12


__all__ = ["Act", "Archive", "Correction", "Found", "Sought", "Summary", "Turn", "WholeCall"]


class Archive:
    """The calls of one database."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    def find(self, sought: Sought, limit: int = 50, after: int | None = None) -> Found:
        """Calls, the newest first, older than number `after`. Raises VoicebotError for words that are too short."""
        rows = select(CallRow).where(*_conditions(sought, self._vault))
        with self._database.reading() as session:
            if sought.text.strip():
                return self._search(session, sought, limit, after)
            total = session.scalar(select(func.count()).select_from(rows.subquery()))
            page = list(session.scalars(_older(rows, after).limit(limit + 1)))
        more = len(page) > limit
        calls = [self._summary(row) for row in page[:limit]]
        return Found(calls, total, calls[-1].id if more else None)

    def call(self, number: int) -> WholeCall | None:
        """One call with everything that was said and done."""
        with self._database.reading() as session:
            row = session.get(CallRow, number)
            if row is None:
                return None
            turns = session.scalars(
                select(TurnRow).where(TurnRow.call_id == number).order_by(TurnRow.number)
            ).all()
            acts = session.scalars(
                select(ActRow).where(ActRow.call_id == number).order_by(ActRow.number)
            ).all()
            wrong = self._corrections(session, row)
        name = row.name
        told = tuple(self._turn(name, turn, wrong.get(turn.number, ())) for turn in turns)
        done = tuple(self._act(name, act) for act in acts)
        called = self._vault.unseal(row.called, place("called", name)).decode() if row.called else None
        summary = self._summary(row)
        known = _known(summary, done, told)
        return WholeCall(summary, called, row.facts, told, done, known)

    def number(self, name: str) -> int | None:
        """The number of the call of this name."""
        with self._database.reading() as session:
            return session.scalar(select(CallRow.id).where(CallRow.name == name))

    def correct(self, call: int, turn: int, right: Correction) -> None:
        """Mark a turn as wrong, and say what it should have been. Raises VoicebotError when there is no such turn."""
        with self._database.writing() as session:
            row = session.get(CallRow, call)
            if row is None or session.get(TurnRow, (call, turn)) is None:
                raise VoicebotError(f"call {call} has no turn {turn}")
            content = {"text": right.text, "remark": right.remark, "slots": dict(right.slots)}
            sealed = self._vault.seal_json(content, place("correction", row.name, turn))
            session.add(
                CorrectionRow(
                    call_id=call,
                    number=turn,
                    intent=right.intent[:40],
                    sealed=sealed,
                    by=right.by,
                    at=right.at,
                )
            )

    def corrected(self, unused_only: bool = True) -> list[tuple[int, str, Turn, Correction]]:
        """(number of the correction, name of the call, turn, correction), the oldest first: what can be learned."""
        rows = (
            select(CorrectionRow, CallRow.name, TurnRow)
            .join(CallRow, CallRow.id == CorrectionRow.call_id)
            .join(
                TurnRow,
                (TurnRow.call_id == CorrectionRow.call_id) & (TurnRow.number == CorrectionRow.number),
            )
            .order_by(CorrectionRow.id)
        )
        if unused_only:
            rows = rows.where(CorrectionRow.used.is_(False))
        with self._database.reading() as session:
            found = list(session.execute(rows))
        return [
            (wrong.id, name, self._turn(name, turn, ()), self._correction(name, wrong))
            for wrong, name, turn in found
        ]

    def used(self, corrections: Sequence[int]) -> None:
        """These corrections have been learned from."""
        with self._database.writing() as session:
            session.execute(update(CorrectionRow).where(CorrectionRow.id.in_(corrections)).values(used=True))

    # -- search by words ----------------------------------------------------------------------------------------

    def _search(self, session: Session, sought: Sought, limit: int, after: int | None) -> Found:
        """Candidates by their tokens, the newest first; each is unsealed and looked at."""
        wanted = sorted(pieces(sought.text), key=len, reverse=True)[:MOST_PIECES]
        if not wanted:
            raise VoicebotError("搜索词至少要有两个字，数字至少要有四位")
        rows = _candidates(session, [self._vault.tokens(piece) for piece in wanted])
        conditions = _conditions(sought, self._vault)
        if conditions:
            rows = rows.where(select(CallRow.id).where(CallRow.id == _FIRST.call_id, *conditions).exists())
        tried, last = 0, after
        found: list[CallRow] = []
        while len(found) <= limit and tried < MOST_TRIED:
            older = rows if last is None else rows.where(_FIRST.call_id < last)
            numbers = list(session.scalars(older.limit(2 * limit)))
            found += self._holding(session, numbers, sought.text)
            tried += len(numbers)
            if len(numbers) < 2 * limit:
                break
            last = numbers[-1]
        stopped = len(found) <= limit and tried >= MOST_TRIED
        calls = [self._summary(row) for row in found[:limit]]
        following = calls[-1].id if len(found) > limit else (last if stopped else None)
        return Found(calls, None, following, stopped)

    def _holding(self, session: Session, numbers: Sequence[int], sought: str) -> list[CallRow]:
        """Those of these calls in which the words really stand, in the order of the numbers."""
        rows = {row.id: row for row in session.scalars(select(CallRow).where(CallRow.id.in_(numbers)))}
        heard = self._heard(session, list(rows), {number: row.name for number, row in rows.items()})
        there = [number for number in numbers if number in rows]
        return [rows[number] for number in there if holds(" ".join(heard.get(number, ())), sought)]

    def _heard(self, session: Session, calls: list[int], names: Mapping[int, str]) -> dict[int, list[str]]:
        texts: dict[int, list[str]] = {}
        rows = select(TurnRow).where(TurnRow.call_id.in_(calls), TurnRow.who != "bot")
        for turn in session.scalars(rows):
            content = self._turn(names[turn.call_id], turn, ()).content
            both = f"{content.get('text', '')} {content.get('heard', '')}"
            texts.setdefault(turn.call_id, []).append(both)
        return texts

    # -- unsealing ----------------------------------------------------------------------------------------------

    def _summary(self, row: CallRow) -> Summary:
        caller = self._vault.unseal(row.caller, place("caller", row.name)).decode() if row.caller else None
        return Summary(
            row.id,
            row.name,
            row.line,
            row.began,
            row.seconds,
            row.state,
            row.ended_by,
            row.outcome,
            row.handover,
            caller,
            row.intent,
            row.mood,
            row.product,
            row.turns,
            row.confidence,
            row.satisfaction,
            row.recording,
            row.customer_id,
            row.campaign,
        )

    def _turn(self, call: str, row: TurnRow, corrections: Iterable[Correction]) -> Turn:
        content = self._vault.unseal_json(row.sealed, place("turn", call, row.number))
        told = (row.confidence, row.intent, row.mood, row.gap_ms)
        return Turn(row.number, row.at, row.until, row.who, content, *told, tuple(corrections))

    def _act(self, call: str, row: ActRow) -> Act:
        content = self._vault.unseal_json(row.sealed, place("act", call, row.number))
        return Act(row.number, row.at, row.kind, row.name, row.ok, content)

    def _corrections(self, session: Session, row: CallRow) -> dict[int, list[Correction]]:
        wrong: dict[int, list[Correction]] = {}
        rows = select(CorrectionRow).where(CorrectionRow.call_id == row.id).order_by(CorrectionRow.id)
        for one in session.scalars(rows):
            wrong.setdefault(one.number, []).append(self._correction(row.name, one))
        return wrong

    def _correction(self, call: str, row: CorrectionRow) -> Correction:
        content = self._vault.unseal_json(row.sealed, place("correction", call, row.number))
        told = (content["text"], row.intent, content["remark"], content.get("slots", {}))
        return Correction(row.by, row.at, *told)


def _conditions(sought: Sought, vault: Vault) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if sought.first is not None:
        found.append(CallRow.began >= datetime.combine(sought.first, time()))
    if sought.last is not None:
        found.append(CallRow.began < datetime.combine(sought.last + timedelta(days=1), time()))
    for name in ("intent", "mood", "outcome", "line", "state"):
        value = getattr(sought, name)
        if value:
            found.append(getattr(CallRow, name) == value)
    if sought.caller.strip():
        found.append(CallRow.caller_digest.in_(vault.phones(sought.caller)))
    return found


def _older(rows: Select[Any], after: int | None) -> Select[Any]:
    """Newest first by number, which follows the order in which calls began."""
    if after is not None:
        rows = rows.where(CallRow.id < after)
    return rows.order_by(CallRow.id.desc())


_FIRST = aliased(TokenRow)
"""The tokens that lead a search; their order by call is that of the index, so that a page ends it early."""


def _candidates(session: Session, wanted: Sequence[Sequence[int]]) -> Select[Any]:
    """The numbers of calls that have one of each of these tokens, the newest first, led by the rarest."""
    counted = [_frequency(session, tokens) for tokens in wanted]
    first, *others = sorted(range(len(wanted)), key=counted.__getitem__)
    rows = select(_FIRST.call_id).where(_is(_FIRST, wanted[first]))
    for other in others:
        one = aliased(TokenRow)
        rows = rows.where(
            select(one.call_id).where(_is(one, wanted[other]), one.call_id == _FIRST.call_id).exists()
        )
    return rows.order_by(_FIRST.call_id.desc())


def _is(row: type[TokenRow], tokens: Sequence[int]) -> ColumnElement[bool]:
    """Has this row one of these tokens? There are two only while the key is exchanged."""
    return row.token == tokens[0] if len(tokens) == 1 else row.token.in_(tokens)


def _frequency(session: Session, tokens: Sequence[int]) -> int:
    """In how many calls one of these tokens stands, as far as that matters."""
    some = select(TokenRow.call_id).where(_is(TokenRow, tokens)).limit(MOST_TRIED).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _known(summary: Summary, acts: Iterable[Act], turns: Iterable[Turn]) -> tuple[str, ...]:
    values = {value for act in acts for value in known_values(act.content)}
    for turn in turns:
        for name, slot in (turn.content.get("slots") or {}).items():
            if name in {"address", "name"} and isinstance(slot, Mapping):
                values |= {str(slot.get("value", "")), str(slot.get("text", ""))}
    if summary.caller:
        values.add(summary.caller)
    return tuple(sorted(value for value in values if len(value) >= 2))
