"""Everything a call can ask for, in the imperative. Frozen; results come back as events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Listen:
    """Open a recogniser for this utterance. `expecting` names a grammar, or is None for anything."""

    utterance: int
    expecting: str | None


@dataclass(frozen=True, slots=True)
class Feed:
    """Give this utterance's recogniser more audio: 8 kHz, 16-bit little-endian, mono; whole 20 ms frames."""

    utterance: int
    pcm: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Conclude:
    """The utterance may be over: make a final transcript of all that was fed."""

    utterance: int


@dataclass(frozen=True, slots=True)
class Forget:
    """Nothing more is wanted of this utterance's recogniser; no transcript of it shall arrive."""

    utterance: int


@dataclass(frozen=True, slots=True)
class Prepare:
    """This text will perhaps be said next: synthesise it into the cache now."""

    text: str


@dataclass(frozen=True, slots=True)
class Say:
    """Speak this text after what is already queued, from `start_ms` of its audio on."""

    utterance: int
    text: str
    interruptible: bool = True
    start_ms: int = 0


@dataclass(frozen=True, slots=True)
class StopSaying:
    """Be silent at once: all that is queued or playing is dropped; a Played for each says what was heard."""


@dataclass(frozen=True, slots=True)
class Look:
    """Ask the shop something; changes nothing. The answer is a Found with the same `query`."""

    query: int
    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Do:
    """Change something in the shop, once: the same `key` twice does it once and answers the same Found."""

    query: int
    name: str
    arguments: Mapping[str, Any]
    key: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """Give the caller to a human: `to` names a queue or a department, `story` is plain data (JSON-able)."""

    to: str
    story: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Record:
    """Keep this fact about the call. `kind` names it; `data` is plain (JSON-able)."""

    kind: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call."""

    why: str


Action = (
    Listen | Feed | Conclude | Forget | Prepare | Say | StopSaying | Look | Do | Transfer | Record | HangUp
)
