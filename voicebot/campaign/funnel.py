"""What came of a campaign, counted: how many were dialled, reached, human, completed, converted, refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from voicebot.campaign.outcomes import HUMAN, REACHED


@dataclass(frozen=True, slots=True)
class Called:
    """One call for the count: whose, what came of it, whether the goal was reached, the answers given, the questions
    without one, and how content he was (1 to 5)."""

    contact: int
    outcome: str
    converted: bool = False
    answers: Mapping[str, Any] = field(default_factory=dict)
    unanswered: tuple[str, ...] = ()
    satisfaction: int | None = None


STAGES = ("dialled", "reached", "human", "completed", "converted", "refused")


def funnel(calls: Iterable[Called]) -> dict[str, int]:
    """Contacts by the farthest they came; `refused` are those who said no or want no more calls."""
    at: dict[str, set[int]] = {stage: set() for stage in STAGES}
    for call in calls:
        if call.outcome == "not_asked":
            continue
        for stage, holds in (
            ("dialled", True),
            ("reached", call.outcome in REACHED),
            ("human", call.outcome in HUMAN),
            ("completed", call.outcome in {"completed", "transferred"}),
            ("converted", call.converted),
            ("refused", call.outcome in {"refused", "opted_out"}),
        ):
            if holds:
                at[stage].add(call.contact)
    return {stage: len(contacts) for stage, contacts in at.items()}


def answers_by_question(calls: Iterable[Called]) -> dict[str, dict[str, int]]:
    """For each question how often each answer was given; of a contact who was asked twice the last answer counts."""
    last: dict[tuple[int, str], str] = {}
    for call in calls:
        last |= {(call.contact, question): _text(answer) for question, answer in call.answers.items()}
    counted: dict[str, Counter[str]] = {}
    for (_, question), answer in last.items():
        counted.setdefault(question, Counter())[answer] += 1
    return {question: dict(counts.most_common()) for question, counts in sorted(counted.items())}


def unanswered(calls: Iterable[Called]) -> dict[str, int]:
    """For each question how many contacts have not answered it in any call, though it was theirs to answer."""
    given: set[tuple[int, str]] = set()
    left: dict[tuple[int, str], None] = {}
    for call in calls:
        given.update((call.contact, question) for question in call.answers)
        left |= dict.fromkeys((call.contact, question) for question in call.unanswered)
    return dict(Counter(question for contact, question in left if (contact, question) not in given))


def satisfaction(calls: Iterable[Called]) -> dict[str, float]:
    """{"marks", "mean"}: how many contacts gave a mark (the last one of each counts), and their mean; empty where
    nobody did."""
    marks = {call.contact: call.satisfaction for call in calls if call.satisfaction is not None}
    return {"marks": len(marks), "mean": round(sum(marks.values()) / len(marks), 2)} if marks else {}


def _text(answer: Any) -> str:
    return ", ".join(str(one) for one in answer) if isinstance(answer, list | tuple) else str(answer)


def abandoned_percent(outcomes: Mapping[str, int]) -> float:
    """The share of the calls that a human answered in which nobody talked to him."""
    human = sum(count for outcome, count in outcomes.items() if outcome in HUMAN)
    return 100 * outcomes.get("abandoned", 0) / human if human else 0.0
