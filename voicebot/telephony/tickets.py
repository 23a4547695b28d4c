"""One-time tokens: something is put away under a name that cannot be guessed, and taken out once, in time."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Tickets(Generic[Thing]):
    """At most `most` tickets of `lasting_s` seconds each; the oldest goes first."""

    def __init__(self, now: Callable[[], float], lasting_s: float = 60.0, most: int = 1000) -> None:
        self._now = now
        self._lasting_s = lasting_s
        self._most = most
        self._things: dict[str, tuple[float, Thing]] = {}

    def give(self, thing: Thing, name: str | None = None) -> str:
        """A ticket for this thing, with a random name if none is given."""
        self._tidy()
        while len(self._things) >= self._most:
            self._things.pop(next(iter(self._things)))
        name = name or secrets.token_urlsafe(24)
        self._things[name] = self._now() + self._lasting_s, thing
        return name

    def take(self, name: str) -> Thing | None:
        """The thing of a ticket that is known and not too old; the ticket is worth nothing afterwards."""
        self._tidy()
        found = self._things.pop(name, None)
        return None if found is None else found[1]

    def _tidy(self) -> None:
        now = self._now()
        while self._things and next(iter(self._things.values()))[0] <= now:
            self._things.pop(next(iter(self._things)))
