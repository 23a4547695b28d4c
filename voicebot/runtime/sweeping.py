"""When the garbage of a process that carries calls is collected: between calls, not in the middle of them.

Python looks through everything that it has made whenever enough of it is new; of what a hotline has loaded that takes a
tenth of a second and more, in which no call hears or says anything. So what was loaded before the first call is
left out for good, the young are looked through often, as ever, and the old when nobody calls.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable

from voicebot.runtime.clock import Clock

LOOK_S = 30.0
LONGEST_S = 3600.0
"""Where somebody always calls, the old are looked through so seldom."""
YOUNG, MIDDLE, NEVER = 700, 10, 1_000_000


def settle() -> None:
    """What was loaded stays, and the old are looked through only when `Sweeper` says so."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, NEVER)


class Sweeper:
    """Collects garbage when nobody calls. `calls` tells how many do."""

    def __init__(self, calls: Callable[[], int], clock: Clock) -> None:
        self._calls = calls
        self._now = clock.now
        self._swept = clock.now()
        self._idle = True
        """Was nobody there the last time, so that nothing has changed?"""

    async def run(self) -> None:
        """Look now and then, for ever."""
        while True:
            await asyncio.sleep(LOOK_S)
            self.look()

    def look(self) -> bool:
        """Sweep if it is time; tells whether it was."""
        idle, now = self._calls() == 0, self._now()
        due = (idle and not self._idle) or now - self._swept >= LONGEST_S
        self._idle = idle
        if due:
            gc.collect()
            self._swept = now
        return due
