"""Frames in, the borders of speech out. Everything is counted in frames of 20 ms, never read from a clock.

    caller  ......▁▂▅▇▇▇▅▂▁......▂▅▇▅▂▁.........
    ear           └ STARTED      └ RESUMED
                            └ PAUSED (after pause_ms)  └ PAUSED

A voice activity detector alone takes street noise for speech. So a frame counts only when it also stands out
of the line's noise floor, which is followed by its minimum: down at once, up slowly.
"""

from __future__ import annotations

import math
from collections import deque
from enum import Enum

import numpy as np

from voicebot.call.options import EarOptions
from voicebot.ports import VadStream

FRAME_MS = 20
SILENT_DBFS = -96.0
LOWEST_FLOOR_DBFS = -65.0
"""Digital silence says nothing of the noise that comes with the next sound."""


class Border(Enum):
    """A border of speech: it began, it paused, or it went on after a pause."""

    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"


class Ear:
    """Finds where speech begins and pauses in one call's audio."""

    def __init__(self, vad: VadStream, options: EarOptions) -> None:
        self._vad = vad
        self._options = options
        self._floor = 0.0
        self._recent: deque[bool] = deque(maxlen=options.onset_window)
        self._preroll: deque[bytes] = deque(maxlen=options.preroll_ms // FRAME_MS)
        self._speaking = False
        self._open = False
        self.silent_ms = 0
        self.voiced_ms = 0

    def hear(self, frame: bytes, *, guarded: bool = False) -> Border | None:
        """Take one frame of 20 ms (320 bytes); tells the border that it makes, if it makes one.

        `guarded`: the bot is speaking, and must not be stopped by what is hardly louder than the line's noise.
        """
        speech = self.is_speech(frame, self._options.gate_db + self._options.guard_db * guarded)
        self._recent.append(speech)
        self._preroll.append(frame)
        self.silent_ms = 0 if speech else self.silent_ms + FRAME_MS
        if speech and self._speaking:
            self.voiced_ms += FRAME_MS
        if self._speaking:
            return self._maybe_pause()
        return self._maybe_start()

    def is_speech(self, frame: bytes, gate_db: float) -> bool:
        """Voice that stands out of the noise floor by so much."""
        level = level_dbfs(frame)
        self._follow_floor(level)
        loud = level > max(self._floor + gate_db, self._options.quietest_dbfs)
        return self._vad.voiced(frame) and loud

    def preroll(self) -> bytes:
        """The audio up to and with the newest frame that belongs to a speech that has just begun."""
        return b"".join(self._preroll)

    def settle(self) -> None:
        """The pause was the end: the next speech is a new one."""
        self._open = self._speaking = False
        self.voiced_ms = 0
        self._recent.clear()

    def _follow_floor(self, level: float) -> None:
        rise = self._options.floor_rise_db_per_s * FRAME_MS / 1000
        self._floor = max(min(level, self._floor + rise), LOWEST_FLOOR_DBFS)

    def _maybe_start(self) -> Border | None:
        if sum(self._recent) < self._options.onset_frames:
            return None
        border = Border.RESUMED if self._open else Border.STARTED
        self._speaking = self._open = True
        self.voiced_ms += sum(self._recent) * FRAME_MS
        return border

    def _maybe_pause(self) -> Border | None:
        if self.silent_ms < self._options.pause_ms:
            return None
        self._speaking = False
        self._recent.clear()
        return Border.PAUSED


def level_dbfs(frame: bytes) -> float:
    """The root-mean-square level of 16-bit audio in dB relative to full scale; silence is -96."""
    samples = np.frombuffer(frame, dtype="<i2").astype(np.float32)
    power = float(np.dot(samples, samples)) / max(len(samples), 1)
    return 10 * math.log10(power / 32768**2) if power > 0.3 else SILENT_DBFS
