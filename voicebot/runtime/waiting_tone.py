"""What a caller hears between sentences while he waits for a human: a quiet ringing tone.

    sentence ── 1 s ── ring 1 s ── 4 s ── ring 1 s ── 4 s ── ...

The ringing tone of Chinese networks, 450 Hz and one second in five (ITU-T E.180, Supplement 2), at -30 dBFS: far below
a voice.
"""

from __future__ import annotations

import math
import struct

RATE = 8000
FRAME = 160
PITCH_HZ = 450
LEVEL = 10 ** (-30 / 20)
PAUSE, RING, EVERY = 50, 50, 250
"""Frames of 20 ms: silence after a sentence, the ring, from one ring to the next."""


def _ring() -> tuple[bytes, ...]:
    """One second, in frames; it swells and fades within 20 ms, so that it does not click."""
    count = RING * FRAME
    edges = (min(1.0, n / FRAME, (count - n) / FRAME) for n in range(count))
    wave = [
        round(32767 * LEVEL * edge * math.sin(2 * math.pi * PITCH_HZ * n / RATE))
        for n, edge in enumerate(edges)
    ]
    return tuple(struct.pack(f"<{FRAME}h", *wave[start : start + FRAME]) for start in range(0, count, FRAME))


_RING = _ring()


class WaitingTone:
    """The tone of one call."""

    def __init__(self) -> None:
        self._silent = 0

    def spoken(self) -> None:
        """Somebody speaks: the tone begins anew after it."""
        self._silent = 0

    def frame(self) -> bytes | None:
        """The next 20 ms of silence, with the tone where it is due."""
        place = self._silent - PAUSE
        self._silent += 1
        return _RING[place % EVERY] if place >= 0 and place % EVERY < RING else None
