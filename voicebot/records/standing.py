"""How a call stands: what is counted and filtered, without anything private."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

GRAVITY = ("satisfied", "neutral", "anxious", "unhappy", "angry", "distressed")
"""Moods from the lightest to the gravest."""

MANNERS = frozenset(
    [
        "greeting",
        "goodbye",
        "thanks",
        "affirm",
        "deny",
        "repeat",
        "wait",
        "help",
        "smalltalk",
        "out_of_scope",
        "",
    ]
)
"""What callers say without wanting anything of the shop."""

FAULTS = frozenset(["repair_fault", "complaint_quality"])
"""Wishes that speak of goods that do not work."""

SURE = 0.5
"""A wish counts from this confidence on."""

Outcome = str


@dataclass(slots=True)
class Standing:
    """Grows with the call; `columns` gives what the call's row holds."""

    intents: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    gaps: list[int] = field(default_factory=list)
    confidences: list[float] = field(default_factory=list)
    mood: str = "neutral"
    felt: bool = False
    product: str = ""
    customer_id: int | None = None
    satisfaction: int | None = None
    handover: str = ""
    human: bool = False
    """Did a human speak with the caller on the line?"""
    resolved: int = 0
    failed: int = 0
    turns: int = 0

    def heard(self, intents: list[Mapping[str, Any]], mood: str, confidence: float) -> None:
        """The caller has said something."""
        self.turns += 1
        self.confidences.append(round(confidence, 2))
        for intent in intents:
            name = str(intent["name"])
            if name not in MANNERS and name not in self.intents and intent["confidence"] >= SURE:
                self.intents.append(name)
        if mood in GRAVITY and mood != "neutral":
            graver = GRAVITY.index(mood) > GRAVITY.index(self.mood)
            if graver or not self.felt:
                self.mood, self.felt = mood, True

    def concerns(self, product: Any) -> None:
        """The call is about these goods."""
        if isinstance(product, str) and product:
            self.product = product[:60]

    def belongs_to(self, customer: Any) -> None:
        """The caller has this account."""
        if isinstance(customer, int) and not isinstance(customer, bool):
            self.customer_id = customer

    def columns(self) -> dict[str, Any]:
        """The columns of the call's row; `facts` holds the lists."""
        return {
            "intent": self.intents[0][:40] if self.intents else "",
            "mood": self.mood,
            "product": self.product,
            "fault": bool(FAULTS & set(self.intents)),
            "turns": self.turns,
            "confidence": _mean(self.confidences),
            "customer_id": self.customer_id,
            "satisfaction": self.satisfaction,
            "handover": self.handover[:20],
            "facts": {
                "intents": list(self.intents),
                "asked": list(self.asked),
                "gaps": list(self.gaps),
                "confidences": list(self.confidences),
            },
        }

    def outcome(self, by: str) -> Outcome:
        """How it came out, when it was ended by caller, bot, line or transfer."""
        if by == "transfer" or self.human:
            return "transferred"
        if self.resolved and not self.handover:
            return "resolved"
        if by != "bot" and not self.handover and not self.failed:
            return "abandoned"
        return "unresolved"


def _mean(values: list[float]) -> float | None:
    return round(sum(values) / len(values), 3) if values else None
