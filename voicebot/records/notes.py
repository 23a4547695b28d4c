"""What is told to the memory about a call, as it happens: small frozen values, in the order of their numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Speaker = Literal["caller", "bot", "keys", "agent"]


@dataclass(frozen=True, slots=True)
class Opened:
    """A call began at the shop's time `began`."""

    call: str
    line: str
    began: datetime
    caller: str | None = None
    called: str | None = None
    campaign: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A turn is over; `at` and `until` in seconds since the call began, `content` is plain and will be sealed.

    `standing` are the columns of the call as they stand after it.
    """

    call: str
    number: int
    at: float
    until: float
    who: Speaker
    content: Mapping[str, Any]
    confidence: float | None = None
    intent: str = ""
    mood: str = ""
    gap_ms: int | None = None
    standing: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Acted:
    """Something was done, asked or decided; `content` is plain and will be sealed."""

    call: str
    number: int
    at: float
    kind: str
    name: str = ""
    ok: bool = True
    content: Mapping[str, Any] = field(default_factory=dict)
    standing: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Closed:
    """The call is over after `seconds`; `state` is ended or broken."""

    call: str
    seconds: float
    by: str
    state: Literal["ended", "broken"]
    standing: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recorded:
    """The call's recording is kept under this name."""

    call: str
    recording: str


Note = Opened | Said | Acted | Closed | Recorded
