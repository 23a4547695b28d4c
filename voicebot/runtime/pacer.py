"""One absolute schedule of 20 ms for every line of the process.

A sleep of 20 ms after each frame drifts by whatever the loop was late; so the n-th tick is due at start + n * 20 ms,
and ticks that were missed are made up for at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from voicebot.runtime.clock import Clock

FRAME_S = 0.02


class Pacer:
    """Calls every registered tick 50 times a second, on average exactly, as long as there is one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ticks: dict[Callable[[float], None], None] = {}
        self._task: asyncio.Task[None] | None = None
        self.worst_late_s = 0.0

    def add(self, tick: Callable[[float], None]) -> None:
        """Begin to call `tick(due)`; `due` is the moment on the schedule, in seconds of the clock."""
        self._ticks[tick] = None
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run(), name="pacer")

    def remove(self, tick: Callable[[float], None]) -> None:
        """Call it no longer."""
        self._ticks.pop(tick, None)

    async def _run(self) -> None:
        due = self._clock.now()
        while self._ticks:
            for tick in list(self._ticks):
                tick(due)
            due += FRAME_S
            wait = due - self._clock.now()
            self.worst_late_s = max(self.worst_late_s, -wait)
            await asyncio.sleep(max(0.0, wait))
