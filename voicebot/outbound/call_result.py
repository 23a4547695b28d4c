"""What came of a call that was answered, gathered while it goes on.

A campaign's dialogue tells by what it records; `campaign/answers.py` reads it:

    record: answer      with: {question: "'satisfied'", value: rating}        an answer to keep
    record: outcome     with: {outcome: "'callback'", date: day, time: clock}  what came of it, and when to ring again
    record: opt_out     he wants no more calls, from now on, of any campaign (so does `do: opt_out`)
    record: converted   the goal was reached; or a record of the name that the campaign's `goal` has
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from voicebot.actions import Action, Do, HangUp, Record
from voicebot.campaign.answers import Parting, result_of
from voicebot.events import Event, HungUp, Transferred
from voicebot.outbound.carrier import Ended


@dataclass(slots=True)
class CallResult:
    """Watches one call. `zone` is the customer's, `goal` the record that means that it was reached."""

    dial: str
    goal: str
    zone: str
    answered: datetime
    opted_out: Callable[[], None] = lambda: None
    facts: list[Record] = field(default_factory=list)
    why: str = ""
    last: float = 0.0
    told: bool = False
    spoke: bool = False
    wants_frames: ClassVar[bool] = False

    def happened(self, event: Event, actions: list[Action], place: int | None, speech: bool) -> None:
        """See Observer."""
        self.last = event.at
        if isinstance(event, Transferred):
            self.facts.append(Record("transferred", {}))
        elif isinstance(event, HungUp) and event.by != "bot":
            self.why = ""
        for action in actions:
            match action:
                case Do(name="opt_out") | Record(kind="opt_out"):
                    self._no_more()
                case HangUp():
                    self.why = action.why
                case Record(kind="said"):
                    self.spoke = True
                case Record():
                    self.facts.append(action)

    def _no_more(self) -> None:
        if not self.told:
            self.told = True
            self.facts.append(Record("opt_out", {}))
            self.opted_out()

    def ended(self, at: datetime, call: str) -> Ended:
        """The result, once the call is over; `call` is its name in the records."""
        zone = ZoneInfo(self.zone)
        local = self.answered.astimezone(zone) + timedelta(seconds=self.last)
        parting = Parting(self.why, self.spoke)
        result = result_of(self.facts, local.replace(tzinfo=None), self.goal, parting)
        return Ended(
            dial=self.dial,
            outcome=result.outcome,
            at=at,
            answered=self.answered,
            wish=None if result.wish is None else result.wish.replace(tzinfo=zone).astimezone(UTC),
            converted=result.converted,
            answers=dict(result.answers),
            call=call,
            details={**result.details, "why": self.why},
        )
