"""The memory of this shop's calls: opened by the settings, and joined to the calls as they happen."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from voicebot.app.beating import Beating
from voicebot.errors import VoicebotError
from voicebot.records.attendance import BEAT_S, Attendance, Server, living
from voicebot.records.clerk import Clerk
from voicebot.records.journals import ENDING, SealedJournal
from voicebot.records.keeping import Keeping
from voicebot.records.keys import read_keys
from voicebot.records.memory import Lasting, Memory
from voicebot.records.notes import Recorded
from voicebot.records.recordings import FolderShelf, Shelf, plain_name, plain_names
from voicebot.records.tracks import Track, pieces
from voicebot.records.vault import Vault
from voicebot.records.writing import cut_off, mark_cut_off
from voicebot.runtime.deferred import Deferred
from voicebot.runtime.recording import Nowhere, Recording
from voicebot.runtime.workers import Lane, WorkerOptions, Workers

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from voicebot.config import Config
    from voicebot.runtime.driver import Driver, Observer
    from voicebot.telephony.reception import Ring

log = logging.getLogger(__name__)

SIDES = (".caller.part", ".bot.part")
OWNER = 8
"""So many digits of a server's name stand before the side in the name of a recording in the making."""


def open_memory(config: Config, url: str | None = None) -> Memory:
    """The memory that the settings name. Raises VoicebotError for a database or a key that cannot be used."""
    from voicebot.store.migrate import open_database

    vault = Vault(*read_keys(config.path(config.privacy.key_file)))
    lasting = Lasting(
        timedelta(minutes=config.console.idle_minutes), timedelta(hours=config.console.longest_hours)
    )
    return Memory(open_database(url or config.shop.database), vault, _shelf(config), lasting)


def _shelf(config: Config) -> Shelf:
    settings = config.privacy.bucket
    if not settings.endpoint:
        return FolderShelf(config.path(config.recording.folder))
    from voicebot.records.s3 import Bucket, BucketShelf

    told = (settings.endpoint, settings.name, settings.key_id, settings.secret)
    return BucketShelf(Bucket(*told, settings.region, settings.prefix))


def _alive(session: Session) -> set[str]:
    return {server.id for server in living(session)}


@dataclass(frozen=True)
class Parts:
    """Where recordings in the making and journals lie, and whether there are any of each."""

    folder: Path
    on: bool = True
    journals: bool = True
    private: frozenset[str] = frozenset()
    """What is asked for (expecting) without the caller's answer being recorded."""


