"""What all calls of a process share, who watches a call, and where its events go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from voicebot.actions import Action
from voicebot.events import Event
from voicebot.ports import Recognizer, Shop, Synthesizer
from voicebot.runtime.clock import Clock
from voicebot.runtime.pacer import Pacer
from voicebot.runtime.workers import Workers


@dataclass(frozen=True, slots=True)
class Engines:
    """What all calls of a process share.

    What is to be said is read in the threads of `speaking`, and what of it must be made in those of `making`; None:
    in the same ones.
    """

    recognizer: Recognizer
    synthesizer: Synthesizer
    shop: Shop
    hearing: Workers
    speaking: Workers
    looking: Workers
    pacer: Pacer
    clock: Clock
    making: Workers | None = None


class Observer(Protocol):
    """Whoever wants to know what happens: the journal, the live view, the tester.

    One whose `wants_frames` is False is not told of frames in which nothing happens, fifty in a second.
    """

    def happened(self, event: Event, actions: list[Action], place: int | None, speech: bool) -> None:
        """An event and its actions. Of a Heard: its place in the recording, and whether it was speech."""
        ...


class Inbox(Protocol):
    """One call's inbox, as those see it who work for the call."""

    @property
    def at(self) -> float:
        """Seconds since the call began; from any thread."""
        ...

    def post(self, event: Event) -> None:
        """Put an event in; from the loop's own thread."""
        ...

    def later(self, then: Callable[[], None]) -> None:
        """Do this in the loop's own thread; from any other."""
        ...
