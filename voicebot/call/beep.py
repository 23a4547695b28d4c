"""The beep after which an answering machine records: one steady tone, and nothing beside it.

    line   ~~~speech~~~      ▂▇▇▇▇▇▇▇▂
    beep                         └ BEGAN (100 ms of it)  └ ENDED (40 ms without)

Looked for in the newest 40 ms, every 20 ms, as in any tone detector of a line card: the share of the power that lies
around the strongest frequency. Speech has harmonics and its pitch moves; a key of the telephone is two tones.
"""

from __future__ import annotations

from collections import deque
from enum import Enum

import numpy as np
import numpy.typing as npt

RATE = 8000
FRAME = 160
WINDOW = 2 * FRAME
BINS = 1024
HZ = RATE / BINS
LOWEST, HIGHEST = 380.0, 2300.0
AROUND_HZ = 55.0
"""Half the width of a tone in a Hann window of 40 ms."""
PURITY = 0.85
"""Around the tone must lie this share of all power over 200 Hz."""
STEADY_HZ = 5.0
"""The tone of a machine does not move; a hummed one does."""
QUIETEST = 10 ** (-45 / 20) * 32768
NEEDED = 5
"""Windows of 40 ms, each 20 ms after the other: 80 ms of tone at least, 120 at most."""
GONE = 2

_HANN = np.hanning(WINDOW)
_FREQUENCIES = np.fft.rfftfreq(BINS, 1 / RATE)
_HEARD = _FREQUENCIES >= 200
_Floats = npt.NDArray[np.float64]


class Beep(Enum):
    """A border of a beep."""

    BEGAN = "began"
    ENDED = "ended"


class BeepEar:
    """Listens to one line."""

    def __init__(self) -> None:
        self._before = bytes(2 * FRAME)
        self._tones: deque[float | None] = deque([None] * NEEDED, maxlen=NEEDED)
        self._hertz: float | None = None
        self._missed = 0

    @property
    def sounding(self) -> bool:
        """Is there a beep now?"""
        return self._hertz is not None

    def hear(self, frame: bytes) -> Beep | None:
        """Take 20 ms (320 bytes, 8 kHz, 16-bit); tells the border that it makes certain."""
        tone = tone_of(self._before + frame)
        self._before = frame
        self._tones.append(tone)
        return self._still(tone) if self._hertz is not None else self._new()

    def _still(self, tone: float | None) -> Beep | None:
        same = tone is not None and self._hertz is not None and abs(tone - self._hertz) <= STEADY_HZ
        self._missed = 0 if same else self._missed + 1
        if self._missed < GONE:
            return None
        self._hertz = None
        return Beep.ENDED

    def _new(self) -> Beep | None:
        tones = [tone for tone in self._tones if tone is not None]
        if len(tones) < NEEDED or max(tones) - min(tones) > STEADY_HZ:
            return None
        self._hertz, self._missed = tones[-1], 0
        return Beep.BEGAN


def tone_of(pcm: bytes) -> float | None:
    """The frequency (Hz) of the single tone that these 40 ms are, or None."""
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.float64)
    if samples.size != WINDOW or float(samples @ samples) < QUIETEST**2 * WINDOW:
        return None
    power: _Floats = np.abs(np.fft.rfft((samples - samples.mean()) * _HANN, BINS)) ** 2
    heard = np.where(_HEARD, power, 0.0)
    peak = int(np.argmax(heard))
    hertz = _FREQUENCIES[peak]
    if not LOWEST <= hertz <= HIGHEST:
        return None
    around = np.abs(_FREQUENCIES - hertz) <= AROUND_HZ
    if float(heard[around].sum()) < PURITY * float(heard.sum()):
        return None
    return _between(heard, peak)


def _between(power: _Floats, peak: int) -> float:
    """The top of the parabola through the strongest bin and its neighbours (Hz)."""
    left, top, right = np.log(power[peak - 1 : peak + 2] + 1.0)
    bend = left - 2 * top + right
    return float((peak + (0.5 * (left - right) / bend if bend else 0.0)) * HZ)
