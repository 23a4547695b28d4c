"""How much of what comes in is the bot's own voice, sent back by the line?

    sent    ▁▅▇▅▁▁▃▇▇▃▁▁         what the bot sent, in bands, for the last half second
    heard      ▁▃▅▃▁▁▂▅▅▂▁▁      its echo: later, weaker, of the same shape
               └ delay

An echo is never weaker than what was sent, times what the line returns. So for each delay and each band the least
ratio that was seen between the two bounds what the line can return: where the bot spoke and nothing came back, nothing
can. What is heard counts as echo as far as some delay's bound explains it; the rest is somebody's. No waveform is
compared, so that codecs, jitter and loudspeakers do no harm, and nothing has to converge: a word of the bot's bounds
every wrong delay.

A caller who speaks at the same time only adds to what is heard. The bounds rise slowly, for lines change. To follow
minima is how noise is estimated, too (Martin 2001, minimum statistics). Bands at the edges of the telephone's are left
out: what a line returns changes too much within them.
"""

from __future__ import annotations

import math
from collections import deque
from itertools import pairwise

import numpy as np
import numpy.typing as npt

FRAME_BYTES = 320
SILENCE = bytes(FRAME_BYTES)
WINDOW = 320
EDGES_HZ = (350, 550, 750, 1000, 1300, 1700, 2200, 2800)
BANDS = len(EDGES_HZ) - 1
DELAYS = 26
"""An echo comes back within 500 ms and a frame."""
MOST_RETURNED = 10 ** (-6 / 10)
"""A line returns less than this share of the power: all that is known before the bot has spoken."""
LEAST_RETURNED = 10 ** (-60 / 10)
RISE = 10 ** (0.06 / 10)
"""So much a bound rises in a frame in which the bot was heard: 3 dB in a second."""
STEP, FALL = 0.3, 10 ** (-2 / 10)
"""So far a bound goes towards a lesser ratio, and at most 2 dB in a frame: what comes back may have holes."""
MARGIN = 10 ** (5 / 10)
"""What is heard may exceed what the bound explains by so much and still be echo."""
HIDDEN = 10 ** (10 / 10)
"""An echo of less than that above the least that was heard lately is hidden in the noise: it explains nothing."""
AUDIBLE = 10 ** (-62 / 10)
"""Of a band in which the bot sent less than that nothing can be learnt."""
SILENT_DB = -96.0

_Floats = npt.NDArray[np.float64]
_HANN = np.hanning(WINDOW)


def _weights() -> _Floats:
    """Of each frequency in each band, so that the sum is power relative to full scale."""
    hertz = np.fft.rfftfreq(WINDOW, 1 / 8000)
    inside = [np.logical_and(hertz >= low, hertz < high) for low, high in pairwise(EDGES_HZ)]
    scale = 2 / (float(_HANN @ _HANN) * WINDOW * 32768.0**2)
    return np.array(inside, dtype=np.float64).T * scale


_WEIGHTS = _weights()


class Place:
    """Which of the frames that were sent belongs to the moment of the frame that is heard?

    Both go on in steps of 20 ms, but arrive in bursts. The one that was heard soonest after it was sent sets the
    measure; where the line has lost time since, it is set anew.
    """

    def __init__(self) -> None:
        self._behind = 0
        self._recent: deque[int] = deque(maxlen=100)

    def hear(self, sent: int) -> tuple[int, int]:
        """One frame is heard, and so many were sent since the one before: how far behind the newest it is, and how
        many frames the measure has moved."""
        self._behind = max(0, self._behind + sent - 1)
        self._recent.append(self._behind)
        lost = min(self._recent) if len(self._recent) == self._recent.maxlen else 0
        moved = max(lost, self._behind - DELAYS)
        if moved:
            self._behind -= moved
            self._recent.clear()
        return self._behind, moved


class Echo:
    """Of one call."""

    def __init__(self) -> None:
        self._place = Place()
        self._sent = np.zeros((2 * DELAYS + 2, BANDS))
        """Power in each band, the newest frame first."""
        self._heard = np.zeros(BANDS)
        self._noise = np.full(BANDS, np.inf)
        """The least that was heard in each band lately."""
        self._sent_before = self._heard_before = SILENCE
        self._bounds = np.full((DELAYS, BANDS), MOST_RETURNED)

    def forget(self) -> None:
        """What was learnt is wrong: the line has changed."""
        self._bounds[:] = MOST_RETURNED

    def rest_dbfs(self, frame: bytes, sent: bytes, dbfs: float) -> float:
        """How loud is what is no echo in this frame of 20 ms? `dbfs` is how loud it is as a whole, `sent` all that
        the bot sent since the frame before: no, one, or several frames."""
        for start in range(0, len(sent), FRAME_BYTES):
            self._send(sent[start : start + FRAME_BYTES])
        behind, moved = self._place.hear(len(sent) // FRAME_BYTES)
        if moved:
            self._shift(moved)
        before, self._heard_before = self._heard_before, frame
        window = self._sent[behind : behind + DELAYS + 1]
        if window.max() < AUDIBLE:
            return dbfs
        heard = _powers(before + frame)
        self._learn(np.maximum(heard, self._heard), np.minimum(window[:-1], window[1:]))
        self._heard = heard
        self._noise = np.minimum(heard, self._noise * RISE)
        most = (np.maximum(window[:-1], window[1:]) * self._bounds).max(axis=0)
        explained = np.where(most > HIDDEN * self._noise, MARGIN * most, 0.0)
        whole, rest = float(heard.sum()), float(np.maximum(heard - explained, 0.0).sum())
        return dbfs + 10 * math.log10(rest / whole) if rest > whole * 1e-9 else SILENT_DB

    def _send(self, frame: bytes) -> None:
        self._sent[1:] = self._sent[:-1]
        silent = frame == SILENCE and self._sent_before == SILENCE
        self._sent[0] = 0.0 if silent else _powers(self._sent_before + frame)
        self._sent_before = frame

    def _shift(self, frames: int) -> None:
        """All delays are longer by so much than they were taken for."""
        self._bounds[frames:] = self._bounds[:-frames]
        self._bounds[:frames] = MOST_RETURNED

    def _learn(self, heard: _Floats, least: _Floats) -> None:
        """The bot has sent at least this much, for each delay; so much of it can have come back, and no more."""
        told = least > AUDIBLE
        ratio = np.maximum(heard / np.maximum(least, AUDIBLE), LEAST_RETURNED)
        lower = self._bounds * np.maximum((ratio / self._bounds) ** STEP, FALL)
        learnt = np.where(ratio < self._bounds, lower, np.minimum(self._bounds * RISE, MOST_RETURNED))
        self._bounds = np.where(told, learnt, self._bounds)


def _powers(pcm: bytes) -> _Floats:
    """The power of 40 ms in each band, relative to full scale."""
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.float64)
    spectrum = np.fft.rfft(samples * _HANN)
    powers: _Floats = (spectrum.real**2 + spectrum.imag**2) @ _WEIGHTS
    return powers
