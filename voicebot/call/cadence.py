"""The rhythm in which somebody answers, counted in frames of 20 ms: how long he speaks, how long he is silent.

    answered ......▆▆▆▆..▆▆▆▆▆▆▆▆▆▆▆▆..........
             first_ms  └──── span_ms ──┘ silent_ms

Others may talk near the telephone. What is much quieter than the loudest voice of this answer is theirs; and when a
voice comes that is much louder than all before, what was before was theirs.
"""

from __future__ import annotations

FRAME_MS = 20
NEAR_DB = 15.0
"""A speaker's own syllables are not farther than this below his loudest, but for moments."""
SETTLE = 0.4
"""How quickly the loudness of a frame counts: a crack of the line is no voice."""


class Cadence:
    """Counts one answer: `first_ms` is when its first voice began, `span_ms` runs from there to the end of the last."""

    def __init__(self) -> None:
        self.first_ms: int | None = None
        self.silent_ms = 0
        self.heard_ms = 0
        self._last_ms = 0
        self._level = self._loudest = -96.0

    @property
    def span_ms(self) -> int:
        """From the beginning of the first voice to the end of the last, pauses and all."""
        return 0 if self.first_ms is None else self._last_ms - self.first_ms

    def hear(self, speech: bool, level_dbfs: float) -> None:
        """20 ms more, so loud, with speech in them or without."""
        self.heard_ms += FRAME_MS
        self._level += SETTLE * (level_dbfs - self._level)
        if not speech or not self._near():
            self.silent_ms += FRAME_MS
            return
        if self.first_ms is None:
            self.first_ms = self.heard_ms - FRAME_MS
        self.silent_ms, self._last_ms = 0, self.heard_ms

    def _near(self) -> bool:
        if self.first_ms is not None and self._level > self._loudest + NEAR_DB:
            self.first_ms = None
        self._loudest = max(self._loudest, self._level)
        return self._level > self._loudest - NEAR_DB
