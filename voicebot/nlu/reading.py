"""Which of several readings was said: the decoders' confidence, weighed with what would make sense.

A reading gains when its intent is clear, when the grammar knows the sentence, when it answers the question that was
asked, and when the number in it is that of one of the caller's own orders. The chances of the intents are the mixture
of all readings by these weights, so that several readings which all hint at one intent support each other.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from voicebot.events import Alternative, Transcript
from voicebot.nlu.answers import wanted_slots
from voicebot.nlu.understanding import Slot

MOST = 12
"""Readings that are looked at; the less likely ones are left out."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each kind of evidence counts, in nats; chosen on synthesised calls (benchmarks/understanding.py)."""

    heard: float = 0.4
    clear: float = 1.0
    grammar: float = 1.2
    answers: float = 1.5
    own_order: float = 3.0
    domain: float = 0.3
    outside: float = -0.9
    """For a reading that is out of scope: noise makes many sentences nonsense, few callers talk it."""
    sharpness: float = 1.14
    """The power of the pooled chances of a list, fitted by `python -m benchmarks.heard --fit` on other sentences."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for one reading. `sure` is the chance of its likeliest intent, 0..1."""

    confidence: float
    domain: bool
    sure: float
    in_scope: bool
    by_grammar: bool
    slots: Mapping[str, Slot]


def candidates(heard: Transcript | Sequence[Alternative] | str) -> list[Alternative]:
    """The alternatives, each text once (with the confidence of both decoders), likeliest first, not too many."""
    if isinstance(heard, str):
        return [Alternative(heard, 0.0, 1.0, "text")]
    listed = list(heard.alternatives or (_only(heard),)) if isinstance(heard, Transcript) else list(heard)
    merged: dict[str, Alternative] = {}
    for one in listed:
        other = merged.get(one.text)
        if other is None:
            merged[one.text] = one
        else:
            chance = 1.0 - (1.0 - one.confidence) * (1.0 - other.confidence)
            merged[one.text] = Alternative(one.text, one.score, chance, other.source, other.words)
    ordered = sorted(merged.values(), key=lambda one: -one.confidence)
    return ordered[:MOST] or [Alternative("", 0.0, 0.0, "text")]


def _only(heard: Transcript) -> Alternative:
    return Alternative(heard.text, 0.0, heard.confidence, "text", heard.words)


def weight(evidence: Evidence, expecting: str | None, known: Sequence[str], weights: Weights) -> float:
    """The weight of a reading, greater for the likelier one."""
    total = weights.heard * math.log(max(evidence.confidence, 0.005))
    total += weights.domain * evidence.domain
    total += weights.clear * math.log(max(evidence.sure, 0.05)) + weights.outside * (not evidence.in_scope)
    total += weights.grammar * evidence.by_grammar
    total += weights.answers * any(name in evidence.slots for name in wanted_slots(expecting))
    total += weights.own_order * _is_own(evidence.slots, known)
    return math.exp(total)


def _is_own(slots: Mapping[str, Slot], known: Sequence[str]) -> bool:
    numbers = [str(slots[name].value) for name in ("order_number", "tail_number") if name in slots]
    return any(own.endswith(number) for number in numbers for own in known)
