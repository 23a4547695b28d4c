"""What the alternatives say beyond the reading that was chosen: how sure a yes is, and which numbers it may be."""

from __future__ import annotations

from math import log

from voicebot.dialogue import Digits
from voicebot.events import Alternative, Transcript
from voicebot.nlu.answers import yes_or_no
from voicebot.nlu.digits import digits_of
from voicebot.nlu.normalize import normalize

SHORTEST = 3
"""Fewer digits are no number."""

MOST = 12
"""Readings that are kept."""

FLOOR = 1e-4
"""No reading is less likely than that."""


def clearness(transcript: Transcript) -> float:
    """How sure it is that a yes which was understood was said, 0..1; 1.0 where nothing speaks of yes or no.

    The share of yes among the readings that are a yes or a no: a recogniser that heard 对 and 不对 alike is not sure.
    """
    yes = sum(one.confidence for one in _listed(transcript) if _answer(one) == "affirm")
    no = sum(one.confidence for one in _listed(transcript) if _answer(one) == "deny")
    return yes / (yes + no) if yes + no else 1.0


def _answer(one: Alternative) -> str | None:
    return yes_or_no(normalize(one.text).strip(" ,。!?"))


def numbers(transcript: Transcript, chosen: str) -> tuple[Digits, ...]:
    """The numbers in the readings, each once, the likeliest first; that of the `chosen` reading is one of them."""
    chances: dict[str, float] = {}
    for one in _listed(transcript):
        digits = digits_of(normalize(one.text))
        if len(digits) >= SHORTEST:
            chances[digits] = chances.get(digits, 0.0) + one.confidence
    own = digits_of(normalize(chosen))
    if len(own) >= SHORTEST:
        chances.setdefault(own, FLOOR)
    ordered = sorted(chances.items(), key=lambda chance: -chance[1])[:MOST]
    return tuple(Digits(digits, log(max(chance, FLOOR))) for digits, chance in ordered)


def _listed(transcript: Transcript) -> tuple[Alternative, ...]:
    return transcript.alternatives or (Alternative(transcript.text, 0.0, transcript.confidence, "text"),)
