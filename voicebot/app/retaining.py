"""Clearing what is too old, at the start and once a day."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from voicebot.errors import VoicebotError
from voicebot.records.audit import Deed
from voicebot.records.retention import Cleared, Terms, purge

if TYPE_CHECKING:
    from voicebot.config import Config
    from voicebot.records.memory import Memory

log = logging.getLogger(__name__)

A_DAY_S = 86_400.0


def clear(config: Config, memory: Memory, now: datetime, who: str) -> Cleared:
    """Clear what is older than the settings allow; what was cleared stands in the audit."""
    keep = config.privacy.keep
    terms = Terms(keep.recordings, keep.transcripts, keep.calls, keep.audit)
    gone = purge(memory, terms, now, config.path(config.recording.folder))
    if gone.any:
        counts = f"{gone.recordings} recordings, {gone.transcripts} transcripts, {gone.calls} calls, {gone.audit} audit"
        memory.audit.note(Deed(now, who, "purge", counts))
    return gone


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
