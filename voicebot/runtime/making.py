"""One text on its way to sound, part by part: what somebody waits for passes what is not to be heard yet.

    steps ──► a part that is there  ─────────────────────────────► piece     in the threads that read
         └──► a part to be made ──► due when the sound runs out ──► piece    in the threads that make

A part that must be made takes half a second and more. If a speech were made in one go, a caller who waits for his
first word would wait for all of somebody else's last ones; and what was said before would wait for what is new. So
parts are made one by one, the one first whose sound is wanted first; and what is there waits for none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from voicebot.runtime.workers import Entry, Workers

BYTES_PER_S = 16_000
AHEAD_S = 1.0
"""So long before the sound runs out the next part is due: most parts are made in less."""
LIKELY_S = 0.15
"""What is prepared on speculation is wanted so much later."""

Step = bytes | Callable[[], bytes]
"""A part that is there, or what makes it."""


@dataclass(frozen=True, slots=True)
class Hands:
    """Who works for speeches: threads that `read` texts and fetch what is there, and others that `make` parts.

    `now` is the clock of both; `later` does something in the loop's own thread.
    """

    read: Workers
    make: Workers
    now: Callable[[], float]
    later: Callable[[Callable[[], None]], None]


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

    def __init__(self, steps: Callable[[], Iterator[Step]], hands: Hands) -> None:
        """`steps` reads the text; an Iterator of whole pieces of sound will do as well."""
        self._steps = steps
        self._rest: Iterator[Step] | None = None
        self._make: Callable[[], bytes] | None = None
        self._hands = hands
        self._kept: list[bytes] = []
        self._over: tuple[str | None] | None = None
        self._taker: Taker | None = None
        self._place: tuple[Workers, Entry] | None = None
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
        now = self._hands.now()
        self._wanted_at = None if likely else now
        entry = self._hands.read.enter(self._read, urgent=True, due=now + LIKELY_S * likely)
        if entry is not None and self._place is None:
            self._place = (self._hands.read, entry)
        return entry is not None

    def take(self, taker: Taker) -> None:
        """Tell it all to `taker`, from the beginning; it is wanted now."""
        self._wanted_at = self._hands.now()
        self._taker = taker
        for pcm in self._kept:
            taker.piece(pcm)
        if self._over is not None:
            taker.over(*self._over)
        elif self._place is not None:
            workers, entry = self._place
            workers.hurry(entry, self._due)

    def stop(self) -> None:
        """Nothing more of it is wanted; the part that is being made is the last."""
        self._stopped = True
        self._taker = None

    @property
    def _due(self) -> float:
        """When the next part should be begun: `AHEAD_S` before the sound of those before it runs out."""
        wanted_at = self._hands.now() + LIKELY_S if self._wanted_at is None else self._wanted_at
        return wanted_at + max(0.0, self._made_s - AHEAD_S)

    # -- in a worker's thread ---------------------------------------------------------------------------------

    def _read(self) -> None:
        """Go on with what is there, as far as the next part that must be made."""
        self.begun()
        self._guarded(self._go_on)

    def _make_part(self) -> None:
        if not self._made_s:
            self.begun()
        self._guarded(self._made)

    def _guarded(self, job: Callable[[], None]) -> None:
        if self._stopped:
            return
        try:
            job()
        except Exception as error:  # a voice may fail in any way; the call must know, and go on
            why = f"{type(error).__name__}: {error}"
            self._hands.later(lambda: self._end(why))

    def _made(self) -> None:
        if self._make is not None:
            self._give(self._make())
        self._go_on()

    def _go_on(self) -> None:
        if self._rest is None:
            self._rest = self._steps()
        while not self._stopped:
            step = next(self._rest, None)
            if step is None:
                self._hands.later(lambda: self._end(None))
                return
            if isinstance(step, bytes):
                self._give(step)
                continue
            self._make, make = step, self._hands.make
            entry = make.enter(self._make_part, urgent=True, always=True, due=self._due)
            self._place = (make, entry) if entry is not None else None
            return

    def _give(self, pcm: bytes) -> None:
        if not pcm:
            return
        if not self._made_s:
            self.first()
        self._made_s += len(pcm) / BYTES_PER_S
        self._hands.later(lambda: self._piece(pcm))

    # -- in the loop's ----------------------------------------------------------------------------------------

    def _piece(self, pcm: bytes) -> None:
        self._kept.append(pcm)
        if self._taker is not None:
            self._taker.piece(pcm)

    def _end(self, error: str | None) -> None:
        self._over = (error,)
        if self._taker is not None:
            self._taker.over(error)
