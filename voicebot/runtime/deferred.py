"""An observer that hears of a call a little later, in a thread: who writes or seals has no place in the loop."""

from __future__ import annotations

from collections.abc import Callable

from voicebot.actions import Action
from voicebot.events import Event
from voicebot.runtime.engines import Observer
from voicebot.runtime.workers import Lane

MOST = 50
"""So many events are told at once: a second of a call, or less of one in which much happens."""

_Told = tuple[Event, list[Action], int | None, bool]


class Deferred:
    """Implements Observer for another: tells it the same, in order, in a lane of worker threads."""

    def __init__(self, observer: Observer, lane: Lane) -> None:
        self._observer = observer
        self._lane = lane
        self._waiting: list[_Told] = []

    @property
    def wants_frames(self) -> bool:
        """As the other does."""
        return bool(getattr(self._observer, "wants_frames", True))

    def happened(self, event: Event, actions: list[Action], place: int | None, speech: bool) -> None:
        """Keep it until there is enough."""
        self._waiting.append((event, actions, place, speech))
        if len(self._waiting) >= MOST:
            self._pass_on()

    def over(self, then: Callable[[], None]) -> None:
        """Nothing more happens: tell the rest, and then do this."""
        self._pass_on()
        self._lane.submit(then)

    def _pass_on(self) -> None:
        waiting, self._waiting = self._waiting, []

        def tell() -> None:
            for told in waiting:
                self._observer.happened(*told)

        self._lane.submit(tell)
