"""From one sampling rate to another on a live line, where every millisecond of delay is one of the answer.

A windowed sinc, evaluated at the fractional positions of the new samples (a polyphase filter): 12 periods of the lower
rate to each side, 1.5 ms of delay. A resampler that works on blocks of its own keeps 40 to 150 ms inside.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil, gcd

import numpy as np
import numpy.typing as npt

from voicebot.audio import to_pcm, to_samples

_SIDE = 12
_PASS = 0.88
"""Of half the lower rate; what is above fades out until half of it is reached."""

_Floats = npt.NDArray[np.float32]


@lru_cache(maxsize=16)
def _phases(from_rate: int, to_rate: int) -> _Floats:
    """A row of weights for each fraction of an input sample that a new sample may stand at."""
    count = to_rate // gcd(from_rate, to_rate)
    side = _side(from_rate, to_rate)
    offsets = np.arange(1 - side, side + 1)[None, :] - np.arange(count)[:, None] / count
    cutoff = _PASS * min(1.0, to_rate / from_rate)
    window = np.cos(np.pi / 2 * np.clip(offsets / side, -1, 1)) ** 2
    weights = cutoff * np.sinc(cutoff * offsets) * window
    rows: _Floats = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    return rows


def _side(from_rate: int, to_rate: int) -> int:
    return ceil(_SIDE * max(1.0, from_rate / to_rate))


class Converter:
    """16-bit mono at one rate in, at another out, in pieces of any size."""

    def __init__(self, from_rate: int, to_rate: int) -> None:
        divisor = gcd(from_rate, to_rate)
        self._step, self._count = from_rate // divisor, to_rate // divisor
        self._same = from_rate == to_rate
        self._side = _side(from_rate, to_rate)
        self._weights = _phases(from_rate, to_rate)
        self._held = np.zeros(self._side - 1, dtype=np.float32)
        self._next = (self._side - 1) * self._count
        """Where the next new sample stands in what is held, in parts of an input sample."""

    def convert(self, pcm: bytes) -> bytes:
        """Whole samples in; the new samples that can be told by now."""
        if self._same:
            return pcm
        held = self._held = np.concatenate([self._held, to_samples(pcm).astype(np.float32)])
        last = (len(held) - self._side) * self._count - 1
        positions = np.arange(self._next, last + 1, self._step)
        if not positions.size:
            return b""
        whole, part = np.divmod(positions, self._count)
        windows = np.lib.stride_tricks.sliding_window_view(held, 2 * self._side)
        out = np.einsum("ij,ij->i", windows[whole - self._side + 1], self._weights[part])
        following = int(positions[-1]) + self._step
        spent = min(following // self._count - self._side + 1, len(held))
        self._held, self._next = held[spent:], following - spent * self._count
        return to_pcm(out)
