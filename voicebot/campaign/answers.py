"""What a call tells, read off its facts: the outcome, the answers, a named time; and surveys counted together.

Record("answer", ...) ┐
Record("outcome", ...)├─► result_of ─► Result(outcome, answers, wish, converted, details)
Record("opt_out", ...)│                  └─► tally; for_contact: his own order, quotas
Parting(why, spoke)   ┘

What the dialogue does not tell follows from how the call ended: the bot hung up for a reason of the dialogue's own,
completed; he said goodbye before the end, refused; nothing was said to whoever answered, abandoned; else cut off.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast

from voicebot.actions import Record
from voicebot.campaign.outcomes import OUTCOMES, Outcome
from voicebot.campaign.survey import Survey
from voicebot.dialogue.script import Script


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a call that was answered.

    `answers` by question, the newest of each: plain values. `wish`: the local time that he named, without a zone.
    `details`: who answered (answered_by), classes of open answers, how far a survey came (survey: begun, completed or
    quota), questions that were skipped, that were asked and not answered (unanswered), and that a survey which broke
    off did not come to (not_reached), satisfaction 1 to 5, variants, the message that was left, links that were sent.
    """

    outcome: Outcome
    answers: Mapping[str, Any] = field(default_factory=dict)
    wish: datetime | None = None
    converted: bool = False
    details: Mapping[str, Any] = field(default_factory=dict)


NOT_COMPLETED = frozenset({"silence", "failure", "time is up", "no_human"})
"""Reasons to hang up that are no end of what was wanted."""
HIS_WISH = "goodbye"
"""The reason when he said goodbye before the end: he is not rung again."""


@dataclass(frozen=True, slots=True)
class Parting:
    """How a call ended: the bot's reason to hang up (empty: the other side did), and whether the bot had spoken."""

    why: str = ""
    spoke: bool = True

    @property
    def outcome(self) -> Outcome:
        """The outcome of a call whose dialogue has told none."""
        if self.why and self.why not in NOT_COMPLETED:
            return "refused" if self.why == HIS_WISH else "completed"
        return "cut_off" if self.spoke else "abandoned"


BROKEN_OFF = Parting()


def result_of(
    facts: Iterable[Record], now: datetime | None = None, goal: str = "", parting: Parting = BROKEN_OFF
) -> Result:
    """Read the facts of one call, in their order. A call without an end of its own ended as its `parting` says.

    `now` is the local time of the call, without a zone: a time without a day that he named is the next such time.
    A fact of the kind `goal` means that the goal was reached.
    """
    found = _Reading(now)
    for fact in facts:
        found.converted |= bool(goal) and fact.kind == goal
        read = _READ.get(fact.kind)
        if read is not None:
            read(found, fact.data)
    return found.result(parting)


class _Reading:
    """The facts of one call as they are read."""

    def __init__(self, now: datetime | None) -> None:
        self.now = now
        self.answers: dict[str, Any] = {}
        self.details: dict[str, Any] = {}
        self.outcome: str | None = None
        self.wish: datetime | None = None
        self.converted = False
        self.opted_out = False
        self.transferred = False
        self.questions: list[str] = []
        self.asked: list[str] = []
        self.skipped: list[str] = []

    def answer(self, data: Mapping[str, Any]) -> None:
        """An answer replaces an earlier one to the same question."""
        question = str(data["question"])
        self.answers[question] = data.get("value")
        if data.get("class") is not None:
            self.details.setdefault("classes", {})[question] = data["class"]

    def survey(self, data: Mapping[str, Any]) -> None:
        """How far a survey has come; at its beginning, which questions it has."""
        self.details["survey"] = data.get("state")
        self.questions += [str(one) for one in data.get("questions") or ()]

    def ended_as(self, data: Mapping[str, Any]) -> None:
        """The dialogue says what came of it; the last word counts."""
        if data.get("outcome") in OUTCOMES:
            self.outcome = str(data["outcome"])
            self.wish = _moment(data.get("date"), data.get("time"), self.now)

    def result(self, parting: Parting) -> Result:
        """All of it."""
        self.details |= {name: left for name, left in self._open().items() if left}
        return Result(self._outcome(parting), self.answers, self.wish, self.converted, self.details)

    def _open(self) -> dict[str, list[str]]:
        """The questions without an answer, by why they have none; what a branch left out is not among them."""
        skipped = [one for one in dict.fromkeys(self.skipped) if one not in self.answers]
        settled = {*self.answers, *skipped}
        unanswered = [one for one in dict.fromkeys(self.asked) if one not in settled]
        broken_off = self.details.get("survey") == "begun"
        missed = [one for one in self.questions if broken_off and one not in {*settled, *self.asked}]
        return {"skipped": skipped, "unanswered": unanswered, "not_reached": missed}

    def _outcome(self, parting: Parting) -> Outcome:
        if self.opted_out:
            return "opted_out"
        if self.details.get("answered_by") == "machine":
            return "machine"
        if self.transferred:
            return "transferred"
        return cast(Outcome, self.outcome) if self.outcome else parting.outcome


