"""What came of a call that was answered, gathered while it goes on.

A campaign's dialogue tells by what it records:

    record: answer      with: {question: "'satisfied'", value: rating}        an answer to keep
    record: outcome     with: {outcome: "'callback'", date: day, time: clock}  what came of it, and when to ring again
    record: opt_out     he wants no more calls, from now on, of any campaign (so does `do: opt_out`)
    record: <the goal>  the goal was reached

Outcomes are those of campaign/outcomes.py: completed, refused, wrong_person, callback, machine. `record: refused` and
the like say the same in short.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from voicebot.actions import Action, Do, HangUp, Record
from voicebot.campaign.outcomes import Outcome
from voicebot.events import Event, HungUp, Transferred
from voicebot.outbound.carrier import Ended

NOT_COMPLETED = frozenset({"silence", "failure", "time is up"})
"""Reasons of the bot's own to hang up that are no end of the dialogue."""
MACHINES = ("machine", "fax")


@dataclass(slots=True)
class CallResult:
    """Watches one call. `zone` is the customer's, `goal` the record that means that it was reached."""

    dial: str
    goal: str
    zone: str
    answered: datetime
    opted_out: Callable[[], None] = lambda: None
    answered_by: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    kinds: set[str] = field(default_factory=set)
    wish: datetime | None = None
    why: str = ""
    wants_frames: ClassVar[bool] = False

    def happened(self, event: Event, actions: list[Action], place: int | None, speech: bool) -> None:
        """See Observer."""
        if isinstance(event, Transferred):
            self.kinds.add("transferred")
        elif isinstance(event, HungUp) and event.by != "bot":
            self.kinds.add("hung_up")
        for action in actions:
            if isinstance(action, Do) and action.name == "opt_out":
                self._no_more()
            elif isinstance(action, HangUp):
                self.why = action.why
            elif isinstance(action, Record):
                self._recorded(action.kind, action.data, event.at)

    def _recorded(self, kind: str, data: Mapping[str, Any], at: float) -> None:
        self.kinds.add(str(data.get("outcome")) if kind == "outcome" else kind)
        if kind == "opt_out":
            self._no_more()
        elif kind == "answer" and data.get("question"):
            self.answers[str(data["question"])] = data.get("value")
            if data.get("class"):
                self.answers[f"{data['question']} class"] = data["class"]
        elif "callback" in {kind, data.get("outcome")}:
            self.wish = wish_of(data, self.answered + timedelta(seconds=at), self.zone) or self.wish

    def _no_more(self) -> None:
        if "opted_out" not in self.kinds:
            self.kinds.add("opted_out")
            self.opted_out()

    @property
    def outcome(self) -> Outcome:
        """What came of it; what the caller decided comes before how the line ended."""
        if self.answered_by.startswith(MACHINES):
            return "machine"
        for kind, outcome in _DECIDED:
            if kind in self.kinds:
                return outcome
        if self.why and self.why not in NOT_COMPLETED:
            return "completed"
        return "cut_off" if "said" in self.kinds else "abandoned"

    def ended(self, at: datetime, call: str) -> Ended:
        """The result, once the call is over; `call` is its name in the records."""
        outcome = self.outcome
        return Ended(
            dial=self.dial,
            outcome=outcome,
            at=at,
            answered=self.answered,
            wish=self.wish if outcome == "callback" else None,
            converted=bool(self.goal) and self.goal in self.kinds,
            answers=dict(self.answers),
            call=call,
            details={"why": self.why},
        )


_DECIDED: tuple[tuple[str, Outcome], ...] = (
    ("machine", "machine"),
    ("opted_out", "opted_out"),
    ("wrong_person", "wrong_person"),
    ("transferred", "transferred"),
    ("callback", "callback"),
    ("refused", "refused"),
    ("completed", "completed"),
)


def wish_of(data: Mapping[str, Any], now: datetime, zone: str) -> datetime | None:
    """The time that somebody named: `at` (ISO), or `date` (ISO) and `time` (HH:MM), on his own wall clock.

    A time without a day is today's, or tomorrow's when it has passed; a day without a time is at ten. None: no time.
    """
    place = ZoneInfo(zone)
    local = now.astimezone(place)
    try:
        if data.get("at"):
            found = datetime.fromisoformat(str(data["at"]))
            found = found if found.tzinfo else found.replace(tzinfo=place)
        else:
            day = date.fromisoformat(str(data["date"])) if data.get("date") else None
            clock = time.fromisoformat(str(data["time"])) if data.get("time") else None
            if day is None and clock is None:
                return None
            found = datetime.combine(day or local.date(), clock or time(10), place)
            if day is None and found <= local:
                found = datetime.combine(local.date() + timedelta(days=1), clock or time(10), place)
    except ValueError:
        return None
    return found.astimezone(UTC) if found > local else None
