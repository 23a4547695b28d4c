"""The state of a conversation: frozen, replaced by each step, never changed in place.

Because a step returns a new state, the call machine may step on a tentative sentence, prepare the speech of the
reply, and throw both away when the caller goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from voicebot.dialogue.reply import Keys, Speech
from voicebot.dialogue.said import Digits, Spoke
from voicebot.nlu.understanding import Mood, Slot

GRAVITY = {"neutral": 0, "anxious": 1, "unhappy": 2, "angry": 3, "distressed": 4}
"""How grave a mood is. One that cools down passes through milder ones; nothing is said about those."""

Ended = Literal["open", "ended", "transferred"]


@dataclass(frozen=True, slots=True)
class Filled:
    """A slot's value; `sure` when it was keyed or the caller has confirmed it."""

    value: Any
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Bound:
    """A result under a name. `public` are the fields anybody may hear; None: all of it."""

    value: Any
    public: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """Slots and values as they were when another flow broke in."""

    slots: Mapping[str, Filled]
    values: Mapping[str, Bound]


@dataclass(frozen=True, slots=True)
class Frame:
    """A place in a flow. `called` by the frame below, or started by what the caller wanted.

    `reading`: the answer to the question at this place was read back and waits for yes or no. `kept` is what the
    flow below was working with when this one broke in.
    """

    flow: str
    place: int = 0
    called: bool = False
    reading: bool = False
    kept: Kept | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A flow that was wanted, the words that it was wanted in, and the details among these."""

    flow: str
    text: str
    slots: Mapping[str, Slot] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tried:
    """One thing that was tried, for the story: what, and what came of it."""

    what: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the last reply waits for, so that a reply to something without consequence can say it again."""

    expecting: str | None = None
    keys: Keys | None = None
    silence_ms: int | None = None


@dataclass(frozen=True, slots=True)
class State:
    """Everything that a conversation has come to. Holds no transcript.

    `guess` is what will be asked about if nothing is known that answers the question as it stands.
    `served` is the last flow that came to its end, for 那电饭煲呢; `readings` are, for each slot with a number, what
    else may have been heard.
    """

    call: str = ""
    caller: str | None = None
    now: datetime | None = None
    line: str = ""
    stack: tuple[Frame, ...] = ()
    slots: Mapping[str, Filled] = field(default_factory=dict)
    values: Mapping[str, Bound] = field(default_factory=dict)
    verified: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)
    failures: int = 0
    silences: int = 0
    steps: int = 0
    queries: int = 0
    outstanding: int | None = None
    transferring: str | None = None
    queue: tuple[Wanted, ...] = ()
    doubt: Wanted | None = None
    guess: Wanted | None = None
    mood: Mood = "neutral"
    upset: int = 0
    text: str = ""
    meant: str = ""
    wanted: tuple[str, ...] = ()
    tried: tuple[Tried, ...] = ()
    served: str = ""
    readings: Mapping[str, tuple[Digits, ...]] = field(default_factory=dict)
    meanwhile: tuple[Spoke, ...] = ()
    last: tuple[Speech, ...] = ()
    stale: bool = False
    asked: Asked = Asked()
    ended: Ended = "open"

    @property
    def customer(self) -> Any:
        """The customer as the shop knows him, or None."""
        bound = self.values.get("customer")
        return bound.value if bound else None
