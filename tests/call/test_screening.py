"""A call that the bot places: it talks to humans, leaves messages on machines, and hears nothing before the answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from tests.call.talking import SCRIPT, VOICE, Detector, Talk, understand
from voicebot.actions import HangUp, Listen, Prepare, Record, Say, StopSaying
from voicebot.audio import frames, to_pcm
from voicebot.call import Call, CallOptions, Parts, Placed
from voicebot.dialogue import parse_script
from voicebot.errors import VoicebotError
from voicebot.events import Heard, Pressed, RecognitionFailed, Woke

TONE = list(frames(to_pcm(3000 * np.sin(2 * np.pi * 950 * np.arange(8000) / 8000))))
MESSAGE = "您好,这里是青禾优品,您的订单明天送到。"
OPENING = ["这里是机器人并且录音", "请问有什么可以帮您"]


class Dialled(Talk):
    """A call that rings; frames may come before it is answered."""

    def __init__(self, placed: Placed, text: str = SCRIPT) -> None:
        super().__init__(parse_script(text), CallOptions())
        parts = Parts("call-1", parse_script(text), understand, Detector(), datetime(2026, 11, 20, 10))
        self.call = Call(replace(parts, placed=placed), CallOptions())

    def beep(self, ms: int = 300) -> None:
        for frame in TONE[: ms // 20]:
            self.send(lambda at, frame=frame: Heard(at, frame))
            self.at += 0.02

    def wake(self) -> None:
        """Nothing comes over the line until the deadline."""
        assert self.call.deadline is not None
        self.at = self.call.deadline
        self.send(Woke)

    @property
    def by(self) -> list[tuple[str, str]]:
        facts = [one for one in self.actions if isinstance(one, Record) and one.kind == "answered_by"]
        return [(fact.data["by"], fact.data["why"]) for fact in facts]

    @property
    def spoken(self) -> list[str]:
        return self.says(self.actions)


def dialled(machine: str = "hang_up", message: str = "") -> Dialled:
    return Dialled(Placed(machine, message))  # type: ignore[arg-type]


def announce(call: Dialled, words: str = "您好我现在不方便接听电话请在提示音后留言") -> None:
    """A machine talks."""
    call.hear(quiet_ms=200)
    call.hear(voice_ms=2400, quiet_ms=220)
    call.transcribe(words)


def test_what_rings_before_the_answer_is_not_heard() -> None:
    call = dialled()
    call.hear(voice_ms=3000, quiet_ms=1000)
    call.beep()
    assert call.actions == []
    assert call.call.deadline is None
    call.answer()
    call.hear(quiet_ms=200)
    assert call.spoken == []


def test_the_opening_is_prepared_and_said_when_a_human_has_spoken() -> None:
    call = dialled()
    call.answer()
    assert any(isinstance(one, Prepare) and one.text == OPENING[0] for one in call.actions)
    call.hear(quiet_ms=400, voice_ms=0)
    call.hear(voice_ms=320, quiet_ms=220)
    call.transcribe("喂")
    assert call.spoken == []
    call.hear(quiet_ms=400)
    assert call.spoken == OPENING
    assert call.by == [("human", "short")]
    call.play_out()
    gap = next(one for one in call.actions if isinstance(one, Record) and one.kind == "answered")
    assert gap.data["gap_ms"] <= 700


def test_nobody_replies_to_the_greeting_itself() -> None:
    call = dialled()
    call.answer()
    call.hear(quiet_ms=200)
    call.hear(voice_ms=600, quiet_ms=220)
    call.transcribe("再见")
    call.hear(quiet_ms=800)
    assert call.spoken == OPENING
    assert not any(isinstance(one, HangUp) for one in call.actions)


def test_who_waits_in_silence_is_talked_to_even_when_the_line_sends_nothing() -> None:
    sends, still = dialled(), dialled()
    sends.answer()
    sends.hear(quiet_ms=2200)
    still.answer()
    still.wake()
    assert sends.by == still.by == [("human", "silence")]
    assert sends.spoken == still.spoken == OPENING


def test_a_line_that_sends_nothing_after_the_greeting_is_silent() -> None:
    call = dialled()
    call.answer()
    call.hear(quiet_ms=200)
    call.hear(voice_ms=400)
    call.wake()
    assert call.spoken == OPENING


def test_a_key_is_pressed_by_a_human() -> None:
    call = dialled()
    call.answer()
    call.send(lambda at: Pressed(at, "1"))
    assert call.by == [("human", "key")]
    assert call.spoken[0] == OPENING[0]


@pytest.mark.parametrize("machine", ["hang_up", "retry"])
def test_a_machine_is_hung_up_on(machine: str) -> None:
    call = dialled(machine, MESSAGE)
    call.answer()
    announce(call)
    assert call.by == [("machine", "words")]
    assert call.spoken == []
    assert [one.why for one in call.actions if isinstance(one, HangUp)] == ["machine"]


def test_a_message_is_left_after_the_beep_and_then_it_hangs_up() -> None:
    call = dialled("message", MESSAGE)
    call.answer()
    announce(call)
    call.hear(quiet_ms=500)
    assert call.spoken == []
    call.beep()
    call.hear(quiet_ms=60)
    assert call.spoken == [MESSAGE]
    assert not any(isinstance(one, HangUp) for one in call.actions)
    call.play_out()
    assert [one.why for one in call.actions if isinstance(one, HangUp)] == ["message left"]
    left = next(one for one in call.actions if isinstance(one, Record) and one.kind == "message_left")
    assert left.data == {"text": MESSAGE, "after": "beep"}


def test_where_there_is_no_beep_silence_is_waited_for() -> None:
    call = dialled("message", MESSAGE)
    call.answer()
    announce(call)
    call.hear(quiet_ms=2600)
    assert call.spoken == [MESSAGE]
    call.beep()
    call.hear(quiet_ms=60)
    assert call.spoken == [MESSAGE]


def test_a_machine_that_never_stops_is_left() -> None:
    call = Dialled(Placed("message", MESSAGE, patience_s=8))
    call.answer()
    announce(call)
    call.hear(voice_ms=9000)
    assert [one.why for one in call.actions if isinstance(one, HangUp)] == ["machine"]
    assert call.spoken == []


def test_a_machine_that_was_taken_for_a_human_is_found_while_the_bot_speaks() -> None:
    call = dialled("message", MESSAGE)
    call.answer()
    call.hear(quiet_ms=200)
    call.hear(voice_ms=400, quiet_ms=220)
    call.transcribe("您好")
    call.hear(quiet_ms=400)
    assert call.spoken == OPENING
    announce(call, "您拨打的号码已启用语音信箱请留言")
    assert call.by == [("human", "short"), ("machine", "words")]
    assert any(isinstance(one, StopSaying) for one in call.actions)
    call.hear(quiet_ms=300)
    call.beep()
    call.hear(quiet_ms=60)
    assert call.spoken == [*OPENING, MESSAGE]


def test_the_dialogue_is_silent_on_a_machine() -> None:
    call = dialled("message", MESSAGE)
    call.answer()
    call.hear(quiet_ms=2200)
    call.play_out()
    before = len(call.spoken)
    announce(call)
    call.hear(voice_ms=12_000)
    assert len(call.spoken) == before


def test_a_lost_recogniser_leaves_it_to_the_cadence() -> None:
    call = dialled()
    call.answer()
    call.hear(quiet_ms=200)
    call.hear(voice_ms=400, quiet_ms=220)
    for _ in range(3):
        newest = max(one.utterance for one in call.actions if isinstance(one, Listen))
        call.send(lambda at, newest=newest: RecognitionFailed(at, newest, "gone"))
    call.hear(quiet_ms=700)
    assert call.spoken == OPENING


def test_what_is_given_is_spoken_of() -> None:
    text = "constants: {contact: {surname: 您}}\n" + SCRIPT.replace(
        "这里是机器人并且录音", '"{contact.surname}好"'
    )
    parts = Parts("c", parse_script(text), understand, Detector(), datetime(2026, 11, 20, 10))
    call = Call(replace(parts, given={"contact": {"surname": "王"}}), CallOptions())
    from voicebot.events import Answered

    assert any(isinstance(one, Say) and one.text == "王好" for one in call.receive(Answered(0.0)))
    with pytest.raises(VoicebotError, match="nobody"):
        Call(replace(parts, given={"nobody": 1}), CallOptions())


def test_voices_are_loud() -> None:
    assert Detector().voiced(VOICE)
