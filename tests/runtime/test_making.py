"""Speeches made side by side, a part at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial

from voicebot.runtime.clock import SystemClock
from voicebot.runtime.making import Hands, Making
from voicebot.runtime.workers import WorkerOptions, Workers

SECOND = bytes(16_000)


class Ear:
    """Implements Taker."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.error: str | None = "not over"
        self.ended = threading.Event()

    def piece(self, pcm: bytes) -> None:
        self.pieces.append(pcm)

    def over(self, error: str | None) -> None:
        self.error = error
        self.ended.set()


class Stand:
    """A thread that reads and one that makes, and everything that is made in its order."""

    def __init__(self, most: int = 100) -> None:
        self.order: list[str] = []
        self.read, self.make = Workers(1, "read", WorkerOptions(most=most)), Workers(1, "make")
        self.hands = Hands(self.read, self.make, SystemClock().now, _at_once)
        self._reading, self._making = Gate(self.read), Gate(self.make)

    def making(self, name: str, parts: int, audio: bytes = SECOND * 3, there: int = 0) -> Making:
        """Of `parts` parts the first `there` were made before."""

        def made(number: int) -> bytes:
            self.order.append(f"{name}{number}")
            return audio

        def steps() -> Iterator[bytes | Callable[[], bytes]]:
            yield from [audio] * there
            yield from (partial(made, number) for number in range(there, parts))

        return Making(steps, self.hands)

    def open(self) -> None:
        """Let what waits be read, and when that is done, be made."""
        self._reading.open()
        self.read.finish()
        self._making.open()
        self.make.finish()


class Gate:
    """Keeps the only thread of a pool busy until it is opened."""

    def __init__(self, workers: Workers) -> None:
        self._open = threading.Event()
        begun = threading.Event()
        workers.submit(lambda: (begun.set(), self._open.wait(10)))
        assert begun.wait(10)

    def open(self) -> None:
        self._open.set()


def _at_once(then: Callable[[], None]) -> None:
    then()


def test_a_first_part_passes_what_is_not_to_be_heard_yet() -> None:
    stand, ear, other = Stand(), Ear(), Ear()
    long, short = stand.making("long", 3), stand.making("short", 1)
    assert long.begin()
    assert short.begin()
    long.take(ear)
    short.take(other)
    stand.open()
    assert stand.order == ["long0", "short0", "long1", "long2"]
    assert ear.pieces == [SECOND * 3] * 3
    assert (ear.error, other.error) == (None, None)


def test_a_speech_whose_sound_runs_out_soon_is_not_held_up_by_one_with_plenty() -> None:
    stand = Stand()
    plenty, little = stand.making("plenty", 3, SECOND * 9), stand.making("little", 3, SECOND)
    plenty.begin()
    little.begin()
    stand.open()
    assert stand.order == ["plenty0", "little0", "little1", "little2", "plenty1", "plenty2"]


def test_what_is_likely_comes_after_what_is_wanted_and_is_wanted_when_it_is_taken() -> None:
    stand, ear = Stand(), Ear()
    likely, wanted, late = stand.making("likely", 1), stand.making("wanted", 1), stand.making("late", 1)
    likely.begin(likely=True)
    late.begin(likely=True)
    wanted.begin()
    late.take(ear)
    stand.open()
    assert stand.order == ["wanted0", "late0", "likely0"]


def test_who_takes_it_late_hears_it_from_the_beginning() -> None:
    stand, ear = Stand(), Ear()
    making = stand.making("a", 2)
    making.begin(likely=True)
    stand.open()
    making.take(ear)
    assert ear.pieces == [SECOND * 3] * 2
    assert ear.error is None
    assert stand.order == ["a0", "a1"], "nothing is made twice"


def test_nothing_more_is_made_of_what_was_stopped() -> None:
    stand, ear = Stand(), Ear()
    making = stand.making("a", 2)
    making.begin()
    making.take(ear)
    making.stop()
    stand.open()
    assert stand.order == []
    assert not ear.ended.is_set()


def test_why_there_is_no_more_is_told() -> None:
    stand, ear = Stand(), Ear()

    def broken() -> Iterator[bytes]:
        yield SECOND
        raise OSError("no voice")

    making = Making(broken, stand.hands)
    making.begin()
    making.take(ear)
    stand.open()
    assert ear.pieces == [SECOND]
    assert ear.error == "OSError: no voice"
    assert making.failed


def test_a_voice_that_cannot_even_begin_fails() -> None:
    stand, ear = Stand(), Ear()

    def fail() -> bytes:
        raise OSError("no voice")

    making = Making(lambda: iter([fail]), stand.hands)
    making.begin()
    making.take(ear)
    stand.open()
    assert making.failed


def test_what_is_there_waits_for_nothing_that_is_made() -> None:
    stand, ear = Stand(), Ear()
    busy, there = stand.making("busy", 5), stand.making("there", 2, there=2)
    busy.begin()
    there.begin()
    there.take(ear)
    stand._reading.open()
    stand.read.finish()
    assert ear.ended.is_set(), "nothing was made yet"
    assert ear.pieces == [SECOND * 3] * 2
    busy.stop()
    stand.open()


def test_too_much_waits() -> None:
    stand = Stand(most=1)
    assert stand.making("a", 1).begin()
    assert not stand.making("b", 1).begin()
    stand.open()


def test_the_first_part_is_timed() -> None:
    stand, moments = Stand(), []
    making = stand.making("a", 2)
    making.begun, making.first = lambda: moments.append("begun"), lambda: moments.append("first")
    making.begin()
    stand.open()
    assert moments == ["begun", "begun", "first"], "read, then made"