class Remembering:
    """Joins live calls to the memory. `now` is the shop's time. To be closed after the last call."""

    def __init__(self, memory: Memory, parts: Parts, now: Callable[[], datetime]) -> None:
        self.memory = memory
        self.server = Server(key=memory.vault.key_name)
        self.clerk = Clerk(memory.database, memory.vault, self.server.id)
        self._parts = parts
        self._now = now
        self._keeping: dict[str, Keeping] = {}
        self._tracks: dict[str, tuple[list[Track], Lane]] = {}
        self._writing = Workers(1, "writing", WorkerOptions(nice=5))
        self._journals: dict[str, tuple[SealedJournal, Deferred]] = {}
        self._attendance = Attendance(memory.database)
        self._beating: Beating | None = None

    def tidy(self) -> list[tuple[str, datetime]]:
        """To be done before the first call: marks what was cut off, keeps what was recorded of it, and tells it.

        From then on, until `close`, others know that this server lives, and it looks after those that die elsewhere.
        """
        self._attendance.renew(self.server)
        cut = self._take_over()
        self._beating = Beating(self._beat, BEAT_S)
        return cut

    def _take_over(self) -> list[tuple[str, datetime]]:
        """Marks the calls of servers that died, and keeps what was recorded of them here."""
        with self.memory.database.writing() as session:
            cut = mark_cut_off(session, _alive)
        left = {path.name.removesuffix(side) for side in SIDES for path in self._left(side)}
        owners = {server.id[:OWNER] for server in self._attendance.living()} | {self.server.id[:OWNER]}
        names = {plain: name for name, _ in cut for plain in plain_names(self.memory.vault, name)}
        for stem in left:
            plain, _, owner = stem.rpartition(".")
            if owner not in owners:
                self._rescue(names.get(plain, plain), [self._parts.folder / (stem + side) for side in SIDES])
        self._attendance.bury()
        return cut

    def _beat(self) -> None:
        self._attendance.renew(self.server)
        with self.memory.database.reading() as session:
            dead = cut_off(session, _alive)
        if dead:
            log.warning("calls of another server were cut off", extra={"calls": len(self._take_over())})

    def _left(self, side: str) -> Iterator[Path]:
        return self._parts.folder.glob(f"*{side}")

    def close(self) -> None:
        """Write what was told. The database stays open."""
        self._writing.finish()
        self.clerk.close()
        if self._beating is not None:
            self._beating.close()
            with suppress(VoicebotError):  # its row is then taken for that of a dead one, which is true
                self._attendance.leave(self.server)

    def keeping(self, call: str) -> Keeping | None:
        """Who watches this call while it goes on: what a human says in it can be told there (`Keeping.said`)."""
        return self._keeping.get(call)

    # -- what the lobby asks for --------------------------------------------------------------------------------

    def observers(self, ring: Ring) -> Sequence[Observer]:
        """Whoever watches this call for the memory."""
        keeping = self._keeping[ring.call_id] = Keeping(ring, self._now, self.clerk.tell)
        if not self._parts.journals:
            return [keeping]
        header = {"call": ring.call_id, "line": ring.line, "at": self._now().isoformat()}
        path = self._path(ring.call_id, ENDING)
        recorded = self._parts.on and ring.line != "chat"
        journal = SealedJournal(path, header, self.memory.vault, recorded=recorded)
        deferred = Deferred(journal, self._writing.lane())
        self._journals[ring.call_id] = (journal, deferred)
        return [keeping, deferred]

    def recording(self, ring: Ring) -> Recording:
        """What this call is recorded in while it goes on: sealed files."""
        if not self._parts.on or ring.line == "chat":
            return Recording(Nowhere)
        sides, tracks, lane = iter(SIDES), list[Track](), self._writing.lane()
        self._tracks[ring.call_id] = (tracks, lane)

        def track() -> Track:
            path = self._path(ring.call_id, f".{self.server.id[:OWNER]}{next(sides)}")
            tracks.append(Track(path, self.memory.vault, lane.submit))
            return tracks[-1]

        return Recording(track, self._parts.private)

    def finished(self, workers: Workers) -> Callable[[Ring, Driver, BaseException | None], None]:
        """Hears of every call that is over; `workers` keep the recordings."""

        def over(ring: Ring, driver: Driver, error: BaseException | None) -> None:
            keeping = self._keeping.pop(ring.call_id, None)
            journal = self._journals.pop(ring.call_id, None)
            if keeping is not None:
                keeping.over(broken=error is not None)
            if journal is not None:
                sealed, deferred = journal
                deferred.over(sealed.close)
            _, lane = self._tracks.get(ring.call_id, ([], self._writing.lane()))
            lane.submit(lambda: keep(ring.call_id, driver.recording))

        def keep(call: str, recording: Recording) -> None:
            """When every piece is written; workers that are closed already leave it to this thread."""
            if not workers.submit(lambda: self._keep(call, recording)):
                self._keep(call, recording)

        return over

    # -- recordings ---------------------------------------------------------------------------------------------

    def _keep(self, call: str, recording: Recording) -> None:
        caller, bot = recording.sides()
        try:
            if caller:
                name = self.memory.recordings.keep(call, caller, bot)
                self.clerk.tell(Recorded(call, name))
        except Exception as error:  # the store may fail in any way: the pieces stay for the next start
            log.error("recording not kept", extra={"call": call, "why": type(error).__name__})
            for track in self._tracks.pop(call, ([], None))[0]:
                track.leave()
            return
        self._tracks.pop(call, None)
        recording.close()

    def _rescue(self, call: str, sides: list[Path]) -> None:
        """What was recorded of a call whose recording was not kept, up to its last second."""
        number = self.memory.archive.number(call)
        try:
            caller, bot = (b"".join(pieces(path, self.memory.vault)) for path in sides if path.is_file())
            if number is not None and (caller or bot):
                self.clerk.tell(Recorded(call, self.memory.recordings.keep(call, caller, bot)))
        except ValueError:
            log.warning("one side of a recording is lost", extra={"call": call})
        except VoicebotError as error:
            log.error("recording not kept", extra={"call": call, "why": str(error)})
            return
        for path in sides:
            path.unlink(missing_ok=True)

    def _path(self, call: str, ending: str) -> Path:
        return self._parts.folder / (plain_name(self.memory.vault, call) + ending)
