"""What a call comes to, by what its dialogue records."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from voicebot.actions import Action, Do, HangUp, Record
from voicebot.events import HungUp, Transferred, Woke
from voicebot.outbound.call_result import CallResult

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # Friday, 10:00 in Shanghai
SAID = Record("said", {"text": "您好"})


def result(*actions: Action, by: Any = None, transferred: bool = False) -> tuple[CallResult, list[int]]:
    told: list[int] = []
    made = CallResult("d", "satisfied", "Asia/Shanghai", AT, lambda: told.append(1))
    made.happened(Woke(3.0), list(actions), None, False)
    if transferred:
        made.happened(Transferred(4.0), [], None, False)
    if by:
        made.happened(HungUp(5.0, by), [], None, False)
    return made, told


@pytest.mark.parametrize(
    ("actions", "more", "outcome"),
    [
        ([SAID, HangUp("completed")], {"by": "bot"}, "completed"),
        ([SAID], {"by": "caller"}, "cut_off"),
        ([SAID, HangUp("goodbye")], {"by": "bot"}, "refused"),
        ([], {"by": "caller"}, "abandoned"),
        ([SAID, HangUp("silence")], {"by": "bot"}, "cut_off"),
        ([SAID, Record("outcome", {"outcome": "completed"})], {"by": "caller"}, "completed"),
        ([SAID, Record("outcome", {"outcome": "refused"}), HangUp("refused")], {"by": "bot"}, "refused"),
        ([SAID, Record("outcome", {"outcome": "wrong_person"})], {"by": "caller"}, "wrong_person"),
        (
            [SAID, Record("outcome", {"outcome": "refused"}), Do(1, "opt_out", {}, "k")],
            {"by": "bot"},
            "opted_out",
        ),
        ([SAID, Record("opt_out", {}), HangUp("opted_out")], {"by": "bot"}, "opted_out"),
        ([SAID], {"transferred": True}, "transferred"),
        ([SAID, Record("answered_by", {"by": "machine"})], {"by": "caller"}, "machine"),
        ([SAID, HangUp("done")], {"by": "caller"}, "cut_off"),
    ],
)
def test_what_the_caller_decided_comes_first(
    actions: list[Action], more: Mapping[str, Any], outcome: str
) -> None:
    assert result(*actions, **more)[0].ended(AT, "c").outcome == outcome


def test_saying_no_is_told_at_once_and_once() -> None:
    _, told = result(Do(1, "opt_out", {}, "k"), Record("opt_out", {}))
    assert told == [1]


def test_answers_are_kept_though_he_hangs_up() -> None:
    made, _ = result(
        SAID, Record("answer", {"question": "score", "value": 5}), Record("satisfied", {}), by="caller"
    )
    ended = made.ended(AT, "call-1")
    assert (ended.answers, ended.converted, ended.outcome, ended.call) == (
        {"score": 5},
        True,
        "cut_off",
        "call-1",
    )


def test_a_time_that_was_named_is_a_callback() -> None:
    named = {"outcome": "callback", "date": "2026-11-21", "time": "15:30"}
    made, _ = result(SAID, Record("outcome", named), HangUp("callback"), by="bot")
    ended = made.ended(AT, "call-1")
    assert (ended.outcome, ended.wish) == ("callback", datetime(2026, 11, 21, 7, 30, tzinfo=UTC))


def test_a_time_is_on_his_own_clock() -> None:
    made, _ = result(SAID, Record("outcome", {"outcome": "callback", "time": "09:00"}))
    assert made.ended(AT, "c").wish == datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
