"""What can come in to the dialogue. Frozen; the conversation is a fold over these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from voicebot.nlu.understanding import Slot, Understanding


@dataclass(frozen=True, slots=True)
class Began:
    """The call was answered. `now` is the shop's local time, given from outside; `caller` as the line signalled."""

    caller: str | None
    now: datetime
    line: str = "file"


@dataclass(frozen=True, slots=True)
class Digits:
    """Digits that may have been said; `score` is the logarithm of how likely that is."""

    digits: str
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Spoke:
    """The caller said something, and this is what it means.

    `clear` is how sure it is that a yes in it is no no, 0..1; `readings` are the numbers that may have been heard,
    the likeliest first; `parts` are the details of each wish of several, by its intent.
    """

    understanding: Understanding
    clear: float = 1.0
    readings: tuple[Digits, ...] = ()
    parts: Mapping[str, Mapping[str, Slot]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Keyed:
    """Keys, collected by the rule in `Reply.keys` (without the terminator); one key when there was no rule."""

    digits: str


@dataclass(frozen=True, slots=True)
class WasSilent:
    """The caller said and pressed nothing for `Reply.silence_ms` after the bot had finished."""


@dataclass(frozen=True, slots=True)
class NotHeard:
    """There was a voice, and nothing was recognised."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to the Look or Do with this `query` number; `error` says why there is none."""

    query: int
    result: Mapping[str, Any] = field(default_factory=dict)
    error: str | None = None


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A human has the caller."""


@dataclass(frozen=True, slots=True)
class HumanFailed:
    """No human took the caller; `why` is busy, no answer, declined, closed or failed."""

    why: str


@dataclass(frozen=True, slots=True)
class Returned:
    """A human had the caller and gives him back; `note` is what he wants the bot to know."""

    note: str = ""


Said = Began | Spoke | Keyed | WasSilent | NotHeard | Answer | HandedOver | HumanFailed | Returned