MORNING = "10:00"
"""Who names a day and no time is rung then."""


def _moment(day: Any, time: Any, now: datetime | None) -> datetime | None:
    """The time that he named, if there is one and it is to come."""
    if day is None and (time is None or now is None):
        return None
    try:
        named = datetime.fromisoformat(f"{_day(day, now)}T{time or MORNING}")
    except ValueError:
        return None
    if day is None and now is not None and named <= now:
        named += timedelta(days=1)
    return named if now is None or named > now else None


def _day(day: Any, now: datetime | None) -> str:
    return str(day) if day is not None or now is None else now.date().isoformat()


def _keep(name: str, key: str) -> Any:
    def keep(found: _Reading, data: Mapping[str, Any]) -> None:
        found.details[name] = data.get(key)

    return keep


def _sent(found: _Reading, data: Mapping[str, Any]) -> None:
    found.details.setdefault("sent", []).append(dict(data))


def _variant(found: _Reading, data: Mapping[str, Any]) -> None:
    found.details.setdefault("variants", {})[str(data["point"])] = data["variant"]


_READ: dict[str, Any] = {
    "answer": _Reading.answer,
    "question": lambda found, data: found.asked.append(str(data["question"])),
    "skipped": lambda found, data: found.skipped.append(str(data["question"])),
    "outcome": _Reading.ended_as,
    "survey": _Reading.survey,
    "answered_by": _keep("answered_by", "by"),
    "message_left": _keep("message", "text"),
    "satisfaction": _keep("satisfaction", "score"),
    "sent": _sent,
    "variant": _variant,
    "opt_out": lambda found, _: setattr(found, "opted_out", True),
    "converted": lambda found, _: setattr(found, "converted", True),
    "transferred": lambda found, _: setattr(found, "transferred", True),
}


def for_contact(script: Script, contact: str, results: Iterable[Mapping[str, Any]] = ()) -> Script:
    """A survey's script as this contact is asked: in an order of his own, the same each time he is rung, and without
    what there is enough of. `results` are the answers, by question, of the calls that were completed; any other script
    stays as it is.
    """
    known = script.constants.get("survey")
    if not isinstance(known, Mapping):
        return script
    orders = {
        name: sorted(inside, key=lambda one: _drawn(str(known.get("name")), contact, str(one)))
        for name, inside in known.items()
        if name.startswith("order_")
    }
    own = {**known, **orders, "full": full_cells(known.get("quotas", {}), results)}
    return replace(script, constants={**script.constants, "survey": own})


def _drawn(*names: str) -> str:
    return hashlib.sha256("\0".join(names).encode()).hexdigest()


def full_cells(
    quotas: Mapping[str, Mapping[str, int]], results: Iterable[Mapping[str, Any]]
) -> dict[str, list[Any]]:
    """For each question with a quota, the values of which there are enough."""
    answers = list(results)
    full = {}
    for question, cells in quotas.items():
        counted = Counter(str(one.get(question)) for one in answers)
        full[question] = [value for value, most in cells.items() if counted[value] >= most]
    return full


@dataclass(frozen=True, slots=True)
class Tally:
    """One question over many calls: how many answered, how often each value, and the mean where values are numbers."""

    question: str
    answered: int
    counts: Mapping[Any, int]
    mean: float | None


def tally(survey: Survey, results: Sequence[Mapping[str, Any]]) -> list[Tally]:
    """Count the answers, partial ones too, question by question."""
    found = []
    for question in survey.questions():
        values = [one[question.id] for one in results if one.get(question.id) is not None]
        numbers = [value for value in values if isinstance(value, int | float)]
        mean = sum(numbers) / len(numbers) if numbers and len(numbers) == len(values) else None
        counts = Counter(str(value) if question.kind == "open" else value for value in values)
        found.append(Tally(question.id, len(values), dict(counts.most_common()), mean))
    return found
