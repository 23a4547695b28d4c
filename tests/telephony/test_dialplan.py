"""What the dialplan is told, whatever it asks and in whatever order."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.telephony.test_ari import Running
from voicebot.events import HungUp, TransferFailed, Transferred
from voicebot.telephony.dialplan import AGAIN, OVER, REMEMBERED, Dialplan, DialplanOptions
from voicebot.telephony.display import LONGEST_NAME, for_display

STORY = {"spoken": "尾号6612的客户想退货"}


def dialplan(**options: Any) -> Dialplan:
    return Dialplan(lambda: 0.0, DialplanOptions({"service": "600"}, **options))


def connected(plan: Dialplan) -> str:
    name = plan.announce("13800006612", "4008")
    assert plan.ring(name) is not None
    return name


def test_what_comes_next_is_a_human_the_end_or_a_new_beginning() -> None:
    plan, running = dialplan(), Running()
    name = connected(plan)
    assert plan.next(name) == OVER
    assert plan.transfer(name, "service", STORY, running)
    assert plan.next(name) == "600"
    assert plan.outcome(name, "ANSWER")
    assert running.events == [Transferred(5.0)]
    plan.ended(name)
    assert plan.next(name) == OVER
    assert plan.next("a call of the process before this one") == AGAIN


def test_only_so_many_calls_that_are_over_are_known() -> None:
    plan = dialplan(announced_only=False)
    for number in range(REMEMBERED + 1):
        assert plan.ring(str(number)) is not None
        plan.ended(str(number))
    assert plan.next("0") == AGAIN
    assert plan.next("1") == OVER


@pytest.mark.parametrize(
    ("status", "why"), [("BUSY", "busy"), ("NOANSWER", "no answer"), ("chanunavail", "closed")]
)
def test_why_nobody_came_is_told_when_the_caller_is_back(status: str, why: str) -> None:
    plan = dialplan()
    name = connected(plan)
    plan.transfer(name, "service", STORY, Running())
    assert plan.outcome(name, status)
    assert plan.returned(name) == why


def test_nobody_to_dial() -> None:
    plan, running = dialplan(), Running()
    assert plan.transfer(connected(plan), "nowhere", STORY, running) is False
    assert running.events == [TransferFailed(5.0, "closed")]


@given(st.text(max_size=80))
def test_a_display_name_is_short_whole_and_breaks_no_header(sentence: str) -> None:
    shown = for_display(sentence)
    assert len(shown.encode()) <= LONGEST_NAME
    assert not set(shown) & set('"\\<>;\r\n')


def test_a_display_name_keeps_what_fits() -> None:
    assert for_display("尾号6677的客户") == "尾号6677的客户"
    assert for_display("字" * 30) == "字" * 20


steps = st.tuples(
    st.sampled_from(["announce", "ring", "transfer", "outcome", "returned", "next", "turned_away"]),
    st.sampled_from(["a", "b"]),
    st.sampled_from(["ANSWER", "BUSY", "CANCEL", "", "字"]),
)


@given(st.lists(steps, max_size=20))
def test_any_order_gives_no_exception_and_the_call_can_be_ended(sent: list[tuple[str, str, str]]) -> None:
    plan, running = dialplan(announced_only=False), Running()
    for what, name, word in sent:
        match what:
            case "announce":
                plan.announce(word, None)
            case "transfer":
                plan.transfer(name, "service", STORY, running)
            case "outcome":
                plan.outcome(name, word)
            case _:
                getattr(plan, what)(name)
    for name in ("a", "b"):
        plan.ended(name)
        assert plan.next(name) in {OVER, ""}
        assert plan.outcome(name, "ANSWER") is False
    assert all(isinstance(event, Transferred | HungUp) for event in running.events)
