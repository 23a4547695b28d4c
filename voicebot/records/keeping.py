"""What of a call is kept: its events and actions as they happen, turned into notes for the memory.

Nothing here waits: a note is handed over and the call goes on. A turn of the caller is kept when it was answered, a
turn of the bot when it was heard, something looked up when its answer is there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from voicebot.actions import Action, Do, Look, Record, Transfer
from voicebot.events import Answered, Event, Found, Heard, TransferFailed
from voicebot.records.notes import Acted, Closed, Note, Opened, Said, Speaker
from voicebot.records.standing import Standing

SAME_BREATH_S = 1.5
"""A pause longer than this separates what the caller says from noise before it."""


class Ringing(Protocol):
    """What is known of a call before it is answered."""

    @property
    def call_id(self) -> str: ...
    @property
    def line(self) -> str: ...
    @property
    def caller(self) -> str | None: ...
    @property
    def called(self) -> str | None: ...
    @property
    def details(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Meaning:
    """What is known of a turn beside its words."""

    confidence: float | None = None
    intent: str = ""
    mood: str = ""
    gap_ms: int | None = None


class Keeping:
    """Watches one call (an Observer) and tells `tell` what is to be kept. `now` is the shop's time."""

    def __init__(self, ring: Ringing, now: Callable[[], datetime], tell: Callable[[Note], None]) -> None:
        self._call = ring.call_id
        self._ring = ring
        self._now = now
        self._tell = tell
        self._standing = Standing()
        self._numbers = {"turn": 0, "act": 0}
        self._asked: dict[int, tuple[float, Look | Do]] = {}
        self._speech: tuple[float, float] | None = None
        self._heard: Mapping[str, Any] = {}
        self._gap_ms: int | None = None
        self._at = 0.0
        self._by = "line"
        self._open = False

    def happened(self, event: Event, actions: list[Action], place: int | None, speech: bool) -> None:
        """Take note of an event and its actions."""
        self._at = event.at
        if isinstance(event, Heard):
            if speech:
                self._voice(event.at)
            if not actions:
                return
        elif isinstance(event, Answered):
            self._begin(event)
        elif isinstance(event, Found):
            self._found(event)
        elif isinstance(event, TransferFailed):
            self._act("transfer", "failed", False, {"why": event.why})
        for action in actions:
            self._did(action)

    def said(self, who: Speaker, text: str, at: float | None = None) -> None:
        """Somebody else spoke, such as the human who took over."""
        self._turn(who, self._at if at is None else at, self._at, {"text": text}, Meaning())

    def over(self, broken: bool) -> None:
        """The call is over; once."""
        if not self._open:
            return
        self._open = False
        for at, action in self._asked.values():
            self._asking(at, action, False, {"error": "no answer"})
        columns = self._standing.columns() | {"outcome": self._standing.outcome(self._by)}
        self._tell(Closed(self._call, round(self._at, 2), self._by, "broken" if broken else "ended", columns))

    def _did(self, action: Action) -> None:
        if isinstance(action, Record):
            _FACTS.get(action.kind, Keeping._other)(self, action)
        elif isinstance(action, Look | Do):
            self._asked[action.query] = (self._at, action)
            self._concerns(action.arguments)
        elif isinstance(action, Transfer):
            self._standing.belongs_to((action.story.get("who") or {}).get("customer_id"))
            self._act("transfer", action.to, True, {"story": dict(action.story)})

    # -- what happens -------------------------------------------------------------------------------------------

    def _begin(self, event: Answered) -> None:
        self._open = True
        campaign = self._ring.details.get("campaign")
        told = (event.caller, event.called, str(campaign) if campaign else None)
        self._tell(Opened(self._call, event.line, self._now(), *told))

    def _voice(self, at: float) -> None:
        began, last = self._speech or (at, at)
        self._speech = (at if at - last > SAME_BREATH_S else began, at)

    def _found(self, event: Found) -> None:
        at, action = self._asked.pop(event.query, (event.at, None))
        if action is None:
            return
        result = event.result or {}
        customer = result.get("customer")
        if isinstance(customer, Mapping):
            self._standing.belongs_to(customer.get("id"))
        if action.name == "knowledge":
            self._standing.asked.append(str(result.get("entry") or "?")[:80])
        if action.name == "record_satisfaction" and result.get("done"):
            self._standing.satisfaction = int(result["score"])
        fine = not event.error and result.get("done", True) is not False
        told = {"result": dict(result)} | ({"error": event.error} if event.error else {})
        self._asking(at, action, fine, told)

    def _asking(self, at: float, action: Look | Do, fine: bool, told: Mapping[str, Any]) -> None:
        kind = "look" if isinstance(action, Look) else "do"
        self._act(kind, action.name, fine, {"arguments": dict(action.arguments), **told}, at)

    def _concerns(self, arguments: Mapping[str, Any]) -> None:
        self._standing.concerns(arguments.get("item") or arguments.get("product"))
        self._standing.belongs_to(arguments.get("customer_id"))

    # -- facts --------------------------------------------------------------------------------------------------

    def _fact_heard(self, fact: Record) -> None:
        self._heard = fact.data

    def _fact_understood(self, fact: Record) -> None:
        data, heard = fact.data, self._heard
        self._heard = {}
        confidence = float(heard.get("confidence", 1.0))
        intents = list(data.get("intents", ()))
        mood = str(data.get("mood", "neutral"))
        self._standing.heard(intents, mood, confidence)
        product = data.get("slots", {}).get("product")
        if isinstance(product, Mapping):
            self._standing.concerns(product.get("value"))
        until = heard.get("speech_end")
        until = self._at if until is None else float(until)
        began = min(self._speech[0], until) if self._speech else until
        self._speech = None
        content = {
            "text": data.get("text", ""),
            "heard": heard.get("text", ""),
            "alternatives": heard.get("alternatives", []),
            "slots": data.get("slots", {}),
            "intents": intents,
        }
        first = str(intents[0]["name"]) if intents else ""
        self._turn("caller", began, until, content, Meaning(confidence, first[:40], mood[:12]))

    def _fact_keyed(self, fact: Record) -> None:
        self._turn("keys", self._at, self._at, {"text": str(fact.data.get("keys", ""))}, Meaning())

    def _fact_said(self, fact: Record) -> None:
        heard_ms = int(fact.data.get("heard_ms", 0))
        content = {"text": fact.data.get("text", ""), "finished": bool(fact.data.get("finished", True))}
        gap, self._gap_ms = self._gap_ms, None
        self._turn("bot", max(0.0, self._at - heard_ms / 1000), self._at, content, Meaning(gap_ms=gap))

    def _fact_answered(self, fact: Record) -> None:
        self._gap_ms = int(fact.data["gap_ms"])
        self._standing.gaps.append(self._gap_ms)

    def _fact_handover(self, fact: Record) -> None:
        self._standing.handover = str(fact.data.get("why") or "asked")
        self._act("handover", str(fact.data.get("to", "")), True, fact.data)

    def _fact_taken(self, fact: Record) -> None:
        self._standing.human = True
        self._act("taken", str(fact.data.get("by", "")), True, {"sought": bool(fact.data.get("sought"))})

    def _fact_spoken(self, fact: Record) -> None:
        self.said("agent", str(fact.data.get("text", "")))

    def _fact_resolved(self, fact: Record) -> None:
        self._standing.resolved += 1
        self._act("resolved", str(fact.data.get("flow", "")), True, {})

    def _fact_failed(self, fact: Record) -> None:
        self._standing.failed += 1
        self._act("failed", str(fact.data.get("flow", "")), False, fact.data)

    def _fact_ended(self, fact: Record) -> None:
        self._by = str(fact.data.get("by", "line"))

    def _nothing(self, fact: Record) -> None:
        """What is known otherwise."""

    def _other(self, fact: Record) -> None:
        self._act(fact.kind, str(fact.data.get("by") or ""), True, fact.data)

    # -- telling ------------------------------------------------------------------------------------------------

    def _turn(
        self, who: Speaker, at: float, until: float, content: Mapping[str, Any], meaning: Meaning
    ) -> None:
        self._numbers["turn"] += 1
        self._tell(
            Said(
                self._call,
                self._numbers["turn"],
                round(at, 2),
                round(until, 2),
                who,
                dict(content),
                meaning.confidence,
                meaning.intent,
                meaning.mood,
                meaning.gap_ms,
                self._standing.columns(),
            )
        )

    def _act(
        self,
        kind: str,
        name: str,
        ok: bool,
        content: Mapping[str, Any],
        at: float | None = None,
    ) -> None:
        self._numbers["act"] += 1
        number, columns = self._numbers["act"], self._standing.columns()
        moment = round(self._at if at is None else at, 2)
        self._tell(Acted(self._call, number, moment, kind[:12], name[:60], ok, dict(content), columns))


_FACTS: dict[str, Callable[[Keeping, Record], None]] = {
    "began": Keeping._nothing,
    "asked": Keeping._nothing,
    "heard": Keeping._fact_heard,
    "understood": Keeping._fact_understood,
    "keyed": Keeping._fact_keyed,
    "said": Keeping._fact_said,
    "answered": Keeping._fact_answered,
    "handover": Keeping._fact_handover,
    "taken": Keeping._fact_taken,
    "spoken": Keeping._fact_spoken,
    "resolved": Keeping._fact_resolved,
    "failed": Keeping._fact_failed,
    "ended": Keeping._fact_ended,
}
