"""What operations have taught: turns that were marked as wrong become sentences to be learned, published as versions.

marked turn ── accept ──► lesson (wanted) ── publish ──► a version: the lessons that hold ── undo ──► the one before

A lesson's text holds nobody's data: whoever accepts it has it without numbers and names. It is sealed all the same.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from voicebot.errors import VoicebotError
from voicebot.records.archive import Archive
from voicebot.records.tables import CallRow, CorrectionRow, LessonRow, LessonVersionRow, TurnRow
from voicebot.records.vault import Vault
from voicebot.records.views import Correction, Turn
from voicebot.records.writing import place
from voicebot.store.database import Database

SEALED = "lesson"
LATE = "训练内容刚被别人发布过，请刷新页面看了再发布"


@dataclass(frozen=True, slots=True)
class Marked:
    """A turn that was marked as wrong: the mark's `number`, the call, the turn, what it should have been."""

    number: int
    call: int
    name: str
    turn: Turn
    right: Correction


@dataclass(frozen=True, slots=True)
class Lesson:
    """A sentence and its intent. `call` is None when that call is not kept any more."""

    number: int
    call: int | None
    turn: int
    intent: str
    text: str
    wanted: bool
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LessonVersion:
    """What has been learned since `at`: the numbers of lessons."""

    number: int
    lessons: tuple[int, ...]
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Lessons:
    """The lessons of one database."""

    database: Database
    vault: Vault

    # -- marks --------------------------------------------------------------------------------------------------

    def marked(self) -> list[Marked]:
        """Marked turns that nobody has decided about, the newest first."""
        archive = Archive(self.database, self.vault)
        return [
            Marked(number, archive.number(name) or 0, name, turn, right)
            for number, name, turn, right in reversed(archive.corrected())
        ]

    def mark(self, number: int) -> Marked:
        """One of them. Raises VoicebotError when it is decided already, or gone."""
        found = next((one for one in self.marked() if one.number == number), None)
        if found is None:
            raise VoicebotError("这条标记已经处理过，或者通话已经清除")
        return found

    def accept(self, mark: Marked, intent: str, text: str, who: str, at: datetime) -> int:
        """The sentence is to be learned; gives the lesson's number."""
        with self.database.writing() as session:
            self._decide(session, mark.number)
            row = LessonRow(call_id=mark.call, number=mark.turn.number, intent=intent, by=who[:40], at=at)
            row.sealed = self.vault.seal_json({"text": text}, SEALED)
            session.add(row)
            session.flush()
            return row.id

    def refuse(self, mark: Marked) -> None:
        """Nothing is to be learned from it."""
        with self.database.writing() as session:
            self._decide(session, mark.number)

    # -- lessons ------------------------------------------------------------------------------------------------

    def all(self) -> list[Lesson]:
        """Every lesson, the newest first."""
        with self.database.reading() as session:
            rows = session.scalars(select(LessonRow).order_by(LessonRow.id.desc()))
            return [self._lesson(row) for row in rows]

    def want(self, number: int, wanted: bool) -> None:
        """Let a lesson be in the next publication, or not. Raises VoicebotError when there is none."""
        with self.database.writing() as session:
            row = session.get(LessonRow, number)
            if row is None:
                raise VoicebotError("没有这个训练句")
            row.wanted = wanted

    def of(self, numbers: Collection[int]) -> list[Lesson]:
        """Those of these lessons that there are, in their order."""
        return sorted((one for one in self.all() if one.number in numbers), key=lambda one: one.number)

    # -- versions -----------------------------------------------------------------------------------------------

    def versions(self) -> list[LessonVersion]:
        """Every publication, the newest first."""
        with self.database.reading() as session:
            rows = session.scalars(select(LessonVersionRow).order_by(LessonVersionRow.id.desc()))
            return [LessonVersion(row.id, tuple(row.lessons), row.who, row.at) for row in rows]

    def last(self) -> int:
        """The number of the newest publication; 0: there was none."""
        with self.database.reading() as session:
            return session.scalar(select(func.max(LessonVersionRow.id))) or 0

    def in_force(self) -> list[Lesson]:
        """What calls are understood with now, beside the grammars."""
        versions = self.versions()
        return self.of(set(versions[0].lessons)) if versions else []

    def put(self, numbers: Sequence[int], seen: int, who: str, at: datetime) -> None:
        """A new version; these lessons are the wanted ones from here on. `seen` is the newest version known; 0: none.

        Raises VoicebotError when somebody else has published since.
        """
        with self.database.writing() as session:
            newest = session.scalar(select(func.max(LessonVersionRow.id))) or 0
            if newest != seen:
                raise VoicebotError(LATE)
            before = session.get(LessonVersionRow, newest)
            dropped = set(before.lessons if before else ()) - set(numbers)
            _want(session, dropped, False)
            _want(session, set(numbers), True)
            session.add(LessonVersionRow(lessons=list(numbers), who=who[:40], at=at))

    # -- inside -------------------------------------------------------------------------------------------------

    def _decide(self, session: Session, correction: int) -> None:
        own = CorrectionRow.id == correction, CorrectionRow.used.is_(False)
        done = session.execute(
            update(CorrectionRow).where(*own).values(used=True).returning(CorrectionRow.id)
        )
        if done.first() is None:
            raise VoicebotError("这条标记已经处理过，或者通话已经清除")

    def _lesson(self, row: LessonRow) -> Lesson:
        text = str(self.vault.unseal_json(row.sealed, SEALED)["text"])
        return Lesson(row.id, row.call_id, row.number, row.intent, text, row.wanted, row.by, row.at)


def forget_lessons(session: Session, calls: Collection[int]) -> None:
    """Remove what was learned from these calls, in whatever version it stands: they are somebody's who wants that."""
    session.execute(delete(LessonRow).where(LessonRow.call_id.in_(calls)))


def spoken(database: Database, vault: Vault, since: datetime, limit: int = 500) -> list[Turn]:
    """What callers have said since then, each text once, the newest first."""
    rows = (
        select(TurnRow, CallRow.name)
        .join(CallRow, CallRow.id == TurnRow.call_id)
        .where(CallRow.began >= since, TurnRow.who == "caller")
        .order_by(TurnRow.call_id.desc(), TurnRow.number.desc())
    )
    found: dict[str, Turn] = {}
    with database.reading() as session:
        for row, name in session.execute(rows).yield_per(500):
            content = vault.unseal_json(row.sealed, place("turn", name, row.number))
            told = (row.confidence, row.intent, row.mood, row.gap_ms)
            turn = Turn(row.number, row.at, row.until, row.who, content, *told)
            if turn.text:
                found.setdefault(turn.text, turn)
            if len(found) >= limit:
                break
    return list(found.values())


def _want(session: Session, numbers: Collection[int], wanted: bool) -> None:
    session.execute(update(LessonRow).where(LessonRow.id.in_(numbers)).values(wanted=wanted))
