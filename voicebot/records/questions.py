"""Questions that the knowledge base did not answer: what the review queue begins with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select

from voicebot.records.masking import mask
from voicebot.records.memory import Memory
from voicebot.records.tables import ActRow, CallRow
from voicebot.records.writing import place

KNOWLEDGE = "knowledge"
REFUSED = "knowledge refusal"
"""What a question's digest is made for that needs no entry."""


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked, masked; `why` says that nothing was found, or that a human had to follow the answer."""

    call: str
    began: datetime
    at: float
    text: str
    why: Literal["nothing found", "human followed"]
    entry: str


def unanswered(memory: Memory, since: datetime, limit: int = 1000) -> list[Question]:
    """Questions of calls that began since then, the newest call first."""
    rows = (
        select(ActRow, CallRow.name, CallRow.began, CallRow.outcome)
        .join(CallRow, CallRow.id == ActRow.call_id)
        .where(CallRow.began >= since, ActRow.kind == "look", ActRow.name == KNOWLEDGE)
        .order_by(ActRow.call_id.desc(), ActRow.number.desc())
    )
    found: list[Question] = []
    last = ""
    with memory.database.reading() as session:
        for act, name, began, outcome in session.execute(rows).yield_per(500):
            newest, last = name != last, name
            content = memory.vault.unseal_json(act.sealed, place("act", name, act.number))
            result = content.get("result", {})
            nothing = not result.get("found", False)
            if nothing or (newest and outcome == "transferred"):
                text = mask(str(content.get("arguments", {}).get("query", "")))
                why: Literal["nothing found", "human followed"] = (
                    "nothing found" if nothing else "human followed"
                )
                found.append(Question(name, began, act.at, text, why, str(result.get("entry") or "")))
            if len(found) >= limit:
                break
    return found


def asked(memory: Memory, since: datetime, limit: int = 500) -> list[str]:
    """What was asked of the knowledge base since then, masked, each text once; the newest first."""
    rows = (
        select(ActRow, CallRow.name)
        .join(CallRow, CallRow.id == ActRow.call_id)
        .where(CallRow.began >= since, ActRow.kind == "look", ActRow.name == KNOWLEDGE)
        .order_by(ActRow.call_id.desc(), ActRow.number.desc())
    )
    found: dict[str, None] = {}
    with memory.database.reading() as session:
        for act, name in session.execute(rows).yield_per(500):
            content = memory.vault.unseal_json(act.sealed, place("act", name, act.number))
            found[mask(str(content.get("arguments", {}).get("query", "")))] = None
            if len(found) >= limit:
                break
    return [text for text in found if text]
