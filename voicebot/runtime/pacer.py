"""One absolute schedule of 20 ms for every line of the process.

A sleep of 20 ms after each frame drifts by whatever the loop was late; so the n-th tick is due at start + n * 20 ms,
and ticks that were missed are made up for at once. Hundreds of lines do not speak in the same millisecond: they are
spread over the 20 ms, so that the loop is free for others after each handful.

    slot    0   1   2   3   4   0   1 ...
    ms      0   4   8  12  16  20  24
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from voicebot.runtime.clock import Clock

FRAME_S = 0.02
SLOTS = 5
REMEMBERED = 5000
"""The lateness of so many slots is kept: the last 20 seconds of many lines."""

Tick = Callable[[float], None]


class Pacer:
    """Calls every registered tick 50 times a second, on average exactly, as long as there is one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._slots: list[dict[Tick, None]] = [{} for _ in range(SLOTS)]
        self._place: dict[Tick, int] = {}
        self._task: asyncio.Task[None] | None = None
        self._late: deque[float] = deque(maxlen=REMEMBERED)
        self.worst_late_s = 0.0

    @property
    def ticks(self) -> int:
        """How many are called."""
        return len(self._place)

    def late_s(self, share: float) -> float:
        """So late at most came this share (0..1) of the newest frames, in seconds."""
        ranked = sorted(self._late)
        return ranked[min(len(ranked) - 1, int(share * len(ranked)))] if ranked else 0.0

    def add(self, tick: Tick) -> None:
        """Begin to call `tick(due)`; `due` is the moment on the schedule, in seconds of the clock."""
        if tick in self._place:
            return
        place = min(range(SLOTS), key=lambda slot: len(self._slots[slot]))
        self._slots[place][tick] = None
        self._place[tick] = place
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run(), name="pacer")

    def remove(self, tick: Tick) -> None:
        """Call it no longer."""
        place = self._place.pop(tick, None)
        if place is not None:
            self._slots[place].pop(tick, None)

    async def _run(self) -> None:
        start, step = self._clock.now(), 0
        while self._place:
            slot = self._slots[step % SLOTS]
            due = start + step * FRAME_S / SLOTS
            step += 1
            if not slot:
                continue
            wait = due - self._clock.now()
            await asyncio.sleep(max(0.0, wait))
            self._was_late(self._clock.now() - due)
            for tick in list(slot):
                tick(due)

    def _was_late(self, late: float) -> None:
        self._late.append(late)
        self.worst_late_s = max(self.worst_late_s, late)
