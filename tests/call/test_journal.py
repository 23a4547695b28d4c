"""A journal of a call, fed to a new call, causes the same actions."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.call.talking import QUIET, VOICE, Talk
from voicebot.call.journal import read_event, replay, write_action, write_event
from voicebot.events import (
    Found,
    Heard,
    HungUp,
    Played,
    Pressed,
    SynthesisFailed,
    TransferFailed,
    Transferred,
)


class Writing(Talk):
    """Keeps a journal of everything, with the audio beside it or without."""

    recorded = True

    def send(self, make: Callable[[float], Any]) -> list[Any]:
        event = make(self.at)
        place = None
        if isinstance(event, Heard) and self.recorded:
            place = len(self.audio) // 2
            self.audio += event.pcm
        actions = self.call.receive(event)
        self.actions += actions
        self.lines.append(write_event(event, place=place, speech=self.call.hears_speech))
        self.lines += [write_action(action) for action in actions]
        return actions


def conversation(script: Any, recorded: bool) -> tuple[list[dict[str, Any]], bytes]:
    talk = Writing.__new__(Writing)
    talk.lines, talk.audio, talk.recorded = [], b"", recorded
    from voicebot.call import CallOptions

    Talk.__init__(talk, script, CallOptions())
    talk.answer()
    talk.hear(quiet_ms=100)
    talk.play_out()
    talk.hear(voice_ms=600, quiet_ms=220)
    talk.transcribe("查订单")
    talk.hear(quiet_ms=500)
    talk.play_out()
    for key in "26111800#":
        talk.send(lambda at, key=key: Pressed(at, key))
    talk.send(lambda at: Found(at, 1, {"found": True}))
    talk.hear(voice_ms=400, quiet_ms=800)
    talk.transcribe("转人工")
    talk.hear(quiet_ms=800)
    talk.play_out()
    talk.send(lambda at: HungUp(at, "caller"))
    return talk.lines, talk.audio


@pytest.mark.parametrize("recorded", [True, False])
def test_the_same_events_cause_the_same_actions(script: Any, fresh: Any, recorded: bool) -> None:
    lines, audio = conversation(script, recorded)
    lines = [json.loads(json.dumps(line)) for line in lines]
    call = fresh().call
    steps = list(replay(lines, call.receive, audio if recorded else None))
    assert len(steps) > 100
    for event, before, now in steps:
        assert json.loads(json.dumps(now)) == before, event
    assert call.over


@pytest.mark.parametrize(
    "event",
    [
        Played(1.0, 2, 300, True),
        Found(1.0, 3, {"found": False}, "lost"),
        SynthesisFailed(1.0, 2, "x"),
        Transferred(1.0),
        TransferFailed(1.0, "busy"),
        HungUp(2.0, "line"),
    ],
)
def test_events_come_back_as_they_were(event: Any) -> None:
    assert read_event(json.loads(json.dumps(write_event(event)))) == event


def test_audio_comes_back_from_the_recording_or_as_speech_or_not() -> None:
    line = write_event(Heard(1.0, VOICE), place=160)
    assert read_event(line, QUIET + VOICE) == Heard(1.0, VOICE)
    with pytest.raises(ValueError, match="recording"):
        read_event(line)
    assert read_event(write_event(Heard(1.0, QUIET), speech=False)) == Heard(1.0, QUIET)


def test_what_went_out_comes_back_from_the_recording() -> None:
    bot = b"".join(bytes([number]) * 320 for number in range(60))
    line = write_event(Heard(0.5, VOICE, bytes(640)), place=0)
    assert read_event(line, VOICE, bot) == Heard(0.5, VOICE, bot[24 * 320 : 26 * 320])
    assert read_event(line, VOICE) == Heard(0.5, VOICE)
    first = write_event(Heard(0.0, VOICE, bytes(640)), place=0)
    assert read_event(first, VOICE, bot) == Heard(0.0, VOICE, bytes(320) + bot[:320])
    assert "sent" not in write_event(Heard(0.5, VOICE), place=0)
