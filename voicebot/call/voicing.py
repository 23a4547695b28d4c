"""Is it a voice? A voice has a pitch: its waveform repeats every 2.5 to 14 ms. A cough, a breath, a street does not.

The normalised autocorrelation of windows of 40 ms, with its greatest value between 70 and 400 Hz (Rabiner 1977). A
telephone cuts the fundamental off, but the harmonics still repeat with it.
"""

from __future__ import annotations

from collections import deque

import numpy as np

RATE = 8000
WINDOW = 320
SHORTEST, LONGEST = RATE // 400, RATE // 70
OVERLAP = 1 - np.arange(SHORTEST, LONGEST, dtype=np.float32) / WINDOW
PERIODIC = 0.55
"""From this autocorrelation on a window repeats itself."""


LOUD_DB, LOUD_DBFS = 8.0, -34.0
"""So far above the line's noise, and so loud, a voice is near: less of it is evidence enough."""


def pitch(pcm: bytes) -> float:
    """How well 40 ms (8 kHz, 16-bit) repeat themselves, 0 to about 1; 0 for anything shorter."""
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.float32)
    if samples.size < WINDOW:
        return 0.0
    window = samples[-WINDOW:]
    spectrum = np.fft.rfft(window - window.mean(), 2 * WINDOW)
    correlation = np.fft.irfft(np.abs(spectrum) ** 2)[:LONGEST]
    return float((correlation[SHORTEST:] / OVERLAP).max() / max(correlation[0], 1.0))


class Insistence:
    """Does somebody's voice want the word? Frames with a pitch are counted: `frames` of the last twice as many.

    Of a voice that is loud, two thirds of that in half the time will do. Syllables of somebody behind the caller are as
    loud as his for a moment, but not all the time: where `least_dbfs` is known, the mean over the window must reach it.
    """

    def __init__(self, frames: int) -> None:
        self._frames = max(1, frames)
        self._before = b""
        self._voices: deque[bool] = deque(maxlen=2 * self._frames)
        self._loud: deque[bool] = deque(maxlen=self._frames)
        self._powers: deque[float] = deque(maxlen=2 * self._frames)
        self.least_dbfs: float | None = None

    def hear(self, frame: bytes, *, speech: bool, above_db: float, dbfs: float) -> None:
        """Take one frame of 20 ms: is it `speech`, how far above the noise, how loud?"""
        voice = speech and pitch(self._before + frame) >= PERIODIC
        self._before = frame
        self._voices.append(voice)
        self._loud.append(voice and above_db > LOUD_DB and dbfs > LOUD_DBFS)
        self._powers.append(10 ** (dbfs / 10) if voice else 0.0)

    @property
    def enough(self) -> bool:
        """Is there evidence enough?"""
        often = sum(self._voices) >= self._frames or sum(self._loud) * 3 >= self._frames * 2
        return often and self._near

    @property
    def _near(self) -> bool:
        """Is it as loud as the caller, taken together?"""
        least = self.least_dbfs
        return least is None or sum(self._powers) >= 2 * self._frames * 10 ** (least / 10)

    def forget(self) -> None:
        """What was heard counts for nothing."""
        self._voices.clear()
        self._loud.clear()
        self._powers.clear()
