"""One person's data: a copy for him (PIPL, article 45) and their erasure (article 47).

A person is known by his telephone number. What the memory holds of him are the calls with that number. What the shop
holds (orders, tickets, profile) is the application's to bring in: a copy contains it, erasure leaves what other laws
oblige the shop to keep.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from sqlalchemy import select

from voicebot.records.lessons import forget_lessons
from voicebot.records.memory import Memory
from voicebot.records.retention import clear_rows, journal_of
from voicebot.records.tables import CallRow


def calls_of(memory: Memory, phone: str) -> list[int]:
    """The numbers of the calls of this telephone number, the oldest first."""
    digests = memory.vault.phones(phone)
    with memory.database.reading() as session:
        rows = select(CallRow.id).where(CallRow.caller_digest.in_(digests)).order_by(CallRow.id)
        return list(session.scalars(rows))


def export_person(memory: Memory, phone: str) -> dict[str, Any]:
    """Everything that the memory holds of this number, as plain data in clear; recordings by name."""
    calls = []
    for number in calls_of(memory, phone):
        whole = memory.archive.call(number)
        if whole is not None:
            told = dataclasses.asdict(whole)
            told.pop("known")
            calls.append(told)
    return {"phone": phone, "calls": calls}


def export_recordings(memory: Memory, phone: str, folder: Path) -> list[Path]:
    """The recordings of this number as WAV files in `folder`."""
    written = []
    for number in calls_of(memory, phone):
        whole = memory.archive.call(number)
        name = whole.summary.recording if whole is not None else None
        wav = memory.recordings.wav(name) if name else None
        if wav is not None and name is not None:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            path = folder / name.removesuffix(".sealed")
            path.write_bytes(wav)
            written.append(path)
    return written


def erase_person(memory: Memory, phone: str, journals: Path | None = None) -> int:
    """Remove every call of this number with its recording, its journal and what was learned from it; gives how many.

    Figures stay.
    """
    numbers = calls_of(memory, phone)
    with memory.database.writing() as session:
        rows = session.scalars(select(CallRow).where(CallRow.id.in_(numbers))).all()
        names = [row.name for row in rows]
        forget_lessons(session, numbers)
        clear_rows(memory, session, rows)
    if journals is not None:
        for name in names:
            journal_of(memory, journals, name).unlink(missing_ok=True)
    return len(names)


def about_person(memory: Memory, phone: str) -> str:
    """How the audit names somebody: by the digest of his number."""
    return f"person {memory.vault.phone(phone)}"
