"""Keys that come only as tones in the audio: found frame by frame, and not in speech.

A key is two tones at once, one of four low and one of four high frequencies (ITU-T Q.23); the Goertzel algorithm gives
the power at each of the eight. Speech can hit two of them for a moment, so a key counts only when, for two frames of
20 ms on end,

- the pair holds nearly all the power of the frame (a voice has its power in many places),
- each tone stands far above the others of its group, and they are nearly equally strong (twist; ITU-T Q.24),
- the frame's second half is like its first (a voice moves),

and it counts once, until two frames have been without it.

    tone      ────────────────┐           ┌────────
    frames    . 5 5 5 5 5 5 . .           . 5 5
    told          5                           5
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

ROWS = (697, 770, 852, 941)
COLUMNS = (1209, 1336, 1477, 1633)
KEYPAD = ("123A", "456B", "789C", "*0#D")
RATE = 8000
SAMPLES = 160

QUIETEST = 10 ** (-40 / 20) * 32768
"""A pair that is weaker than 40 dB below full scale is no key."""
PURITY = 0.80
"""The least share of the frame's power that lies in the pair."""
OTHERS = 10 ** (-9 / 10)
"""The most power of another frequency of the group, as a share of the strongest."""
TWIST = 10 ** (9 / 10), 10 ** (5 / 10)
"""The high tone may be so much weaker than the low one, or so much stronger. Q.24 leaves it to the country; lines and
codecs take more from the high tones."""
STEADY = 10 ** (3 / 10)
"""The most that the pair's power may differ between the halves of a frame."""
NEEDED = 2
GONE = 2

_Floats = npt.NDArray[np.float64]


_OFF = (0.989, 1.0, 1.011)
"""A frame is short, and a telephone's frequencies may be off by 1.5 %: each is looked for at three places."""
_HALF = SAMPLES // 2


def _waves(start: int, count: int) -> npt.NDArray[np.complex128]:
    """For each of the 8 frequencies and 3 places a turning pointer: its product with samples is what Goertzel's
    recursion computes."""
    hertz = np.outer((*ROWS, *COLUMNS), _OFF).reshape(-1, 1)
    times = np.arange(start, start + count) / RATE
    waves: npt.NDArray[np.complex128] = np.exp(-2j * math.pi * hertz * times)
    return waves


_FIRST, _SECOND = _waves(0, _HALF), _waves(_HALF, _HALF)


class ToneEar:
    """Listens to one caller."""

    def __init__(self) -> None:
        self._candidate: str | None = None
        self._seen = 0
        self._held: str | None = None
        self._missed = 0

    def hear(self, frame: bytes) -> str | None:
        """The key that this frame of 20 ms (8 kHz, 16-bit) makes certain; None: none, or one that was told."""
        key = key_of(frame)
        if self._held is not None:
            self._missed = 0 if key == self._held else self._missed + 1
            if self._missed >= GONE:
                self._held = None
        self._seen = self._seen + 1 if key is not None and key == self._candidate else int(key is not None)
        self._candidate = key
        if key is None or self._seen < NEEDED or key == self._held:
            return None
        self._held, self._missed = key, 0
        return key

    @property
    def sounding(self) -> bool:
        """Is a key being held now, or does it seem to begin? Its tone is no speech."""
        return self._held is not None or self._candidate is not None


def key_of(frame: bytes) -> str | None:
    """The key whose pair of tones this frame is; None: it is none."""
    samples = np.frombuffer(frame, dtype="<i2").astype(np.float64)
    if samples.size != SAMPLES:
        return None
    total = float(samples @ samples)
    if total < QUIETEST**2 * SAMPLES / 2:
        return None
    first, second = _FIRST @ samples[:_HALF], _SECOND @ samples[_HALF:]
    power: _Floats = (np.abs(first + second) ** 2).reshape(8, 3).max(axis=1)
    low, high = int(np.argmax(power[:4])), 4 + int(np.argmax(power[4:]))
    pair = power[low] + power[high]
    if pair * 2 / SAMPLES < PURITY * total or not _alone(power, low, high):
        return None
    if not 1 / TWIST[0] <= power[high] / power[low] <= TWIST[1]:
        return None
    middle = [1 + 3 * low, 1 + 3 * high]
    halves = [float(np.sum(np.abs(half[middle]) ** 2)) for half in (first, second)]
    if max(halves) > STEADY * min(halves):
        return None
    return KEYPAD[low][high - 4]


def _alone(power: _Floats, low: int, high: int) -> bool:
    others_low = np.delete(power[:4], low).max()
    others_high = np.delete(power[4:], high - 4).max()
    return bool(others_low <= OTHERS * power[low] and others_high <= OTHERS * power[high])
