from datetime import datetime
from typing import Any

import pytest

from voicebot.actions import Do, Look, Record, Say, Transfer
from voicebot.events import Answered, HungUp, Played, Woke
from voicebot.replay.caller import TurnTimes
from voicebot.replay.judge import character_error_rate, judge
from voicebot.replay.log import CallLog
from voicebot.replay.script import CallScript


def script(**fields: Any) -> CallScript:
    return CallScript.model_validate({"title": "t", "at": datetime(2026, 11, 20), **fields})


def log(*steps: tuple[float, Any]) -> CallLog:
    kept = CallLog()
    for at, action in steps:
        kept.happened(Woke(at), [action], None, False)
    return kept


def heard(text: str, **understood: Any) -> list[Record]:
    base = {"text": text, "intents": [], "slots": {}, "mood": "neutral", "turn": "finished"}
    return [Record("heard", {"text": text, "confidence": 0.9}), Record("understood", base | understood)]


def held(verdicts: list[Any]) -> list[bool]:
    return [verdict.held for verdict in verdicts]


def test_what_the_bot_says_counts_from_the_turn_before_to_the_turn_after() -> None:
    wanted = script(
        turns=[{"bot": {"says": "您好"}}, {"caller": "查订单"}, {"bot": {"says": "订单号", "absent": "您好"}}]
    )
    kept = log((0.0, Say(1, "您好,请讲")), (5.0, Say(2, "请说订单号")))
    times = [TurnTimes(), TurnTimes(started=3.0), TurnTimes()]
    assert held(judge(wanted, kept, times, realtime=False)) == [True, True, True]
    late = [TurnTimes(), TurnTimes(started=6.0), TurnTimes()]
    assert held(judge(wanted, kept, late, realtime=False)) == [True, False, True]


def test_what_was_heard_and_understood() -> None:
    wanted = script(
        turns=[
            {
                "caller": "尾号六六幺二",
                "heard": {"contains": ["六六"], "digits": "6612", "cer_max": 0.1, "absent": "八"},
                "understood": {"intent": "order_status", "slots": {"tail_number": "6612"}, "mood": "neutral"},
            }
        ]
    )
    times = [TurnTimes(started=1.0)]
    good = log(
        *[
            (2.0, record)
            for record in heard(
                "尾号六六幺二",
                intents=[{"name": "order_status", "confidence": 0.9}],
                slots={"tail_number": {"value": "6612", "text": "六六幺二"}},
            )
        ]
    )
    assert all(held(judge(wanted, good, times, realtime=False)))
    bad = log(*[(2.0, record) for record in heard("尾号八六")])
    assert not any(held(judge(wanted, bad, times, realtime=False))[:4])


def test_deeds_by_name_and_arguments() -> None:
    wanted = script(
        turns=[{"silence": 1.0}],
        done=[{"name": "logistics", "arguments": {"order_number": "26"}}, {"name": "service"}],
        absent=["cancel_order"],
    )
    kept = log(
        (1.0, Look(1, "logistics", {"order_number": "26", "more": 1})),
        (2.0, Transfer("service", {})),
    )
    times = [TurnTimes(started=0.5)]
    assert held(judge(wanted, kept, times, realtime=False)) == [True, True, True]
    kept.happened(Woke(3.0), [Do(2, "cancel_order", {}, "k")], None, False)
    assert held(judge(wanted, kept, times, realtime=False)) == [True, True, False]


def test_who_ended_the_call() -> None:
    wanted = script(turns=[{"silence": 1.0}], ended="caller")
    kept = CallLog()
    kept.happened(HungUp(3.0, "caller"), [], None, False)
    assert held(judge(wanted, kept, [TurnTimes(started=0.0)], realtime=False)) == [True]


@pytest.mark.parametrize(
    ("answered", "realtime", "wanted"), [(1.9, True, [True]), (2.6, True, [False]), (2.6, False, [])]
)
def test_gaps_count_in_real_time_only(answered: float, realtime: bool, wanted: list[bool]) -> None:
    call = script(turns=[{"caller": "你好", "within_ms": 1000}])
    times = [TurnTimes(started=0.5, speech_end=1.5, answered=answered)]
    assert held(judge(call, CallLog(), times, realtime=realtime)) == wanted


def test_a_turn_that_never_came_is_a_failure() -> None:
    call = script(turns=[{"caller": "你好"}])
    assert held(judge(call, CallLog(), [TurnTimes()], realtime=False)) == [False]


def test_character_error_rate() -> None:
    assert character_error_rate("我要退货。", "我要退货") == 0
    assert character_error_rate("我要退货", "我要推货") == 0.25
    assert character_error_rate("退货", "") == 1.0


def test_the_log_tells_entries_as_they_come() -> None:
    told = []
    kept = CallLog(told.append)
    kept.happened(Answered(0.0), [Say(1, "您好")], None, False)
    kept.happened(Played(0.5, 1, 20, False), [], None, False)
    assert [entry.kind for entry in told] == ["say", "playing"]
