"""Both sides of a call on one timeline: the caller left, the bot right."""

from __future__ import annotations

SAMPLE_BYTES = 2
RATE = 8000


class Track:
    """One side, 8 kHz, 16-bit; gaps are silence."""

    def __init__(self) -> None:
        self._audio = bytearray()

    def add(self, at: float, pcm: bytes) -> int:
        """Put audio at `at` seconds, or after what is there; returns its place in samples."""
        place = max(round(at * RATE) // 160 * 160, len(self._audio) // SAMPLE_BYTES)
        self._audio.extend(bytes(place * SAMPLE_BYTES - len(self._audio)))
        self._audio.extend(pcm)
        return place

    @property
    def pcm(self) -> bytes:
        """All of it so far."""
        return bytes(self._audio)


class Recording:
    """A stereo recording in the making."""

    def __init__(self) -> None:
        self.caller = Track()
        self.bot = Track()

    def sides(self) -> tuple[bytes, bytes]:
        """Caller and bot, padded to the same length."""
        left, right = self.caller.pcm, self.bot.pcm
        size = max(len(left), len(right))
        return left.ljust(size, b"\0"), right.ljust(size, b"\0")
