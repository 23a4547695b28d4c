"""The clerk: one thread that writes what calls tell, so that no call ever waits for the database.

Notes are taken in order. What waits is written together in one transaction: fifty calls that tell something at once
cost one commit, and a transaction that is cut off leaves nothing half-written. A database that cannot be reached is
tried again until it can; a note that cannot be written at all is dropped, told in the log, and holds up no other.
"""

from __future__ import annotations

import logging
import queue
import threading

from voicebot.errors import VoicebotError
from voicebot.records.notes import Note
from voicebot.records.vault import Vault
from voicebot.records.writing import Writing
from voicebot.store.database import Database

log = logging.getLogger(__name__)

AT_ONCE = 500
"""Notes that are written in one transaction, at most."""
MOST_WAITING = 50_000
"""More are not kept while the database cannot be reached."""
AGAIN_AFTER_S = 0.5


class Clerk:
    """Writes notes in the order in which they are told. `tell` never blocks and may be called from any thread."""

    def __init__(self, database: Database, vault: Vault, server: str | None = None) -> None:
        """`server` is the process whose calls these are."""
        self._database = database
        self._writing = Writing(vault, server)
        self._waiting: queue.SimpleQueue[Note | threading.Event | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self.lost = 0
        self._thread = threading.Thread(target=self._run, name="records", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Notes that are not written yet."""
        return self._waiting.qsize()

    def tell(self, note: Note) -> None:
        """Write this when its turn comes."""
        if self._waiting.qsize() >= MOST_WAITING:
            self._lose("too many are waiting")
            return
        self._waiting.put(note)

    def flush(self, timeout_s: float | None = None) -> bool:
        """Wait until everything that was told before is written; False when that took too long."""
        done = threading.Event()
        self._waiting.put(done)
        return done.wait(timeout_s)

    def close(self) -> None:
        """Write what is told, then end; a database that cannot be reached is tried once more only."""
        self._closing.set()
        self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        going = True
        while going:
            notes: list[Note] = []
            events: list[threading.Event] = []
            item = self._waiting.get()
            while True:
                if item is None:
                    going = False
                elif isinstance(item, threading.Event):
                    events.append(item)
                else:
                    notes.append(item)
                if not going or len(notes) >= AT_ONCE or self._waiting.empty():
                    break
                item = self._waiting.get()
            self._write_all(notes)
            for event in events:
                event.set()

    def _write_all(self, notes: list[Note]) -> None:
        if not notes:
            return
        try:
            self._write(notes)
        except VoicebotError:
            self._try_again(notes)
        except Exception:  # one of them is wrong in some way: the others shall not be lost with it
            self._writing.forget()
            self._one_by_one(notes)

    def _write(self, notes: list[Note]) -> None:
        with self._database.writing() as session:
            for note in notes:
                self._writing.write(session, note)

    def _try_again(self, notes: list[Note]) -> None:
        log.error("records wait for the database", extra={"calls": len(notes)})
        while True:
            self._writing.forget()
            closing = self._closing.wait(AGAIN_AFTER_S)
            try:
                self._write(notes)
            except VoicebotError:
                if closing:
                    for _ in notes:
                        self._lose("the database cannot be used")
                    return
            except Exception:  # see _write_all
                self._writing.forget()
                self._one_by_one(notes)
                return
            else:
                return

    def _one_by_one(self, notes: list[Note]) -> None:
        for note in notes:
            try:
                self._write([note])
            except Exception as error:  # whatever is wrong with it, it cannot be kept
                self._writing.forget()
                self._lose(type(error).__name__)

    def _lose(self, why: str) -> None:
        self.lost += 1
        log.error("record lost", extra={"why": why})
