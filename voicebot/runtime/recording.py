"""Both sides of a call on one timeline: the caller left, the bot right."""

from __future__ import annotations

from collections.abc import Callable, Collection
from io import BytesIO
from typing import Protocol

SAMPLE_BYTES = 2
RATE = 8000


class Keeper(Protocol):
    """A file, or what behaves like one."""

    def write(self, data: bytes, /) -> int:
        """Append."""
        ...

    def read(self) -> bytes:
        """From the current place to the end."""
        ...

    def seek(self, place: int, /) -> int:
        """Go to a place."""
        ...

    def close(self) -> None:
        """Nothing more is wanted."""
        ...


class Nowhere:
    """Keeps nothing, for calls that are not recorded."""

    def write(self, data: bytes, /) -> int:
        """Forget it."""
        return len(data)

    def read(self) -> bytes:
        """Nothing."""
        return b""

    def seek(self, place: int, /) -> int:
        """There is only one place."""
        return 0

    def close(self) -> None:
        """Nothing to give back."""


class Track:
    """One side, 8 kHz, 16-bit; gaps are silence."""

    def __init__(self, keeper: Keeper | None = None) -> None:
        self._keeper = keeper or BytesIO()
        self._samples = 0

    def add(self, at: float, pcm: bytes) -> int:
        """Put audio at `at` seconds, or after what is there; returns its place in samples."""
        place = max(round(at * RATE) // 160 * 160, self._samples)
        if place > self._samples:
            self._keeper.write(bytes((place - self._samples) * SAMPLE_BYTES))
        self._keeper.write(pcm)
        self._samples = place + len(pcm) // SAMPLE_BYTES
        return place

    @property
    def pcm(self) -> bytes:
        """All of it so far."""
        self._keeper.seek(0)
        return self._keeper.read()

    def close(self) -> None:
        """Give back what it was kept in."""
        self._keeper.close()


class Recording:
    """A stereo recording in the making; in memory unless `keeper` makes files, or Nowhere.

    While one of `private` is asked for (names of what is expected), the caller's side is silence.
    """

    def __init__(
        self, keeper: Callable[[], Keeper] = BytesIO, private: Collection[str | None] = frozenset()
    ) -> None:
        self.private = private
        self.caller = Track(keeper())
        self.bot = Track(keeper())

    def sides(self) -> tuple[bytes, bytes]:
        """Caller and bot, padded to the same length."""
        left, right = self.caller.pcm, self.bot.pcm
        size = max(len(left), len(right))
        return left.ljust(size, b"\0"), right.ljust(size, b"\0")

    def close(self) -> None:
        """Give back what it was kept in."""
        self.caller.close()
        self.bot.close()
