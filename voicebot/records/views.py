"""What is looked for, and what is found: calls as values, unsealed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for; empty values match everything. Days are the shop's, both included."""

    first: date | None = None
    last: date | None = None
    intent: str = ""
    mood: str = ""
    outcome: str = ""
    line: str = ""
    state: str = ""
    caller: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """A call in a list; `caller` is the number in clear."""

    id: int
    name: str
    line: str
    began: datetime
    seconds: float | None
    state: str
    ended_by: str
    outcome: str
    handover: str
    caller: str | None
    intent: str
    mood: str
    product: str
    turns: int
    confidence: float | None
    satisfaction: int | None
    recording: str | None
    customer_id: int | None
    campaign: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """A page of calls, the newest first. `total` is None where it was not counted; `after` leads to the next page."""

    calls: list[Summary]
    total: int | None
    after: int | None
    more_to_try: bool = False


@dataclass(frozen=True, slots=True)
class Correction:
    """What a turn should have been: other words, another intent, other values of slots."""

    by: str
    at: datetime
    text: str
    intent: str
    remark: str
    slots: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Turn:
    """Something that was said."""

    number: int
    at: float
    until: float
    who: str
    content: Mapping[str, Any]
    confidence: float | None
    intent: str
    mood: str
    gap_ms: int | None
    corrections: tuple[Correction, ...] = ()

    @property
    def text(self) -> str:
        """The words."""
        return str(self.content.get("text", ""))


@dataclass(frozen=True, slots=True)
class Act:
    """Something that was done."""

    number: int
    at: float
    kind: str
    name: str
    ok: bool
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class WholeCall:
    """A call with everything. `known` are private values that may be said anywhere in it."""

    summary: Summary
    called: str | None
    facts: Mapping[str, Any]
    turns: tuple[Turn, ...]
    acts: tuple[Act, ...]
    known: tuple[str, ...] = field(default=())
