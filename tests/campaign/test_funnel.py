"""Counting what came of a campaign."""

from __future__ import annotations

from voicebot.campaign.funnel import (
    Called,
    abandoned_percent,
    answers_by_question,
    funnel,
    satisfaction,
    unanswered,
)


def test_contacts_are_counted_by_the_farthest_they_came() -> None:
    calls = [
        Called(1, "busy"),
        Called(1, "completed", True, {"score": 5}),
        Called(2, "machine"),
        Called(3, "opted_out", False, {"score": 1}),
        Called(4, "no_answer"),
        Called(5, "not_asked"),
        Called(6, "transferred"),
    ]
    assert funnel(calls) == {
        "dialled": 5,
        "reached": 4,
        "human": 3,
        "completed": 2,
        "converted": 1,
        "refused": 1,
    }


def test_of_two_answers_the_last_counts() -> None:
    calls = [
        Called(1, "cut_off", answers={"score": 1}),
        Called(1, "completed", answers={"score": 5, "why": ["快", "好"]}),
        Called(2, "completed", answers={"score": 5}),
    ]
    assert answers_by_question(calls) == {"score": {"5": 2}, "why": {"快, 好": 1}}


def test_the_share_of_abandoned_calls_is_of_those_a_human_answered() -> None:
    assert abandoned_percent({"abandoned": 1, "completed": 3, "machine": 50}) == 25
    assert abandoned_percent({"busy": 9}) == 0


def test_questions_without_an_answer_are_counted_once_a_contact() -> None:
    calls = [
        Called(1, "cut_off", answers={"a": 1}, unanswered=("b", "c")),
        Called(1, "completed", answers={"b": 2}, unanswered=("c",)),
        Called(2, "completed", unanswered=("c",)),
    ]
    assert unanswered(calls) == {"c": 2}


def test_of_each_contact_the_last_mark_counts() -> None:
    calls = [
        Called(1, "completed", satisfaction=1),
        Called(1, "completed", satisfaction=4),
        Called(2, "completed", satisfaction=5),
        Called(3, "completed"),
    ]
    assert satisfaction(calls) == {"marks": 2, "mean": 4.5}
    assert satisfaction([Called(3, "completed")]) == {}
