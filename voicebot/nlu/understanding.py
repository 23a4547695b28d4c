"""What a sentence means: the one type that understanding hands to the dialogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Turn = Literal["finished", "unfinished", "wait"]
Mood = Literal["satisfied", "neutral", "anxious", "unhappy", "angry", "distressed"]


@dataclass(frozen=True, slots=True)
class Intent:
    """What the caller wants; `confidence` is the probability that this is right.

    `text` is the part of the sentence that says so, where the sentence says more than that.
    """

    name: str
    confidence: float
    text: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Slot:
    """A detail. `value` is normalised: Arabic digits, ISO dates, yuan as a decimal string, counts as int."""

    value: str | int
    text: str


@dataclass(frozen=True, slots=True)
class Understanding:
    """One reading of what was said.

    `text` is the reading that was chosen among the alternatives. `intents` are in the order in which they are
    to be served, the first the most important; never empty (`out_of_scope` when nothing fits). `turn` says
    whether the caller seems to have finished.
    """

    text: str
    intents: tuple[Intent, ...]
    slots: Mapping[str, Slot] = field(default_factory=dict)
    mood: Mood = "neutral"
    turn: Turn = "finished"
    unasked: tuple[Intent, ...] = ()
    """Where the intent is `inform`: what the grammar says the same words want, had nothing been asked."""

    @property
    def intent(self) -> str:
        """The name of the first intent."""
        return self.intents[0].name
