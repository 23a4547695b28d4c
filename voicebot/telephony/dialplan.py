"""A caller's channel that stays with Asterisk's dialplan, which asks over HTTP what to do with it.

announce ──► UUID ──► AudioSocket(UUID) ──► ends ──► next? ── over ──► Hangup
   ▲                      ▲                            ├ again ─► announce: this process knows nothing of the call
   └──────────────────────┼────────────────────────────┘
                          │                            └ number ──► Dial ── outcome: ANSWER ──► a human has him
                          └────────────── BUSY, NOANSWER, ... ◄──────┘

A bot that does not answer at all is lost: the dialplan rings a human by itself.
"""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from voicebot.events import HungUp, TransferFailed, Transferred
from voicebot.telephony.reception import Ring, Running
from voicebot.telephony.tickets import Tickets

FAILURES = {
    "BUSY": "busy",
    "NOANSWER": "no answer",
    "CHANUNAVAIL": "closed",
    "CONGESTION": "failed",
    "DONTCALL": "declined",
    "TORTURE": "declined",
    "INVALIDARGS": "failed",
}
"""Asterisk's DIALSTATUS of a dial that reached nobody, and what the call is told."""

OVER, AGAIN = "over", "again"
REMEMBERED = 1000
"""So many calls that are over are known to be."""


@dataclass(slots=True)
class Handover:
    """A transfer that the dialplan carries out."""

    number: str
    story: Mapping[str, Any]
    call: Running
    failed: str = "no answer"
    answered: bool = False


@dataclass(frozen=True, slots=True)
class DialplanOptions:
    """`numbers` says what to dial for each name a transfer may have; "default" stands for all others.

    Without `announced_only`, a UUID that nobody announced is a call of an unknown caller.
    """

    numbers: Mapping[str, str] = field(default_factory=dict)
    announced_only: bool = True


class Dialplan:
    """Implements Exchange."""

    def __init__(self, now: Callable[[], float], options: DialplanOptions | None = None) -> None:
        self._options = options or DialplanOptions()
        self._announced: Tickets[Ring] = Tickets(now)
        self._handovers: dict[str, Handover] = {}
        self._calls: set[str] = set()
        self._over: deque[str] = deque(maxlen=REMEMBERED)
        self._away: deque[str] = deque(maxlen=REMEMBERED)

    # -- for the dialplan -----------------------------------------------------------------------------------

    def announce(self, caller: str | None, called: str | None) -> str:
        """A call will come from this caller; returns the UUID that it must come under."""
        name = str(uuid.uuid4())
        return self._announced.give(Ring(name, "asterisk", caller, called), name)

    def next(self, name: str) -> str:
        """The connection of this UUID has ended: a number to dial, OVER, AGAIN, or "" as if there were no bot."""
        handover = self._handovers.get(name)
        if handover is not None:
            return handover.number
        if name in self._away:
            return ""
        return OVER if name in self._over or name in self._calls else AGAIN

    def handover(self, name: str) -> Handover | None:
        """The transfer that goes on under this name."""
        return self._handovers.get(name)

    def outcome(self, name: str, status: str) -> bool:
        """What became of the dial, in the words of DIALSTATUS; False: there was none."""
        handover = self._handovers.get(name)
        if handover is None or handover.answered:
            return False
        status = status.upper()
        if status == "ANSWER":
            handover.answered = True
            handover.call.post(Transferred(handover.call.at))
        elif status in FAILURES:
            handover.failed = FAILURES[status]
        else:
            handover.call.post(HungUp(handover.call.at, "caller"))
        return True

    # -- Exchange -------------------------------------------------------------------------------------------

    def ring(self, name: str) -> Ring | None:
        """See Exchange."""
        ring = self._announced.take(name)
        if ring is None and not self._options.announced_only:
            ring = Ring(name, "asterisk")
        if ring is not None:
            self._calls.add(name)
        return ring

    def transfer(self, name: str, to: str, story: Mapping[str, Any], call: Running) -> bool:
        """See Exchange."""
        number = self._options.numbers.get(to) or self._options.numbers.get("default")
        if number is None:
            call.post(TransferFailed(call.at, "closed"))
            return False
        self._handovers[name] = Handover(number, story, call)
        return True

    def returned(self, name: str) -> str:
        """See Exchange."""
        handover = self._handovers.pop(name, None)
        return "no answer" if handover is None else handover.failed

    def turned_away(self, name: str) -> None:
        """See Exchange."""
        self._calls.discard(name)
        self._away.append(name)

    def ended(self, name: str) -> None:
        """See Exchange."""
        self._handovers.pop(name, None)
        self._calls.discard(name)
        self._over.append(name)
