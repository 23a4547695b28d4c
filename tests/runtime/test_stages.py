"""The stages of a turn add up to its gap."""

from __future__ import annotations

import pytest

from voicebot.actions import Record
from voicebot.events import Played, Pressed, Transcribed, Transcript
from voicebot.runtime.stages import KEPT, STAGES, Stages, Turn


def watched() -> tuple[Stages, list[Turn]]:
    stages, turns = Stages(), []
    stages.told = turns.append
    return stages, turns


def answered(stages: Stages, at: float, gap_ms: int) -> None:
    stages.happened(Played(at, 1, 20, False), [Record("answered", {"gap_ms": gap_ms})])


def test_each_stage_is_what_passed_since_the_one_before() -> None:
    stages, turns = watched()
    heard = stages.hears(1)
    heard.asked, heard.begun, heard.ready = 10.2, 10.25, 10.35
    stages.happened(Transcribed(10.36, 1, Transcript.of("好"), True), [])
    stages.happened(Pressed(10.5, "1"), [Record("heard", {})])
    speech = stages.speaks(1)
    speech.asked, speech.begun, speech.ready = 10.5, 10.6, 11.1
    answered(stages, 11.12, 1120)
    (turn,) = turns
    assert turn.stages == pytest.approx(
        dict(zip(STAGES, (0.2, 0.05, 0.1, 0.01, 0.14, 0.0, 0.1, 0.5, 0.02), strict=True))
    )
    assert sum(turn.stages.values()) == pytest.approx(turn.gap_s)


def test_what_was_prepared_before_it_was_wanted_took_no_time() -> None:
    stages, turns = watched()
    speech = stages.speaks(1)
    speech.begun, speech.ready, speech.asked = 4.0, 4.4, 5.0
    answered(stages, 5.02, 500)
    assert turns[0].stages["speech_made"] == turns[0].stages["speech_waits"] == 0
    assert turns[0].stages["sent"] == pytest.approx(0.02)


def test_an_answer_to_keys_knows_nothing_of_what_was_heard_before() -> None:
    stages, turns = watched()
    stages.hears(1).asked = 1.0
    stages.happened(Transcribed(1.3, 1, Transcript.of("好"), True), [])
    stages.happened(Transcribed(1.3, 1, Transcript.of("好"), True), [Record("heard", {})])
    stages.speaks(1).asked = 9.1
    answered(stages, 9.2, 200)
    assert turns[0].stages["dialogue"] == pytest.approx(0.1)
    assert turns[0].stages["pause"] == turns[0].stages["patience"] == 0


def test_a_long_call_does_not_grow() -> None:
    stages, _ = watched()
    for number in range(10 * KEPT):
        stages.hears(number)
    assert len(stages._hears) == KEPT
