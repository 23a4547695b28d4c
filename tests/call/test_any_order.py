"""Any events in any order: no exception, and never a call that waits for nothing."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.call.talking import QUIET, SCRIPT, VOICE, Talk
from voicebot.actions import HangUp, Say, Transfer
from voicebot.call import CallOptions
from voicebot.dialogue import parse_script
from voicebot.events import (
    Alternative,
    Found,
    HandedBack,
    Heard,
    HumanSaid,
    HungUp,
    Noted,
    Played,
    Pressed,
    Prompted,
    RecognitionFailed,
    RecognitionLate,
    SynthesisFailed,
    Synthesized,
    TakenOver,
    Transcribed,
    Transcript,
    TransferFailed,
    Transferred,
    Woke,
)

NUMBER = st.integers(0, 6)
TEXT = st.sampled_from(
    ["", "查订单", "261118004217", "转人工", "再见", "我想那个", "等一下", "嗯", "今天天气"]
)


def spoken(text: str) -> Transcript:
    return Transcript(text, 0.9, (), (Alternative(text, 0.0, 0.9, "free"),) if text else ())


EVENTS = st.one_of(
    st.just(lambda at: Heard(at, VOICE)),
    st.just(lambda at: Heard(at, QUIET)),
    st.builds(lambda n, t: lambda at: Transcribed(at, n, spoken(t), True), NUMBER, TEXT),
    st.builds(lambda t: lambda at: Transcribed(at, 0, Transcript.of(t), True), TEXT),
    st.builds(lambda n: lambda at: RecognitionFailed(at, n, "x"), NUMBER),
    st.builds(lambda n: lambda at: RecognitionLate(at, n), NUMBER),
    st.builds(lambda k: lambda at: Pressed(at, k), st.sampled_from("0123456789*#")),
    st.builds(lambda n: lambda at: Synthesized(at, n, 500), NUMBER),
    st.builds(lambda n: lambda at: SynthesisFailed(at, n, "x"), NUMBER),
    st.builds(lambda n, f: lambda at: Played(at, n, 300, f), NUMBER, st.booleans()),
    st.builds(lambda n, f: lambda at: Found(at, n, {"found": f}, None if f else "x"), NUMBER, st.booleans()),
    st.just(Transferred),
    st.just(lambda at: TransferFailed(at, "busy")),
    st.just(lambda at: Prompted(at, "请看短信")),
    st.just(lambda at: TakenOver(at, "ann")),
    st.just(lambda at: HumanSaid(at, "ann", "您好")),
    st.just(lambda at: Noted(at, "ann", "老客户")),
    st.just(lambda at: HandedBack(at, "已核对")),
    st.just(Woke),
)
SCRIPT_READ = parse_script(SCRIPT)


@given(st.lists(st.tuples(EVENTS, st.sampled_from([0.0, 0.02, 0.3, 3.0]), st.integers(1, 25)), max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_events_in_any_order(steps: list[tuple[Any, float, int]]) -> None:
    talk = Talk(SCRIPT_READ, CallOptions())
    talk.answer()
    for make, wait, times in steps:
        for _ in range(times):
            talk.at += wait
            talk.send(make)
    assert talk.call.over or talk.call.deadline is not None or left(talk)
    talk.send(lambda at: HungUp(at, "caller"))
    assert talk.call.over
    assert talk.call.deadline is None


def left(talk: Talk) -> bool:
    """The last wish is out of the call's hands."""
    return any(isinstance(action, HangUp | Transfer) for action in talk.actions)


@given(st.lists(EVENTS, max_size=30))
@settings(max_examples=60, deadline=None)
def test_a_call_that_is_left_alone_ends_by_itself(makes: list[Any]) -> None:
    """Whatever happened: with nobody on the line but a bot whose speech is played, it comes to an end."""
    talk = Talk(SCRIPT_READ, CallOptions(max_call_s=120, warning_s=10))
    talk.answer()
    for make in makes:
        talk.at += 0.1
        talk.send(make)
    for _ in range(200):
        if talk.call.over or left(talk):
            return
        for said in [a for a in talk.actions if isinstance(a, Say)]:
            talk.send(lambda at, said=said: Played(at, said.utterance, 400, True))
        if talk.call.deadline is not None:
            talk.at = max(talk.at, talk.call.deadline)
            talk.send(Woke)
    raise AssertionError("the call went on for ever")


@given(st.lists(st.tuples(EVENTS, st.integers(1, 15)), max_size=40))
@settings(max_examples=100, deadline=None)
def test_nobody_is_left_in_dead_air(steps: list[tuple[Any, int]]) -> None:
    """Whatever happened: on a line that is silent from now on something is said or done within a minute and a half."""
    talk = Talk(SCRIPT_READ, CallOptions(max_call_s=100_000))
    talk.answer()
    for make, times in steps:
        for _ in range(times):
            talk.at += 0.02
            talk.send(make)
    talk.hear(quiet_ms=1000)
    talk.send(HandedBack)
    until = talk.at + 90
    known = len(talk.actions)
    while not over(talk) and not any(isinstance(action, Say) for action in talk.actions[known:]):
        for said in [action for action in talk.actions if isinstance(action, Say)]:
            talk.send(lambda at, said=said: Played(at, said.utterance, 400, True))
        if over(talk):
            return
        assert talk.call.deadline is not None
        assert talk.call.deadline < until
        talk.at = max(talk.at, talk.call.deadline)
        talk.send(Woke)


def over(talk: Talk) -> bool:
    """The call has ended, or asked for its end."""
    return talk.call.over or any(isinstance(action, HangUp) for action in talk.actions)
