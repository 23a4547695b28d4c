"""Who gets whom at the agent desk, and what those who wait are told."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from voicebot.agents.queue import RINGS, DeskOptions, DeskQueue, GiveUp, Offer, Tell, Withdraw
from voicebot.agents.skills import Needs, Skills
from voicebot.agents.telling import place_in_words

OPTIONS = DeskOptions(ring_s=20, wait_s=60, tell_s=15, handling_s=120, tiers_first=("金卡",))


def desk(*agents: str, **skills: list[str]) -> DeskQueue:
    """A queue with these agents on duty since 0, 1, 2 ... seconds."""
    queue = DeskQueue(OPTIONS)
    for at, name in enumerate(agents):
        queue.begin_duty(name, skills.get(name, []), float(at))
    queue.take()
    return queue


def test_the_one_who_is_free_longest_gets_the_call() -> None:
    queue = desk("ann", "bob")
    queue.enter("c1", Needs(), 10)
    assert queue.take() == [Offer("c1", "ann")]
    queue.enter("c2", Needs(), 11)
    assert queue.take() == [Offer("c2", "bob")]


def test_topic_and_tier_lead_to_whoever_knows_them() -> None:
    queue = desk("ann", "bob", "cat", bob=["退货"], cat=["等级:金卡"])
    queue.enter("c1", Needs(("申请退货",)), 10)
    queue.enter("c2", Needs(("申请退货",), tier="金卡"), 10)
    queue.enter("c3", Needs(("发票",)), 10)
    assert queue.take() == [Offer("c1", "bob"), Offer("c2", "cat"), Offer("c3", "ann")]


def test_who_knows_another_topic_helps_when_nobody_else_can() -> None:
    queue = desk("bob", bob=["退货"])
    queue.enter("c1", Needs(("发票",)), 10)
    assert queue.take() == [Offer("c1", "bob")]


def test_a_language_that_nobody_speaks_is_not_waited_for() -> None:
    queue = desk("ann", "bob", bob=["语言：粤语"])
    queue.enter("c1", Needs(language="粤语"), 10)
    queue.enter("c2", Needs(language="英语"), 10)
    assert queue.take() == [Offer("c1", "bob"), GiveUp("c2", "closed")]


def test_with_nobody_on_duty_it_is_closed() -> None:
    queue = desk()
    queue.enter("c1", Needs(), 10)
    assert queue.take() == [GiveUp("c1", "closed")]
    assert queue.deadline is None


def test_declined_it_rings_at_the_next_and_then_nowhere() -> None:
    queue = desk("ann", "bob")
    queue.enter("c1", Needs(), 10)
    queue.take()
    queue.decline("ann", "c1", 12)
    assert queue.take() == [Withdraw("c1", "ann"), Offer("c1", "bob")]
    queue.decline("ann", "c1", 13)
    assert queue.take() == []
    queue.decline("bob", "c1", 14)
    assert queue.take() == [Withdraw("c1", "bob"), GiveUp("c1", "declined")]


def test_who_does_not_answer_loses_the_call() -> None:
    queue = desk("ann", "bob")
    queue.enter("c1", Needs(), 10)
    queue.take()
    queue.woke(15)
    queue.take()
    assert queue.deadline == 30
    queue.woke(30)
    assert queue.take()[:2] == [Withdraw("c1", "ann"), Offer("c1", "bob")]
    assert not queue.accept("ann", "c1", 31)
    assert queue.accept("bob", "c1", 31)
    assert queue.talks("bob") == "c1"


def test_whoever_waits_knows_his_place_and_how_long() -> None:
    queue = desk("ann")
    queue.enter("c0", Needs(), 0)
    assert queue.accept("ann", "c0", 0)
    queue.take()
    queue.enter("c1", Needs(), 10)
    queue.enter("c2", Needs(), 11)
    assert queue.take() == [Tell("c1", 1, 120), Tell("c2", 2, 240)]
    assert queue.deadline == 25
    queue.woke(25)
    assert queue.take() == [Tell("c1", 1, 120)]
    queue.woke(26)
    assert queue.take() == [Tell("c2", 2, 240)]


def test_a_place_that_changes_is_told_at_once_but_not_into_the_sentence_before() -> None:
    queue = desk("ann")
    queue.enter("c0", Needs(), 0)
    queue.accept("ann", "c0", 0)
    queue.take()
    queue.enter("c1", Needs(), 10)
    queue.enter("c2", Needs(), 11)
    queue.take()
    queue.leave("c1", 13)
    assert queue.take() == []
    assert queue.deadline == 17
    queue.woke(17)
    assert queue.take() == [Tell("c2", 1, 120)]
    queue.finished("c0", 40)
    assert queue.take() == [Offer("c2", "ann"), Tell("c2", RINGS, 0)]


def test_while_it_rings_the_caller_is_not_left_alone() -> None:
    queue = desk("ann")
    queue.enter("c1", Needs(), 10)
    assert queue.take() == [Offer("c1", "ann")]
    assert queue.deadline == 15
    queue.woke(15)
    assert queue.take() == [Tell("c1", RINGS, 0)]
    assert queue.deadline == 30


def test_what_is_said_to_whoever_waits() -> None:
    assert place_in_words(RINGS, 0).startswith("正在接通人工坐席")
    assert "您是下一位，很快就到您" in place_in_words(1, 30)
    assert "您前面还有2位，预计等待6分钟左右" in place_in_words(3, 350)


def test_too_long_is_given_up_even_while_it_rings() -> None:
    queue = desk("ann", "bob", "cat", "dan")
    queue.enter("c1", Needs(), 0)
    for at in (20.0, 40.0):
        queue.woke(at)
    queue.take()
    queue.woke(60)
    assert queue.take()[-2:] == [Withdraw("c1", "cat"), GiveUp("c1", "no answer")]
    assert queue.waiting == []


def test_the_urgent_and_the_gold_go_first() -> None:
    queue = desk("ann")
    queue.enter("c0", Needs(), 0)
    queue.accept("ann", "c0", 0)
    for name, needs in (("plain", Needs()), ("gold", Needs(tier="金卡")), ("urgent", Needs(urgent=True))):
        queue.enter(name, needs, 1)
    assert queue.waiting == ["urgent", "gold", "plain"]


def test_off_duty_and_hung_up() -> None:
    queue = desk("ann", "bob")
    queue.enter("c1", Needs(), 10)
    queue.take()
    queue.end_duty("ann", 11)
    assert queue.take() == [Withdraw("c1", "ann"), Offer("c1", "bob")]
    queue.leave("c1", 12)
    assert queue.take() == [Withdraw("c1", "bob")]
    queue.enter("c2", Needs(), 13)
    assert queue.take() == [Offer("c2", "bob")]


def test_skills_are_plain_words() -> None:
    assert Skills.of([" 退货 ", "语言:英语", "等级：金卡", ""]) == Skills(
        frozenset({"退货"}), frozenset({"普通话", "英语"}), frozenset({"金卡"})
    )


STEPS = st.tuples(
    st.sampled_from(["begin", "end", "enter", "leave", "accept", "decline", "finished", "woke"]),
    st.sampled_from(["ann", "bob"]),
    st.sampled_from(["c1", "c2", "c3"]),
    st.sampled_from([0.0, 1.0, 20.0]),
)


@given(st.lists(STEPS, max_size=60))
@settings(max_examples=200, deadline=None)
def test_whatever_happens_nobody_rings_twice_and_nobody_waits_for_ever(
    steps: list[tuple[str, str, str, float]],
) -> None:
    queue, at = DeskQueue(OPTIONS), 0.0
    for what, agent, call, wait in steps:
        at += wait
        match what:
            case "begin":
                queue.begin_duty(agent, [], at)
            case "end":
                queue.end_duty(agent, at)
            case "enter" if call not in queue.waiting:
                queue.enter(call, Needs(), at)
            case "leave":
                queue.leave(call, at)
            case "accept":
                queue.accept(agent, call, at)
            case "decline":
                queue.decline(agent, call, at)
            case "finished":
                queue.finished(call, at)
            case _:
                queue.woke(at)
        ringing = [queue.rings_at(one) for one in queue.waiting if queue.rings_at(one)]
        assert len(ringing) == len(set(ringing))
        assert all(queue.talks(name) is None for name in ringing if name)
    while queue.deadline is not None:
        assert queue.deadline <= at + OPTIONS.wait_s
        at = max(at, queue.deadline)
        queue.woke(at)
    assert queue.waiting == []


def test_who_is_free_are_those_whom_nobody_who_waits_will_take() -> None:
    queue = desk("ann", "bob")
    assert queue.free == 2
    queue.enter("c1", Needs(), 10)
    assert queue.free == 1
    queue.accept("ann", "c1", 11)
    assert queue.free == 1
    queue.enter("c2", Needs(), 12)
    queue.enter("c3", Needs(), 12)
    assert queue.free == 0
