"""One person's data: a copy for him (PIPL, article 45) and their erasure (article 47).

A person is known by his telephone number. What the memory holds of him are the calls with that number. What the shop
holds (orders, tickets, profile) is the application's to bring in: a copy contains it, erasure leaves what other laws
oblige the shop to keep.
"""

from __future__ import annotations

import dataclasses
import glob
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select

from voicebot.records.journals import ENDING
from voicebot.records.lessons import forget_lessons
from voicebot.records.memory import Memory
from voicebot.records.recordings import plain_names
from voicebot.records.retention import clear_rows
from voicebot.records.tables import CallRow

IN_CLEAR = (".wav", ".jsonl")
"""Endings of what is kept of calls in clear, where there is no memory beside them."""


def calls_of(memory: Memory, phone: str, accounts: Sequence[int] = ()) -> list[int]:
    """The numbers of the calls of this telephone number, the oldest first.

    With them those of callers without a number who were found to have one of these accounts.
    """
    his = CallRow.caller_digest.in_(memory.vault.phones(phone))
    hidden = CallRow.caller_digest.is_(None) & CallRow.customer_id.in_(accounts)
    with memory.database.reading() as session:
        return list(session.scalars(select(CallRow.id).where(his | hidden).order_by(CallRow.id)))


def export_person(memory: Memory, phone: str, accounts: Sequence[int] = ()) -> dict[str, Any]:
    """Everything that the memory holds of this number, as plain data in clear; recordings by name."""
    calls = []
    for number in calls_of(memory, phone, accounts):
        whole = memory.archive.call(number)
        if whole is not None:
            told = dataclasses.asdict(whole)
            told.pop("known")
            calls.append(told)
    return {"phone": phone, "calls": calls}


def export_recordings(memory: Memory, phone: str, folder: Path, accounts: Sequence[int] = ()) -> list[Path]:
    """The recordings of this number as WAV files in `folder`."""
    written = []
    for number in calls_of(memory, phone, accounts):
        whole = memory.archive.call(number)
        name = whole.summary.recording if whole is not None else None
        wav = memory.recordings.wav(name) if name else None
        if wav is not None and name is not None:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            path = folder / name.removesuffix(".sealed")
            path.write_bytes(wav)
            written.append(path)
    return written


def erase_person(
    memory: Memory, phone: str, journals: Path | None = None, accounts: Sequence[int] = ()
) -> int:
    """Remove every call of this number with its recording and journal; gives how many. Figures stay.

    `journals` is the folder of journals, and of recordings that were not put where they belong yet.
    """
    numbers = calls_of(memory, phone, accounts)
    with memory.database.writing() as session:
        rows = session.scalars(select(CallRow).where(CallRow.id.in_(numbers))).all()
        names = [row.name for row in rows]
        forget_lessons(session, numbers)
        clear_rows(memory, session, rows)
    if journals is not None:
        for name in names:
            remove_files(memory, journals, name)
    return len(names)


def remove_files(memory: Memory, folder: Path, call: str) -> None:
    """What lies in the folder of journals of a call: its journal, what is left of a recording, files in clear."""
    for plain in plain_names(memory.vault, call):
        for ending in (ENDING, *IN_CLEAR):
            (folder / f"{plain}{ending}").unlink(missing_ok=True)
        for part in folder.glob(f"{glob.escape(plain)}.*.part"):
            part.unlink(missing_ok=True)


def about_person(memory: Memory, phone: str) -> list[str]:
    """How the audit names somebody: by the digest of his number; with keys from before, by each."""
    return [f"person {digest}" for digest in memory.vault.phones(phone)]
