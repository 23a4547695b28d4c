"""Clearing what is too old, at the start and once a day; and what campaigns have to forget of their calls."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from voicebot.app.clearing import clear_contacts, clear_done, clear_speech, clear_tickets
from voicebot.errors import VoicebotError
from voicebot.outbound.retention import Removing, longest_recordings
from voicebot.records.audit import Deed
from voicebot.records.recordings import plain_name
from voicebot.records.retention import Cleared, Terms, clear_recordings, clear_words, journal_of, purge
from voicebot.records.tables import CallRow

if TYPE_CHECKING:
    from voicebot.config import Config
    from voicebot.records.memory import Memory

log = logging.getLogger(__name__)

A_DAY_S = 86_400.0
IN_CLEAR = (".wav", ".jsonl")


def clear(config: Config, memory: Memory, now: datetime, who: str) -> Cleared:
    """Clear what is older than the settings allow; what was cleared stands in the audit.

    Nothing goes before the time that the law of a campaign has it kept.
    """
    keep, least = config.privacy.keep, longest_recordings(memory.database)
    terms = Terms(
        max(least, keep.recordings), max(least, keep.transcripts), max(least, keep.calls), keep.audit
    )
    gone = purge(memory, terms, now, config.path(config.recording.folder))
    gone = _clear_more(config, memory, now, gone)
    if gone.any:
        counts = ", ".join(f"{count} {name}" for name, count in asdict(gone).items())
        memory.audit.note(Deed(now, who, "purge", counts))
    return gone


def _clear_more(config: Config, memory: Memory, now: datetime, gone: Cleared) -> Cleared:
    """What the memory does not know of: tickets, contacts, cached speech."""
    from voicebot.tts.voices import cache_folder

    keep = config.privacy.keep
    clear_done(memory.database, now)
    contacts = datetime.now(UTC) - timedelta(days=keep.contacts)
    speech = time.time() - timedelta(days=keep.recordings).total_seconds()
    return replace(
        gone,
        tickets=clear_tickets(memory.database, now - timedelta(days=keep.tickets)),
        contacts=clear_contacts(memory.database, contacts),
        speech=clear_speech(cache_folder(), speech),
    )


def removing(memory: Memory, folder: Path) -> Removing:
    """Removes recordings, journals (in `folder`) and words of calls, sealed or in clear; their rows stay."""

    def remove(names: Sequence[str]) -> int:
        with memory.database.writing() as session:
            rows = session.scalars(select(CallRow).where(CallRow.name.in_(names))).all()
            found = {row.name for row in rows if row.recording is not None}
            clear_recordings(memory, session, rows)
            clear_words(session, rows)
        found |= {name for name in names if _remove_files(memory, folder, name)}
        return len(found)

    return remove


def _remove_files(memory: Memory, folder: Path, call: str) -> bool:
    """The journal of a call, and what `voicebot` keeps in clear where there is no memory; True where there was any."""
    plain = folder / plain_name(memory.vault, call)
    paths = [journal_of(memory, folder, call), *(plain.with_name(plain.name + one) for one in IN_CLEAR)]
    there = [path for path in paths if path.is_file()]
    for path in there:
        path.unlink(missing_ok=True)
    return bool(there)


class Retaining:
    """A thread that clears what is too old, now and then every day, until it is closed."""

    def __init__(
        self, config: Config, memory: Memory, now: Callable[[], datetime], every_s: float = A_DAY_S
    ) -> None:
        self._config, self._memory, self._now = config, memory, now
        self._every_s = every_s
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="retaining", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Clear nothing more."""
        self._closing.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                clear(self._config, self._memory, self._now(), "server")
            except VoicebotError as error:
                log.error("nothing cleared", extra={"why": str(error)})
            if self._closing.wait(self._every_s):
                return
