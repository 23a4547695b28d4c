"""What the server wrote of its answers: which stage of the slowest took the time."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from voicebot.runtime.stages import STAGES

SLOWEST = 0.05


@dataclass(frozen=True, slots=True)
class Told:
    """One answer: its gap and its stages in ms."""

    gap_ms: int
    stages: dict[str, int]

    @property
    def longest(self) -> str:
        """The stage that took most."""
        return max(STAGES, key=lambda name: self.stages.get(name, 0))


def read(log: Path) -> list[Told]:
    """Every answer that stands in the server's log."""
    found = []
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        if '"slow answer"' in line:
            row = json.loads(line)
            found.append(Told(row["gap_ms"], row["stages"]))
    return found


def report(turns: Sequence[Told]) -> dict[str, Any] | None:
    """Medians of the stages of all answers and of the slowest, and how many of those each stage took longest."""
    if not turns:
        return None
    ranked = sorted(turns, key=lambda turn: -turn.gap_ms)
    slowest = ranked[: max(1, round(SLOWEST * len(ranked)))]
    longest = Counter(turn.longest for turn in slowest)
    return {
        "answers": len(turns),
        "slowest": len(slowest),
        "slowest_from_ms": slowest[-1].gap_ms,
        "stages": {
            name: {
                "median": round(median(turn.stages.get(name, 0) for turn in turns)),
                "slowest_median": round(median(turn.stages.get(name, 0) for turn in slowest)),
                "longest_in": longest[name],
            }
            for name in STAGES
        },
    }


def table(found: dict[str, Any]) -> str:
    """The same, to be read."""
    head = (
        f"    stages of {found['answers']} answers in ms; "
        f"the slowest are {found['slowest']} of {found['slowest_from_ms']} ms and more"
    )
    rows = [f"    {'':14}{'median':>8}{'of the slowest':>16}{'took longest in':>17}"]
    rows += [
        f"    {name:14}{row['median']:>8}{row['slowest_median']:>16}{row['longest_in']:>17}"
        for name, row in found["stages"].items()
    ]
    return "\n".join([head, *rows])
