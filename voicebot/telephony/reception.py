"""What a wire needs of the house: somewhere to bring a call to, and what it may put into a running one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from voicebot.actions import Action
from voicebot.events import Event
from voicebot.ports import Line

KEYS = frozenset("0123456789*#ABCD")
"""What a keypad may send."""


@dataclass(frozen=True, slots=True)
class Ring:
    """A call that wants to be answered. `caller` and `called` are numbers as the line signalled them.

    `guest` stands for a caller without a number where callers are counted, such as an address. `details` is what
    else is known of the call (plain data), such as the contact of a campaign.
    """

    call_id: str
    line: str
    caller: str | None = None
    called: str | None = None
    guest: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


class Busy(Exception):  # noqa: N818 - as the line says it
    """The call is not taken; `why` is full, caller or stopping."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Running(Protocol):
    """A call that goes on."""

    @property
    def at(self) -> float:
        """Seconds since the call began."""
        ...

    def post(self, event: Event) -> None:
        """Put an event into its inbox; from the loop's own thread."""
        ...


class Wire(Line, Protocol):
    """A line that wants to know when its call is over."""

    def ended(self) -> None:
        """The call is over, however it ended: with hang_up before, without, or because a human has it."""
        ...


class Witness(Protocol):
    """Whoever wants to know what happens in a call, such as the page that shows it."""

    def happened(self, event: Event, actions: list[Action], place: int | None, speech: bool) -> None:
        """An event and its actions."""
        ...


class Reception(Protocol):
    """Where calls are answered."""

    def admit(self, ring: Ring, wire: Wire, witness: Witness | None = None) -> Running:
        """Begin the call on this wire. Raises Busy."""
        ...
