"""The inbox and the deadline; what each action does is shown by the tests of whole calls."""

from __future__ import annotations

import asyncio
from typing import Any

from voicebot.actions import Action
from voicebot.events import Event, HungUp, Pressed, Woke
from voicebot.runtime.clock import SystemClock
from voicebot.runtime.driver import Driver, Engines
from voicebot.runtime.pacer import Pacer
from voicebot.runtime.workers import Workers


class Scripted:
    """A call that waits for `deadlines` one after another, and is over when they are used up or somebody hangs up."""

    def __init__(self, *deadlines: float | None) -> None:
        self._deadlines = [*deadlines]
        self.seen: list[Event] = []
        self.over, self.hears_speech = False, False

    @property
    def deadline(self) -> float | None:
        return self._deadlines[0] if self._deadlines else None

    def receive(self, event: Event) -> list[Action]:
        self.seen.append(event)
        if isinstance(event, Woke):
            self._deadlines.pop(0)
        self.over = isinstance(event, HungUp) or not self._deadlines
        return []


class Nobody:
    """Implements Line and Observer by doing nothing."""

    def play(self, frame: bytes | None) -> None: ...
    def clear(self) -> None: ...
    def transfer(self, to: str, story: Any) -> None: ...
    def hang_up(self) -> None: ...
    def happened(self, *_: Any) -> None: ...


def drive(call: Scripted, *events: tuple[float, Event]) -> list[Event]:
    """Run the call; post each event so many seconds after its beginning."""

    async def run() -> None:
        clock, workers = SystemClock(), Workers(1, "test")
        parts: Any = (None, None, None, workers, workers, workers, Pacer(clock), clock)
        driver = Driver(call, Nobody(), Engines(*parts), Nobody())  # type: ignore[arg-type]
        for after, event in events:
            asyncio.get_running_loop().call_later(after, driver.post, event)
        async with asyncio.timeout(30):
            await driver.run()
        workers.close()

    asyncio.run(run())
    return call.seen


def test_a_deadline_wakes_the_call_not_before_its_time() -> None:
    first, second = drive(Scripted(0.02, 0.05))
    assert isinstance(first, Woke)
    assert first.at >= 0.02
    assert isinstance(second, Woke)
    assert second.at >= 0.05


def test_a_deadline_that_has_passed_wakes_it_at_once() -> None:
    assert [type(event) for event in drive(Scripted(-1.0))] == [Woke]


def test_events_come_in_the_order_in_which_they_were_posted() -> None:
    keys = [Pressed(0.0, key) for key in "123"]
    seen = drive(Scripted(None), *((0.01, key) for key in keys), (0.02, HungUp(0.02, "caller")))
    assert seen == [*keys, HungUp(0.02, "caller")]


def test_an_event_before_the_deadline_does_not_lose_it() -> None:
    seen = drive(Scripted(0.05), (0.01, Pressed(0.01, "1")))
    assert [type(event) for event in seen] == [Pressed, Woke]
