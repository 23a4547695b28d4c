"""A line that sends back what the bot says: weaker, later, and without the edges of its band."""

from __future__ import annotations

from functools import cache

import numpy as np

from benchmarks._barge_in_sounds import PROMPT, Signal, band, levelled, spoken
from voicebot.audio import FRAME_BYTES, RATE, to_pcm, to_samples
from voicebot.replay.line import through_codec

LOSSES_DB = (12, 20, 26, 32)
DELAYS_MS = (20, 55, 130, 210, 333, 400)
VOICES = ("zf_xiaoxiao", "zm_yunxi")
SENT_DBFS = -18.0
FRAME = FRAME_BYTES // 2


@cache
def prompt(voice: str) -> bytes:
    """What the bot says, over and over, at its level."""
    return levelled(spoken(voice, PROMPT), SENT_DBFS)


class Returning:
    """One line. No `loss_db`: it sends nothing back."""

    def __init__(self, said: bytes, loss_db: int | None = None, delay_ms: int = 0) -> None:
        said = said[: len(said) // FRAME_BYTES * FRAME_BYTES]
        self._said = said
        self._gain = 0.0 if loss_db is None else 10 ** (-loss_db / 20)
        self._delay = delay_ms * RATE // 1000
        self._place = 0
        self._out: Signal = np.zeros(self._delay + FRAME)
        self._back = band(to_samples(said).astype(np.float64), 300, 3000)

    def begin(self, start_ms: int) -> None:
        """The bot says it from here on."""
        self._place = start_ms * RATE // 1000 // FRAME * FRAME

    def send(self, speaks: bool) -> bytes:
        """The next 20 ms of the bot."""
        frame, back = bytes(FRAME_BYTES), np.zeros(FRAME)
        if speaks:
            start = self._place % (len(self._said) // 2)
            frame, back = self._said[2 * start : 2 * (start + FRAME)], self._back[start : start + FRAME]
            self._place += FRAME
        self._out = np.concatenate((self._out[FRAME:], back))
        return frame

    def add_echo(self, frame: bytes) -> bytes:
        """This frame with what comes back by now, through the codec."""
        if not self._gain:
            return frame
        return through_codec(to_pcm(to_samples(frame) + self._gain * self._out[:FRAME]), "alaw")
