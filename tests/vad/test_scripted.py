from __future__ import annotations

from voicebot.ports import Vad
from voicebot.vad.scripted import ScriptedVad


def test_every_stream_answers_the_script_and_then_hears_nothing() -> None:
    vad: Vad = ScriptedVad(value == "x" for value in ".xx.")
    first, second = vad.stream(), vad.stream()
    assert [first.voiced(bytes(320)) for _ in range(6)] == [False, True, True, False, False, False]
    assert [second.voiced(bytes(320)) for _ in range(3)] == [False, True, True]
