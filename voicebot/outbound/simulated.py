"""A carrier that rings nobody: who answers, when, and what comes of it is drawn by lot, and written to a log.

The log is the carrier. Each call is a line of it, written before anybody is told, so that it outlives whoever dialled;
any process may ask what became of a call, and whoever checks a dialler reads it.
"""

from __future__ import annotations

import heapq
import json
import os
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from voicebot.campaign.outcomes import HUMAN, Outcome
from voicebot.outbound.carrier import Ended, Fate, NotPlacedError, Order

OUTCOMES: dict[Outcome, float] = {
    "completed": 0.38,
    "refused": 0.06,
    "opted_out": 0.03,
    "wrong_person": 0.02,
    "callback": 0.05,
    "cut_off": 0.05,
    "machine": 0.08,
    "busy": 0.1,
    "no_answer": 0.18,
    "rejected": 0.02,
    "bad_number": 0.01,
    "failed": 0.02,
}
"""How often each comes of a call, unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """`outcomes` by weight; ringing and talking in seconds (least, most).

    `refuses`: the share of calls that are not placed at all; `loses_replies`: the share that are placed, though whoever
    asked for it is told of an error.
    """

    outcomes: dict[Outcome, float] = field(default_factory=lambda: dict(OUTCOMES))
    ring_s: tuple[float, float] = (3, 25)
    talk_s: tuple[float, float] = (8, 90)
    refuses: float = 0.01
    loses_replies: float = 0.01
    lines: int = 50
    seed: str = ""


class SimulatedCarrier:
    """Implements Carrier. `log` is shared by all processes that dial on it."""

    def __init__(self, log: Path, behaviour: Behaviour, now: Callable[[], datetime]) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        self._handle = os.open(log, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        self._behaviour = behaviour
        self._now = now
        self._calls: dict[str, dict[str, Any]] = {}
        self._read_to = 0
        self._ends: list[tuple[float, str]] = []

    @property
    def free(self) -> int:
        """Lines that this dialler does not use."""
        return self._behaviour.lines - len(self._ends)

    async def dial(self, order: Order) -> str:
        """See Carrier."""
        chance = random.Random(f"{self._behaviour.seed} {order.dial}")
        if chance.random() < self._behaviour.refuses:
            self._write({**_about(order, self._now().timestamp()), "event": "refused"})
            raise NotPlacedError("failed", "the carrier has no line")
        call = self._call(order, chance)
        self._write(call)
        if chance.random() < self._behaviour.loses_replies:
            raise ConnectionError("the reply was lost")
        self._watch(call)
        return f"sim-{order.dial}"

    async def find(self, order: Order) -> Fate:
        """See Carrier."""
        self._catch_up()
        call = self._calls.get(order.dial)
        if call is None:
            return "never"
        if call["event"] == "refused":
            return Ended(order.dial, "failed", _time(call["at"]))
        if call["ended"] <= self._now().timestamp():
            return self._ended(call)
        self._watch(call)
        return "open"

    def ended(self) -> Sequence[Ended]:
        """See Carrier."""
        now, found = self._now().timestamp(), []
        while self._ends and self._ends[0][0] <= now:
            _, dial = heapq.heappop(self._ends)
            found.append(self._ended(self._calls[dial]))
        return found

    def close(self) -> None:
        """Give the log back."""
        os.close(self._handle)

    def _call(self, order: Order, chance: random.Random) -> dict[str, Any]:
        """What will come of this call: the same for the same seed and dial."""
        kinds = self._behaviour.outcomes
        outcome = chance.choices(list(kinds), list(kinds.values()))[0]
        at = self._now().timestamp()
        rang = min(chance.uniform(*self._behaviour.ring_s), order.ring_s)
        talks = outcome in HUMAN or outcome == "machine"
        ended = at + rang + (chance.uniform(*self._behaviour.talk_s) if talks else 0)
        return {
            **_about(order, at),
            "event": "dial",
            "answered": at + rang if talks else None,
            "ended": ended,
            "outcome": outcome,
            "wish": ended + chance.choice([1, 4, 30]) * 3600 if outcome == "callback" else None,
            "converted": outcome == "completed" and chance.random() < 0.5,
            "answers": {"satisfied": chance.randint(1, 5)} if outcome == "completed" else {},
        }

    def _watch(self, call: dict[str, Any]) -> None:
        self._calls[call["dial"]] = call
        if (call["ended"], call["dial"]) not in self._ends:
            heapq.heappush(self._ends, (call["ended"], call["dial"]))

    def _ended(self, call: dict[str, Any]) -> Ended:
        return Ended(
            dial=call["dial"],
            outcome=call["outcome"],
            at=_time(call["ended"]),
            answered=None if call["answered"] is None else _time(call["answered"]),
            wish=None if call["wish"] is None else _time(call["wish"]),
            converted=call["converted"],
            answers=call["answers"],
        )

    def _write(self, line: dict[str, Any]) -> None:
        """One write, so that a line is there whole or not at all."""
        os.write(self._handle, (json.dumps(line) + "\n").encode())

    def _catch_up(self) -> None:
        """Read what other processes have written."""
        while True:
            chunk = os.pread(self._handle, 1 << 20, self._read_to)
            whole = chunk.rfind(b"\n") + 1
            if not whole:
                return
            self._read_to += whole
            for line in chunk[:whole].splitlines():
                call = json.loads(line)
                self._calls.setdefault(call["dial"], call)


def _about(order: Order, at: float) -> dict[str, Any]:
    return {
        "dial": order.dial,
        "phone": order.phone,
        "campaign": order.campaign,
        "callback": order.callback,
        "at": at,
    }


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def read_log(path: Path) -> list[dict[str, Any]]:
    """Every call of the log, in the order of the asking."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return [json.loads(line) for line in lines]
