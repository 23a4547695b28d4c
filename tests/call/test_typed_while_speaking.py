"""Whoever types while his voice has a turn open has said it in writing: the voice's turn counts for nothing."""

from __future__ import annotations

from datetime import datetime

from tests.telephony.house import PARSED, QUICK, Loudness, loud, understand
from voicebot.actions import Action, Forget, Listen, Say
from voicebot.call import Call, Parts
from voicebot.call.turn_taking import TYPED
from voicebot.events import Answered, Heard, Played, Transcribed, Transcript


def test_a_typed_line_ends_the_turn_of_the_voice() -> None:
    call = Call(Parts("call-1", PARSED, understand, Loudness(), datetime(2026, 11, 20, 10)), QUICK)
    at, actions = 0.0, call.receive(Answered(0.0))
    for say in [action for action in actions if isinstance(action, Say)]:
        actions += call.receive(Played(0.1, say.utterance, 100, True))
    heard: list[Action] = []
    for number, frame in enumerate([bytes(320)] * 10 + loud(400)):
        at = 0.2 + number / 50
        heard += call.receive(Heard(at, frame))
    utterance = next(action.utterance for action in heard if isinstance(action, Listen))
    typed = call.receive(Transcribed(at + 0.01, TYPED, Transcript.of("查订单"), True))
    assert Forget(utterance) in typed
    assert "订单号是多少" in [action.text for action in typed if isinstance(action, Say)]
    late = call.receive(Transcribed(at + 0.5, utterance, Transcript.of("再见"), True))
    assert [action for action in late if isinstance(action, Say)] == []
