"""Frames in, the borders of speech out. Everything is counted in frames of 20 ms, never read from a clock.

    caller  ......▁▂▅▇▇▇▅▂▁......▂▅▇▅▂▁.........
    ear           └ STARTED      └ RESUMED
                            └ PAUSED (after pause_ms)  └ PAUSED

A voice activity detector alone takes street noise for speech. So a frame counts only when it also stands out
of the line's noise floor, which is followed by its minimum: down at once, up slowly. Once the caller has said
something, his own level is known, and who is far quieter is somebody behind him: that begins no turn, and hardly
prolongs one.

What the line sends back of the bot's own voice is nobody's: only the rest counts. While the bot speaks only a voice
with a pitch begins a turn, for that stops the bot.
"""

from __future__ import annotations

import math
from collections import deque
from enum import Enum

import numpy as np

from voicebot.call.echo import Echo
from voicebot.call.options import EarOptions
from voicebot.call.voicing import Insistence
from voicebot.ports import VadStream

FRAME_MS = 20
SILENT_DBFS = -96.0
LOWEST_FLOOR_DBFS = -65.0
"""Digital silence says nothing of the noise that comes with the next sound."""
LEARNT_FRAMES = 15
"""300 ms of speech tell how loud somebody is."""


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
        self._insistence = Insistence(options.insist_frames)
        self._echo = Echo()
        self._own: float | None = None
        self._power = 0.0
        self._loud_frames = 0
        self._speaking = False
        self._open = False
        self.silent_ms = 0
        self.voiced_ms = 0

    @property
    def insists(self) -> bool:
        """Does a voice want the word while the bot has it?"""
        return self._insistence.enough

    def hear(self, frame: bytes, sent: bytes = b"", *, guarded: bool = False) -> Border | None:
        """Take one frame of 20 ms (320 bytes); tells the border that it makes, if it makes one.

        `sent` is what went out to the caller since the frame before. `guarded`: the bot is speaking, and must not be
        stopped by what is no voice.
        """
        level = level_dbfs(frame)
        self._follow_floor(level)
        level = self._echo.rest_dbfs(frame, sent, level)
        speech = self._vad.voiced(frame) and level > self._gate(guarded)
        self._guard(frame, level, speech=speech, guarded=guarded)
        self._recent.append(speech)
        self._preroll.append(frame)
        self.silent_ms = 0 if speech else self.silent_ms + FRAME_MS
        if speech and self._speaking:
            self.voiced_ms += FRAME_MS
            self._power += 10 ** (level / 10)
            self._loud_frames += 1
        if self._speaking:
            return self._maybe_pause()
        return self._maybe_start(guarded)

    def learn(self) -> None:
        """What was heard since the turn began was the caller: so loud is he."""
        if self._loud_frames < LEARNT_FRAMES:
            return
        level = 10 * math.log10(self._power / self._loud_frames)
        self._own = level if self._own is None else (self._own + level) / 2

    def doubt(self) -> None:
        """Nobody was heard for long: perhaps he has moved away."""
        if self._own is not None:
            self._own -= self._options.doubt_db

    def was_nobody(self) -> None:
        """What was taken for somebody who wants the word was none: perhaps an echo that is new."""
        self._echo.forget()

    def _gate(self, guarded: bool) -> float:
        options = self._options
        gate = max(self._floor + options.gate_db, options.guarded_dbfs if guarded else options.quietest_dbfs)
        if self._own is None:
            return gate
        if guarded:
            return max(gate, self._own - options.own_guard_db)
        return max(gate, self._own - (options.own_keep_db if self._open else options.own_start_db))

    def _guard(self, frame: bytes, level: float, *, speech: bool, guarded: bool) -> None:
        if guarded:
            own, most = self._own, self._options.own_insist_db
            self._insistence.least_dbfs = None if own is None else own - most
            self._insistence.hear(frame, speech=speech, above_db=level - self._floor, dbfs=level)
        else:
            self._insistence.forget()

    def preroll(self) -> bytes:
        """The audio up to and with the newest frame that belongs to a speech that has just begun."""
        return b"".join(self._preroll)

    def settle(self) -> None:
        """The pause was the end: the next speech is a new one."""
        self._open = self._speaking = False
        self.voiced_ms = 0
        self._power, self._loud_frames = 0.0, 0
        self._recent.clear()
        self._insistence.forget()

    def _follow_floor(self, level: float) -> None:
        rise = self._options.floor_rise_db_per_s * FRAME_MS / 1000
        self._floor = max(min(level, self._floor + rise), LOWEST_FLOOR_DBFS)

    def _maybe_start(self, guarded: bool) -> Border | None:
        if not (self.insists if guarded else sum(self._recent) >= self._options.onset_frames):
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
