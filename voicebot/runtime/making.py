"""One text on its way to sound, part by part: what somebody waits for passes what is not to be heard yet.

    part 1 ▣ due now        part 2 ▢ due when part 1 has almost been heard        part 3 ▢ ...

A part that must be made takes half a second and more. If a speech were made in one go, a caller who waits for his
first word would wait for all of somebody else's last ones. So after each part the speech lets those pass that are due
before its next one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from voicebot.runtime.workers import Entry, Workers

BYTES_PER_S = 16_000
AHEAD_S = 1.0
"""So long before the sound runs out the next part is due: most parts are made in less."""
LIKELY_S = 0.15
"""What is prepared on speculation is wanted so much later."""


class Taker(Protocol):
    """Whoever the speech is made for; told in the loop's own thread."""

    def piece(self, pcm: bytes) -> None:
        """Some more of it."""
        ...

    def over(self, error: str | None) -> None:
        """That was all, or why there is no more."""
        ...


class Making:
    """Makes one text. What is made before anybody takes it is kept for who does."""

    def __init__(
        self,
        pieces: Callable[[], Iterator[bytes]],
        workers: Workers,
        now: Callable[[], float],
        later: Callable[[Callable[[], None]], None],
    ) -> None:
        """`pieces` begins to make it; `now` is the clock of `workers`; `later` does something in the loop's thread."""
        self._pieces = pieces
        self._rest: Iterator[bytes] | None = None
        self._workers = workers
        self._now = now
        self._later = later
        self._kept: list[bytes] = []
        self._over: tuple[str | None] | None = None
        self._taker: Taker | None = None
        self._entry: Entry | None = None
        self._made_s = 0.0
        self._wanted_at: float | None = None
        self._stopped = False
        self.begun: Callable[[], None] = lambda: None
        """Told in a worker's thread when the first part is begun."""
        self.first: Callable[[], None] = lambda: None
        """Told in a worker's thread when the first part is made."""

    @property
    def failed(self) -> bool:
        """Did it come to nothing?"""
        return self._over is not None and self._over[0] is not None

    def begin(self, *, likely: bool = False) -> bool:
        """Have it made: now, or `likely` to be wanted soon. False: too much waits."""
        now = self._now()
        self._wanted_at = None if likely else now
        self._entry = self._workers.enter(self._work, urgent=True, due=now + LIKELY_S * likely)
        return self._entry is not None

    def take(self, taker: Taker) -> None:
        """Tell it all to `taker`, from the beginning; it is wanted now."""
        self._wanted_at = self._now()
        self._taker = taker
        for pcm in self._kept:
            taker.piece(pcm)
        if self._over is not None:
            taker.over(*self._over)
        elif self._entry is not None:
            self._workers.hurry(self._entry, self._due)

    def stop(self) -> None:
        """Nothing more of it is wanted; the part that is being made is the last."""
        self._stopped = True
        self._taker = None

    @property
    def _due(self) -> float:
        """When the next part should be begun."""
        wanted_at = self._now() + LIKELY_S if self._wanted_at is None else self._wanted_at
        return wanted_at + max(0.0, self._made_s - AHEAD_S)

    # -- in a worker's thread ---------------------------------------------------------------------------------

    def _work(self) -> None:
        try:
            while not self._stopped:
                if not self._made_s:
                    self.begun()
                if not self._part():
                    return
                due = self._due
                if self._workers.anyone_before(due):
                    self._entry = self._workers.enter(self._work, urgent=True, always=True, due=due)
                    return
        except Exception as error:  # a voice may fail in any way; the call must know, and go on
            why = f"{type(error).__name__}: {error}"
            self._later(lambda: self._end(why))

    def _part(self) -> bool:
        if self._rest is None:
            self._rest = self._pieces()
        pcm = next(self._rest, None)
        if pcm is None:
            self._later(lambda: self._end(None))
            return False
        if not self._made_s:
            self.first()
        self._made_s += len(pcm) / BYTES_PER_S
        self._later(lambda: self._piece(pcm))
        return True

    # -- in the loop's ----------------------------------------------------------------------------------------

    def _piece(self, pcm: bytes) -> None:
        self._kept.append(pcm)
        if self._taker is not None:
            self._taker.piece(pcm)

    def _end(self, error: str | None) -> None:
        self._over = (error,)
        if self._taker is not None:
            self._taker.over(error)
