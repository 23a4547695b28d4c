"""What both sides of a call share: the moment, what is waited for, who has the floor, and what is asked for."""

from __future__ import annotations

from typing import Any

from voicebot.actions import Action, Record
from voicebot.call.timers import Timers
from voicebot.call.turns import Floor, Signal, move


class Course:
    """How one call stands."""

    def __init__(self) -> None:
        self.at = 0.0
        self.timers = Timers()
        self.floor = Floor.NOBODY
        self._actions: list[Action] = []

    def ask(self, *actions: Action) -> None:
        """The call wants these done, in this order."""
        self._actions += actions

    def record(self, kind: str, **data: Any) -> None:
        """Keep this fact about the call."""
        self._actions.append(Record(kind, data))

    def take(self) -> list[Action]:
        """All that was asked for since the last time."""
        actions, self._actions = self._actions, []
        return actions

    def wait(self, name: str, ms: float) -> None:
        """Wait for `name`, `ms` from now at most."""
        self.timers.set(name, self.at + ms / 1000)

    def move(self, signal: Signal) -> None:
        """The floor goes on."""
        self.floor = move(self.floor, signal)
