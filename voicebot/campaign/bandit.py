"""Which wording of an answer works best: Thompson sampling on what callers say and on what was resolved.

    arms of a point ── each has so many successes and failures ──► Beta(1 + successes, 1 + failures)
    choose: an arm that was shown too seldom, else the one whose draw is the greatest; frozen: the best so far

A call counts as a success by its reward, 0..1: half of it is the satisfaction (1..5 -> 0..1), half whether the wish was
resolved; where only one is known, it is that one. A fraction counts as so much of a success and the rest of a failure.
(Thompson 1933; Chapelle and Li 2011.) The random generator is an argument.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

LOWEST, HIGHEST = 1, 5
"""Marks of satisfaction."""
DRAWS = 4000
"""For the chance that an arm is the best; the error is under 0.02."""


class Chance(Protocol):
    """A random generator, such as random.Random."""

    def betavariate(self, alpha: float, beta: float) -> float:
        """A draw from Beta(alpha, beta)."""
        ...


@dataclass(frozen=True, slots=True)
class Point:
    """A place in the dialogue with several wordings. `least`: each is shown so often before any is preferred."""

    name: str
    arms: tuple[str, ...]
    least: int = 20
    frozen: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A call in which an arm was spoken, and what came of it; None: nobody knows."""

    arm: str
    satisfaction: int | None = None
    resolved: bool | None = None


@dataclass(frozen=True, slots=True)
class Arm:
    """What is known of one arm: how often it was shown, and how much of what is known was good and bad."""

    name: str
    shown: int = 0
    good: float = 0.0
    bad: float = 0.0

    @property
    def mean(self) -> float:
        """The expected reward."""
        return (1 + self.good) / (2 + self.good + self.bad)


def reward(shown: Shown) -> float | None:
    """0..1, or None where nothing is known."""
    marks = None if shown.satisfaction is None else (shown.satisfaction - LOWEST) / (HIGHEST - LOWEST)
    solved = None if shown.resolved is None else float(shown.resolved)
    known = [one for one in (marks, solved) if one is not None]
    return sum(known) / len(known) if known else None


def counted(point: Point, calls: Iterable[Shown]) -> dict[str, Arm]:
    """What is known of each arm; arms that the point has no more are left out."""
    found = {name: Arm(name) for name in point.arms}
    for call in calls:
        arm = found.get(call.arm)
        if arm is None:
            continue
        worth = reward(call)
        good, bad = (0.0, 0.0) if worth is None else (worth, 1.0 - worth)
        found[call.arm] = Arm(arm.name, arm.shown + 1, arm.good + good, arm.bad + bad)
    return found


def choose(point: Point, known: Mapping[str, Arm], chance: Chance) -> str:
    """The arm for the next call."""
    arms = [known.get(name, Arm(name)) for name in point.arms]
    if point.frozen:
        return max(arms, key=lambda arm: arm.mean).name
    rare = min(arms, key=lambda arm: arm.shown)
    if rare.shown < point.least:
        return rare.name
    return max(arms, key=lambda arm: chance.betavariate(1 + arm.good, 1 + arm.bad)).name


@dataclass(frozen=True, slots=True)
class Standing:
    """One line of the report: an arm, and the chance that it is the best of its point, 0..1."""

    arm: Arm
    best: float


def report(point: Point, known: Mapping[str, Arm], chance: Chance) -> list[Standing]:
    """How the arms stand, the best first."""
    arms = [known.get(name, Arm(name)) for name in point.arms]
    wins = dict.fromkeys(point.arms, 0)
    for _ in range(DRAWS):
        wins[_winner(arms, chance)] += 1
    standings = [Standing(arm, wins[arm.name] / DRAWS) for arm in arms]
    return sorted(standings, key=lambda one: (-one.best, one.arm.name))


def _winner(arms: Sequence[Arm], chance: Chance) -> str:
    return max(arms, key=lambda arm: chance.betavariate(1 + arm.good, 1 + arm.bad)).name
