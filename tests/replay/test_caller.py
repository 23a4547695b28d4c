from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from voicebot.events import Answered, Heard, HungUp, Pressed
from voicebot.replay.caller import PATIENCE_S, FixtureCaller
from voicebot.replay.fixture import Fixture
from voicebot.replay.script import CallScript

LOUD = b"\x00\x20" * 160


def fixture(*turns: dict[str, Any], frames: int = 50) -> Fixture:
    """A second of background, then one second of speech for every caller turn (200 ms lead, 300 ms tail)."""
    start, placed = 1000, []
    for turn in turns:
        if "caller" in turn:
            segment = {
                "start_ms": start,
                "end_ms": start + 1500,
                "speech_start_ms": start + 200,
                "speech_end_ms": start + 1200,
            }
            placed.append({**turn, "segment": segment})
            start += 1500
        else:
            placed.append(turn)
    script = CallScript.model_validate(
        {
            "title": "t",
            "caller": "13800006612",
            "at": datetime(2026, 11, 20, 10),
            "turns": placed,
            "background": {"start_ms": 0, "end_ms": 1000},
        }
    )
    return Fixture(Path("t.yaml"), script, bytes(16000) + LOUD * (start // 20))


def play(caller: FixtureCaller, bot: str, per_letter: int = 50) -> list[Any]:
    """Run the caller against a bot that speaks (letter b) or is silent (letter .), a second a letter."""
    events = []
    for tick in range(len(bot) * per_letter):
        speaks = bot[tick // per_letter] == "b"
        events += caller.tick(tick * 0.02, speaks)
    return events


def loud(events: list[Any]) -> list[float]:
    return [event.at for event in events if isinstance(event, Heard) and event.pcm == LOUD]


def test_the_call_begins_and_every_tick_carries_audio() -> None:
    events = play(FixtureCaller(fixture({"caller": "你好"})), "..")
    assert events[0] == Answered(0.0, "13800006612")
    assert sum(isinstance(event, Heard) for event in events) == 100


def test_the_caller_waits_for_the_end_of_the_bots_speech() -> None:
    caller = FixtureCaller(fixture({"caller": "你好", "pause_ms": 600}))
    first = loud(play(caller, ".bb......"))[0]
    assert first == pytest.approx(3.0 + 0.6, abs=0.05)


def test_a_silent_bot_is_never_answered() -> None:
    assert loud(play(FixtureCaller(fixture({"caller": "你好"})), "......")) == []


def test_barge_in_comes_while_the_bot_speaks_and_its_effect_is_timed() -> None:
    caller = FixtureCaller(fixture({"caller": "等一下", "barge_in_ms": 1000}))
    assert loud(play(caller, ".bbb.b.b"))[0] == pytest.approx(2.0, abs=0.05)
    times = caller.times[0]
    assert times.barge_in_ms == pytest.approx(4000 - 2200, abs=40)
    assert times.gap_ms == pytest.approx(5000 - 3200, abs=40)


def test_the_gap_counts_from_the_last_speech_sample() -> None:
    caller = FixtureCaller(fixture({"caller": "你好", "pause_ms": 1000}))
    play(caller, "b...b..")
    assert caller.times[0].gap_ms == pytest.approx(4000 - (1000 + 1000 + 1200 - 20), abs=60)


def test_keys_are_pressed_one_after_another() -> None:
    caller = FixtureCaller(fixture({"keys": "66#", "gap_ms": 200, "pause_ms": 500}))
    events = play(caller, "b.....")
    assert [(event.key, round(event.at, 2)) for event in events if isinstance(event, Pressed)] == [
        ("6", pytest.approx(1.5, abs=0.05)),
        ("6", pytest.approx(1.7, abs=0.05)),
        ("#", pytest.approx(1.9, abs=0.05)),
    ]


def test_silence_lasts_whatever_the_bot_does() -> None:
    caller = FixtureCaller(fixture({"silence": 3.0}, {"caller": "喂", "pause_ms": 500}))
    assert loud(play(caller, "b.b.b......"))[0] == pytest.approx(5.5, abs=0.05)


def test_the_caller_hangs_up_when_told_and_when_nothing_happens_any_more() -> None:
    told = play(FixtureCaller(fixture({"hang_up": True, "pause_ms": 500})), "b..")
    assert [event.by for event in told if isinstance(event, HungUp)] == ["caller"]
    bored = play(FixtureCaller(fixture({"caller": "你好"})), "." * int(PATIENCE_S + 2))
    assert any(isinstance(event, HungUp) for event in bored)


def test_words_so_far_grow_piece_by_piece() -> None:
    caller = FixtureCaller(fixture({"caller": "我想那个[1200ms]退货", "pause_ms": 0}))
    heard = []
    for tick in range(150):
        caller.tick(tick * 0.02, tick < 5)
        heard.append(caller.words_so_far)
    assert heard[2] == ""
    assert list(dict.fromkeys(heard)) == ["", "我想那个", "我想那个退货"]
