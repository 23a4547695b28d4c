"""The knowledge base as its pages show it: forms to entries and back, the review queue, and what grows stale."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import dropwhile, takewhile
from typing import Any

from sqlalchemy import func, select

from voicebot.campaign.answers_open import grouped
from voicebot.console.desk import Desk
from voicebot.console.knowledge_office import KnowledgeOffice
from voicebot.errors import VoicebotError
from voicebot.knowledge.entries import Entry, Library, read_entry
from voicebot.records.masking import mask
from voicebot.records.questions import Question, unanswered
from voicebot.records.tables import FigureRow

NAME = re.compile(r"[\w-]{1,60}")
LOOK_BACK = timedelta(days=30)
SOON = timedelta(days=30)
UNUSED = timedelta(days=90)
MOST_QUESTIONS = 8
MOST_GROUPS = 50
MOST_LOOKED = 3
"""In so many calls of a group it is looked for what a human said."""
LONGEST_ANSWER = 300
WHY = {"nothing found": "没有找到答案", "human followed": "答了以后转人工"}


@dataclass(frozen=True, slots=True)
class Waiting:
    """Questions about one thing: a `name`, all `texts`, how often they were asked, why they wait.

    `said` is what a human answered in one of these calls, masked, "" where none did; `near`: the entry that fits best.
    """

    name: str
    texts: tuple[str, ...]
    asked: int
    why: str
    said: str = ""
    near: Entry | None = None


@dataclass(frozen=True, slots=True)
class Stale:
    """An entry that may have outlived its use, and why."""

    entry: str
    why: str


def entry_of(form: Mapping[str, str]) -> Entry:
    """The entry that a form describes. Raises VoicebotError that says what is missing."""
    name = form.get("id", "").strip()
    if not NAME.fullmatch(name):
        raise VoicebotError("编号只能用字母、数字、- 和 _，最多60个")
    questions = [line.strip() for line in form.get("questions", "").splitlines() if line.strip()]
    answer = form.get("answer", "").replace("\r\n", "\n").strip()
    if not questions or not answer:
        raise VoicebotError("要写至少一个问法，和一个答案")
    first, last = (form.get(key, "").strip() or None for key in ("valid_from", "valid_until"))
    item: dict[str, Any] = {
        "id": name,
        "questions": list(dict.fromkeys(questions)),
        "answer": answer,
        "conditions": _conditions(form.get("conditions", "")),
        "category": form.get("category", "").strip(),
        "source": form.get("source", "").strip(),
    }
    dated = {key: day for key, day in (("valid_from", first), ("valid_until", last)) if day is not None}
    return read_entry(item | dated, {}, "这条知识")


def form_of(entry: Entry) -> dict[str, str]:
    """The fields of an entry's form."""
    return {
        "id": entry.id,
        "questions": "\n".join(entry.questions),
        "answer": entry.answer,
        "conditions": "\n".join(f"{name}: {', '.join(values)}" for name, values in entry.conditions.items()),
        "category": entry.category,
        "source": entry.source,
        "valid_from": str(entry.valid_from or ""),
        "valid_until": str(entry.valid_until or ""),
    }


def _conditions(text: str) -> dict[str, list[str]]:
    found = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, colon, values = line.replace("：", ":").partition(":")
        given = [one.strip() for one in re.split("[,，]", values) if one.strip()]
        if not colon or not name.strip() or not given:
            raise VoicebotError("条件每行写一个，像这样：tier: 金卡, 银卡")
        found[name.strip()] = given
    return found


def queue(desk: Desk, office: KnowledgeOffice) -> list[Waiting]:
    """What nobody has answered and nobody has refused, by what it is about; what was asked most comes first."""
    versions = office.versions
    library = versions.library()
    entries = {entry.id: entry for entry in library.entries}
    questions = [one for one in unanswered(desk.memory, desk.now() - LOOK_BACK) if one.text]
    refused = versions.refused([one.text for one in questions])
    known = {question for entry in library.entries for question in entry.questions}
    by_text: dict[str, list[Question]] = {}
    for one in questions:
        if one.text not in refused and one.text not in known:
            by_text.setdefault(one.text, []).append(one)
    texts = list(by_text)
    found = [
        _waiting(group.name, [texts[n] for n in group.members], by_text) for group in grouped(texts) if texts
    ]
    first = sorted(found, key=lambda one: (-one.asked, one.name))[:MOST_GROUPS]
    return [_proposed(desk, office, one, by_text, entries) for one in first]


def _proposed(
    desk: Desk,
    office: KnowledgeOffice,
    one: Waiting,
    by_text: Mapping[str, list[Question]],
    entries: Mapping[str, Entry],
) -> Waiting:
    """The same with what may be answered: what a human said in one of the calls, and the entry that fits best."""
    asked = [question for text in one.texts for question in by_text[text]][:MOST_LOOKED]
    said = next(filter(None, (_human_said(desk, question) for question in asked)), "")
    return replace(one, said=said, near=entries.get(office.nearest(one.texts[0])))


def _human_said(desk: Desk, question: Question) -> str:
    """What a human said first after this question, masked."""
    number = desk.memory.archive.number(question.call)
    whole = desk.memory.archive.call(number) if number is not None else None
    if whole is None:
        return ""
    later = [turn for turn in whole.turns if turn.at >= question.at and turn.who != "bot"]
    answered = dropwhile(lambda turn: turn.who != "agent", later)
    words = [turn.text for turn in takewhile(lambda turn: turn.who == "agent", answered)]
    return mask("".join(words), whole.known)[:LONGEST_ANSWER]


def _waiting(name: str, texts: list[str], by_text: Mapping[str, list[Question]]) -> Waiting:
    inside = [one for text in texts for one in by_text[text]]
    why = "、".join(WHY[reason] for reason in WHY if any(one.why == reason for one in inside))
    return Waiting(name, tuple(texts), len(inside), why)


def stale(desk: Desk, library: Library) -> list[Stale]:
    """Entries whose validity is over or ends soon, and those that nobody has asked for in a long time."""
    today = desk.now().date()
    used = last_asked(desk, desk.now() - UNUSED)
    found = []
    for entry in library.entries:
        if entry.valid_until is not None and entry.valid_until < today:
            found.append(Stale(entry.id, f"已在 {entry.valid_until} 失效"))
        elif entry.valid_until is not None and entry.valid_until <= today + SOON:
            found.append(Stale(entry.id, f"将在 {entry.valid_until} 失效"))
        elif used and entry.id not in used:
            found.append(Stale(entry.id, f"{UNUSED.days} 天里没有人问到"))
    return found


def last_asked(desk: Desk, since: datetime) -> dict[str, date]:
    """The last day on which each entry was said."""
    own = FigureRow.what == "asked", FigureRow.day >= since.date()
    rows = select(FigureRow.key, func.max(FigureRow.day)).where(*own).group_by(FigureRow.key)
    with desk.memory.database.reading() as session:
        return {str(key): day for key, day in session.execute(rows)}
