"""What the dialler needs of whoever rings telephones, and what a call to be placed says.

intent (in the database) ──► dial ──► placed ──► ended
                              │ NotPlacedError: it certainly does not ring
                              └ anything else: it may ring, so `find` is asked before anything is done again
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from voicebot.campaign.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class Order:
    """A call to be placed. `dial` is its name here, unique for ever; `ref` the carrier's, once it has taken it."""

    dial: str
    campaign: str
    campaign_id: int
    contact_id: int
    phone: str
    line: str
    caller_id: str
    endpoint: str
    ring_s: int
    asked: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)
    callback: bool = False
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """What came of a call. `wish`: the time that he named; `answers` by question; `call`: its name in the records."""

    dial: str
    outcome: Outcome
    at: datetime
    answered: datetime | None = None
    wish: datetime | None = None
    converted: bool = False
    answers: Mapping[str, Any] = field(default_factory=dict)
    call: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


Fate = Ended | Literal["open", "never", "unknown"]
"""open: it rings or talks. never: the carrier was not asked. unknown: the carrier cannot tell."""


class NotPlacedError(Exception):
    """It certainly does not ring."""

    def __init__(self, outcome: Outcome, why: str) -> None:
        super().__init__(why)
        self.outcome = outcome


class Carrier(Protocol):
    """Places calls and tells what came of them. Used from the event loop only."""

    @property
    def free(self) -> int:
        """Lines that are free now."""
        ...

    async def dial(self, order: Order) -> str:
        """Ring; returns the carrier's name of the call. Raises NotPlacedError when it certainly does not ring."""
        ...

    async def find(self, order: Order) -> Fate:
        """What became of a call that was asked for, perhaps by a process that is no more. When it is still open the
        carrier tells of its end from now on."""
        ...

    def ended(self) -> Sequence[Ended]:
        """What has ended since this was asked last."""
        ...
