"""An event loop that knows for how long it was busy: nobody was served meanwhile.

    select ──────► callback callback callback ──────► select
      waits       └────────── a block ──────────┘      waits

The loop asks its selector once in every round; between two questions it runs what was ready. So the selector is where
a block can be measured whole, whatever caused it: callbacks, a wait for the interpreter's lock, or a busy machine.
"""

from __future__ import annotations

import asyncio
import selectors
import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

from voicebot.runtime.clock import Clock, SystemClock

LONG_S = 0.005
"""From here on a block is counted as too long."""
SWITCH_S = 0.001
"""So long at most a thread keeps the interpreter's lock while the loop wants it; Python's own is five times that."""

Result = TypeVar("Result")


class Blocks:
    """How long the loop was busy at a time."""

    def __init__(self) -> None:
        self.rounds = 0
        self.too_long = 0
        self.busy_s = 0.0
        self.longest_s = 0.0
        self._newest_longest_s = 0.0

    def add(self, seconds: float) -> None:
        """One round of the loop."""
        self.rounds += 1
        self.busy_s += seconds
        if seconds > LONG_S:
            self.too_long += 1
        if seconds > self._newest_longest_s:
            self._newest_longest_s = seconds
            self.longest_s = max(self.longest_s, seconds)

    def newest_longest_s(self) -> float:
        """The longest block since this was asked before, in seconds."""
        longest, self._newest_longest_s = self._newest_longest_s, 0.0
        return longest


class WatchedSelector(selectors.DefaultSelector):
    """Measures the time between a selection's end and the next one's beginning."""

    def __init__(self, blocks: Blocks, clock: Clock) -> None:
        super().__init__()
        self._blocks = blocks
        self._now = clock.now
        self._back: float | None = None

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """As the selector below; asked by the loop once a round."""
        if self._back is not None:
            self._blocks.add(self._now() - self._back)
        found = super().select(timeout)
        self._back = self._now()
        return found


def run_watched(main: Coroutine[Any, Any, Result], blocks: Blocks) -> Result:
    """As asyncio.run, in a loop whose blocks are measured, and with a lock that threads give up soon."""
    sys.setswitchinterval(SWITCH_S)

    def loop() -> asyncio.AbstractEventLoop:
        return asyncio.SelectorEventLoop(WatchedSelector(blocks, SystemClock()))

    with asyncio.Runner(loop_factory=loop) as runner:
        return runner.run(main)
