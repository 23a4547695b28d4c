"""Something that is done again and again in a thread of its own, beside the calls."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from voicebot.errors import VoicebotError

log = logging.getLogger(__name__)


class Beating:
    """Does `job` every `every_s` seconds until it is closed; what it could not do is in the log, and tried again."""

    def __init__(
        self, job: Callable[[], None], every_s: float, failed: str = "this server's row is not renewed"
    ) -> None:
        """`failed` is what the log says when it cannot be done."""
        self._job = job
        self._failed = failed
        self._every_s = every_s
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="beating", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Not again."""
        self._closing.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closing.wait(self._every_s):
            try:
                self._job()
            except VoicebotError as error:
                log.error(self._failed, extra={"why": str(error)})
