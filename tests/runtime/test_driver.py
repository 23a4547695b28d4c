"""The inbox and the deadline; what each action does is shown by the tests of whole calls."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from voicebot.actions import Action, Conclude, Feed, Forget
from voicebot.events import Event, Heard, HungUp, Pressed, Woke
from voicebot.runtime.clock import SystemClock
from voicebot.runtime.driver import Driver, Engines
from voicebot.runtime.pacer import Pacer
from voicebot.runtime.recording import Recording
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


def test_an_error_of_the_call_ends_it_and_is_told_to_whoever_runs_it() -> None:
    class Broken(Scripted):
        def receive(self, event: Event) -> list[Action]:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        drive(Broken(None), (0.0, Pressed(0.0, "1")))


def test_an_error_of_one_line_ends_its_call_and_no_other() -> None:
    class Torn(Nobody):
        def play(self, frame: bytes | None) -> None:
            raise OSError

    async def run() -> list[object]:
        clock, workers = SystemClock(), Workers(1, "test")
        parts: Any = (None, None, None, workers, workers, workers, Pacer(clock), clock)
        lines = [Torn(), Nobody()]
        drivers = [Driver(Scripted(0.2), line, Engines(*parts), Nobody()) for line in lines]  # type: ignore[arg-type]
        async with asyncio.timeout(30):
            ended = await asyncio.gather(*(driver.run() for driver in drivers), return_exceptions=True)
        workers.close()
        return list(ended)

    torn, whole = asyncio.run(run())
    assert isinstance(torn, OSError)
    assert whole is None


def test_audio_for_an_utterance_that_has_failed_is_of_no_consequence() -> None:
    """The recogniser's failure is handled and, by the same event's actions, the old utterance still fed."""

    class Feeds(Scripted):
        def receive(self, event: Event) -> list[Action]:
            super().receive(event)
            return [Feed(7, bytes(320)), Conclude(7), Forget(7)]

    assert [type(event) for event in drive(Feeds(-1.0))] == [Woke]


def test_what_is_private_is_silence_in_the_recording_and_heard_all_the_same() -> None:
    class Asks(Scripted):
        @property
        def expecting(self) -> str | None:
            return "tail_number" if 2 <= len(self.seen) < 4 else "yes_no"

    async def run() -> tuple[list[Event], bytes]:
        clock, workers, call = SystemClock(), Workers(1, "test"), Asks(None)
        parts: Any = (None, None, None, workers, workers, workers, Pacer(clock), clock)
        recording = Recording(private=frozenset({"tail_number"}))
        driver = Driver(call, Nobody(), Engines(*parts), Nobody(), recording)  # type: ignore[arg-type]
        for number in range(6):
            driver.post(Heard(number / 50, b"\1\0" * 160))
        driver.post(HungUp(0.2, "caller"))
        await driver.run()
        workers.close()
        return call.seen, recording.caller.pcm

    seen, kept = asyncio.run(run())
    assert [event.pcm for event in seen if isinstance(event, Heard)] == [b"\1\0" * 160] * 6
    assert [kept[at : at + 320] == bytes(320) for at in range(0, 1920, 320)] == [
        False, False, True, True, False, False,
    ]  # fmt: skip
