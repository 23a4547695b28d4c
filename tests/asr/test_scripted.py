"""The recogniser that says what it is told to."""

from __future__ import annotations

import pytest

from voicebot.asr.scripted import ScriptedRecognizer
from voicebot.events import Transcript


def test_texts_come_in_order_and_then_nothing() -> None:
    recognizer = ScriptedRecognizer(["你好", "转人工"])
    assert [recognizer.stream(None).finish().text for _ in range(3)] == ["你好", "转人工", ""]


def test_partials_grow_with_the_audio() -> None:
    stream = ScriptedRecognizer(["转人工"]).stream(None)
    assert [stream.accept(bytes(3200)) for _ in range(4)] == ["转", "转人", "转人工", "转人工"]


def test_a_function_hears_the_whole_audio_and_what_was_expected() -> None:
    stream = ScriptedRecognizer(lambda pcm, expecting: f"{expecting} {len(pcm)}").stream("digits")
    stream.accept(bytes(320))
    stream.accept(bytes(320))
    assert stream.finish().text == "digits 640"


def test_a_transcript_is_passed_on_as_it_is() -> None:
    transcript = Transcript("退货", 0.4)
    assert ScriptedRecognizer([transcript]).stream(None).finish() is transcript


def test_a_loss_is_an_exception() -> None:
    stream = ScriptedRecognizer(["!worker died"]).stream(None)
    assert stream.accept(bytes(32000)) == ""
    with pytest.raises(RuntimeError, match="worker died"):
        stream.finish()
    stream.close()
