"""What a call's script may say, and what it may not."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from voicebot.replay.script import CallerTurn, CallScript, HangUpTurn, KeysTurn, SilenceTurn, found


def script(*turns: dict[str, Any], **more: Any) -> CallScript:
    return CallScript.model_validate({"title": "a", "at": "2026-11-20T10:30:00", "turns": turns, **more})


def test_turns_are_known_by_their_key() -> None:
    turns = script({"caller": "你好"}, {"keys": "1#"}, {"silence": 8}, {"hang_up": True}).turns
    assert [type(turn) for turn in turns] == [CallerTurn, KeysTurn, SilenceTurn, HangUpTurn]


def test_pauses_are_no_words() -> None:
    (turn,) = script({"caller": "我想那个[1200ms]退货"}).turns
    assert isinstance(turn, CallerTurn)
    assert turn.words == "我想那个退货"


def test_one_phrase_is_a_list_of_one() -> None:
    (turn,) = script({"caller": "你好", "heard": {"contains": "你好"}}).turns
    assert isinstance(turn, CallerTurn)
    assert turn.heard is not None
    assert turn.heard.contains == ("你好",)


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        ("订单", "您的订单", True),
        ("订单", "退货", False),
        ("/第.*单/", "第三单", True),
        ("/^单/", "第三单", False),
        ("1.5", "125", False),
        ("/", "1/2", True),
    ],
)
def test_phrases(phrase: str, text: str, expected: bool) -> None:
    assert found(phrase, text) is expected


@pytest.mark.parametrize(
    ("turn", "reason"),
    [
        ({}, "exactly one of the keys bot, caller, keys, silence, hang_up"),
        ({"caller": "a", "keys": "1"}, "exactly one of the keys"),
        ({"caller": " [300ms] "}, "must say something"),
        ({"caller": "a", "barge_in_ms": 5, "pause_ms": 5}, "take after and pause_ms away"),
        ({"caller": "a", "speed": 5}, "less than or equal to 2"),
        ({"caller": "a", "heard": {"contains": "/(/"}}, "not a regular expression"),
        ({"caller": "a", "heard": {"digits": "一二"}}, "match pattern"),
        ({"caller": "a", "understood": {"mood": "cross"}}, "'satisfied', 'neutral'"),
        ({"keys": "12x"}, "match pattern"),
        ({"keys": "12", "in_band": True, "gap_ms": 50}, "at least 100"),
        ({"silence": 0}, "greater than 0"),
        ({"hang_up": False}, "True"),
        ({"caller": "a", "segment": {"start_ms": 0, "end_ms": 30}}, "multiple of 20"),
    ],
)
def test_what_is_refused(turn: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        script(turn)


@pytest.mark.parametrize(
    ("start", "speech_start", "speech_end", "end"),
    [(100, 40, 200, 300), (0, 200, 200, 300), (0, 0, 320, 300)],
)
def test_speech_lies_within_its_segment(start: int, speech_start: int, speech_end: int, end: int) -> None:
    segment = {
        "start_ms": start,
        "speech_start_ms": speech_start,
        "speech_end_ms": speech_end,
        "end_ms": end,
    }
    with pytest.raises(ValidationError, match="in order"):
        script({"caller": "a", "segment": segment})


def test_a_call_has_turns_and_a_line() -> None:
    with pytest.raises(ValidationError, match="at least one turn"):
        script()
    with pytest.raises(ValidationError, match="need each other"):
        script({"hang_up": True}, line={"noise": "babble"})
    with pytest.raises(ValidationError, match="need each other"):
        script({"hang_up": True}, line={"noise": "street", "talk": "你好"})


def test_the_line_becomes_the_options_of_the_simulation() -> None:
    options = script({"hang_up": True}, line={"codec": "ulaw", "noise": "street", "loss": 0.1}).line.options(
        5
    )
    assert (options.codec, options.noise, options.loss, options.seed) == ("ulaw", "street", 0.1, 5)
