"""Another key for what is sealed: begun, carried out and ended, whatever happens in between.

1. The new key is written before the one that holds. From now on every start of the program has both.
2. Servers that began before that have only the old one: they are named, and must be restarted.
3. Everything is sealed anew; calls go on meanwhile.
4. When nothing is left that the old key opens, it is taken away.

Whoever is interrupted anywhere begins again, and goes on where he was.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from voicebot.errors import VoicebotError
from voicebot.records.attendance import Attendance
from voicebot.records.audit import Deed
from voicebot.records.keys import alone, begin_change, end_change, given_keys
from voicebot.records.rotation import Resealed, Told, left, reseal
from voicebot.records.vault import BEFORE, ENVIRONMENT

if TYPE_CHECKING:
    from datetime import datetime

    from voicebot.config import Config
    from voicebot.records.memory import Memory

AGAIN = "then run `voicebot privacy rotate` again"


def rotate(config: Config, url: str | None, now: datetime, told: Told) -> Resealed:
    """Seal everything with a new key. Raises VoicebotError for what must be done by others first."""
    file = config.path(config.privacy.key_file)
    given = given_keys()
    with _lock(file, bool(given)):
        _begin(file, len(given))
        return _carry_out(config, url, now, told, None if given else file)


def _lock(file: Path, given: bool) -> AbstractContextManager[None]:
    return nullcontext() if given else alone(file)


def _begin(file: Path, given: int) -> None:
    if given == 1:
        raise VoicebotError(
            f"the key is taken from {ENVIRONMENT}: give that the new key (openssl rand -hex 32) and {BEFORE} the one "
            f"that holds now, for this command and for the servers, restart these, {AGAIN}"
        )
    if not given:
        begin_change(file)


def _carry_out(config: Config, url: str | None, now: datetime, told: Told, file: Path | None) -> Resealed:
    from voicebot.app.memory import open_memory

    memory, folder = open_memory(config, url), config.path(config.recording.folder)
    try:
        _all_have_it(memory)
        done = reseal(memory, folder, told)
        _all_have_it(memory)
        if left(memory, folder):
            raise VoicebotError(f"something was sealed with the old key meanwhile; {AGAIN}")
        if file is not None:
            end_change(file)
        memory.audit.note(Deed(now, "command line", "rotate", f"key {memory.vault.key_name}"))
        return done
    finally:
        memory.database.close()


def _all_have_it(memory: Memory) -> None:
    """Raises VoicebotError when a server seals with another key than the present one."""
    living = Attendance(memory.database).living()
    others = [str(one.pid) for one in living if one.key != memory.vault.key_name]
    if others:
        raise VoicebotError(
            f"{len(others)} server(s) (process {', '.join(others)}) know the old key only; restart them, {AGAIN}"
        )
