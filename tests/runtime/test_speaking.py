"""What a call says, as it is made, played, missed, and dropped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

from voicebot.actions import Prepare, Say
from voicebot.events import Event, Played, SynthesisFailed, Synthesized
from voicebot.runtime.clock import SystemClock
from voicebot.runtime.recording import Recording
from voicebot.runtime.speaking import MUTE_S, Speaking
from voicebot.runtime.stages import Stages
from voicebot.runtime.workers import WorkerOptions, Workers

FRAME = b"\1\0" * 160


class Inbox:
    """Everything in the test's own thread, when it is asked for."""

    at = 1.0

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._later: list[Callable[[], None]] = []
        self.came = threading.Event()

    def post(self, event: Event) -> None:
        self.events.append(event)

    def later(self, then: Callable[[], None]) -> None:
        self._later.append(then)
        self.came.set()

    def turn(self) -> None:
        waiting, self._later = self._later, []
        for then in waiting:
            then()


class Line:
    def __init__(self) -> None:
        self.frames: list[bytes | None] = []

    def play(self, frame: bytes | None) -> None:
        self.frames.append(frame)

    def clear(self) -> None: ...


class Voice:
    """Says two frames for each text, and waits before the second of a text that is told to."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.go_on = threading.Event()

    def synthesize(self, text: str) -> Iterator[bytes]:
        self.said.append(text)
        yield FRAME
        if text == "slow":
            self.go_on.wait(10)
        yield FRAME


class Stand:
    def __init__(self, most: int = 100) -> None:
        self.voice, self.inbox, self.line = Voice(), Inbox(), Line()
        self.workers = Workers(1, "test", WorkerOptions(most=most))
        engines: Any = SimpleNamespace(
            synthesizer=self.voice, speaking=self.workers, making=None, clock=SystemClock()
        )
        self.stages = Stages()
        self.recording = Recording()
        self.speaking = Speaking(engines, self.line, self.recording, self.inbox, self.stages)  # type: ignore[arg-type]

    def made(self) -> None:
        """Let everything be made that waits."""
        done = threading.Event()
        self.workers.submit(done.set)
        assert done.wait(10)
        self.inbox.turn()

    def play(self, frames: int) -> None:
        for number in range(frames):
            self.speaking.play(2.0 + number / 50)


def test_what_is_said_is_played_recorded_and_told() -> None:
    stand = Stand()
    stand.speaking.say(Say(1, "您好"))
    stand.made()
    stand.play(3)
    assert stand.line.frames == [FRAME, FRAME, None]
    assert stand.recording.bot.pcm.endswith(FRAME * 2)
    assert stand.inbox.events == [
        Synthesized(1.0, 1, 40),
        Played(2.0, 1, 20, False),
        Played(2.02, 1, 40, True),
    ]
    stand.workers.close()


def test_what_was_prepared_is_not_made_twice_and_begins_at_once() -> None:
    stand = Stand()
    stand.speaking.prepare(Prepare("您好"))
    stand.made()
    stand.speaking.say(Say(1, "您好"))
    stand.play(1)
    assert stand.line.frames == [FRAME]
    assert stand.voice.said == ["您好"]
    stand.workers.close()


def test_what_was_prepared_in_vain_is_dropped() -> None:
    stand = Stand()
    stand.speaking.prepare(Prepare("您好"))
    stand.made()
    stand.speaking.drop_prepared()
    stand.speaking.say(Say(1, "再见"))
    stand.made()
    assert stand.voice.said == ["您好", "再见"]
    stand.workers.close()


def test_a_speech_that_is_resumed_begins_where_it_shall() -> None:
    stand = Stand()
    stand.speaking.say(Say(1, "您好", start_ms=20))
    stand.made()
    stand.play(2)
    assert stand.line.frames == [FRAME, None]
    stand.workers.close()


def test_sound_that_is_missing_in_the_middle_is_counted() -> None:
    stand = Stand()
    stand.speaking.say(Say(1, "slow"))
    stand.play(2)
    assert stand.inbox.came.wait(10)
    stand.inbox.turn()
    stand.play(1)
    assert stand.line.frames == [None, None, FRAME]
    assert stand.speaking.starved_frames == 0, "before its first sound nothing is missing"
    stand.play(3)
    assert stand.speaking.starved_frames == 3
    stand.voice.go_on.set()
    stand.made()
    stand.play(2)
    assert stand.line.frames[3:] == [None, None, None, FRAME, None]
    assert stand.speaking.starved_frames == 3, "after its last there is none"
    stand.workers.close()


def test_a_speech_that_stays_mute_is_given_up() -> None:
    stand = Stand()
    stand.speaking.say(Say(1, "slow"))
    stand.speaking.stop()
    stand.speaking.say(Say(2, "never made"))
    stand.play(round(MUTE_S * 50))
    assert stand.inbox.events == [SynthesisFailed(1.0, 2, "no sound in time")]
    stand.voice.go_on.set()
    stand.workers.close()


def test_what_finds_too_much_before_it_fails() -> None:
    stand = Stand(most=0)
    stand.speaking.say(Say(1, "您好"))
    assert stand.inbox.events == [SynthesisFailed(1.0, 1, "too much waits to be spoken")]
    stand.play(1)
    assert stand.line.frames == [None]
    stand.workers.close()


def test_when_the_call_is_over_nothing_more_is_made() -> None:
    stand = Stand()
    begun, go_on = threading.Event(), threading.Event()
    stand.workers.submit(lambda: (begun.set(), go_on.wait(10)))
    assert begun.wait(10)
    stand.speaking.say(Say(1, "您好"))
    stand.speaking.prepare(Prepare("再见"))
    stand.speaking.close()
    go_on.set()
    stand.workers.finish()
    assert stand.voice.said == []
