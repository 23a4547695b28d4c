"""The bandit finds the better wording, shows each often enough, and stands still when it is frozen."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from voicebot.campaign.bandit import Arm, Point, Shown, choose, counted, report, reward

POINT = Point("parting", ("plain", "warm"), least=20)


@pytest.mark.parametrize(
    ("shown", "worth"),
    [
        (Shown("a", 5, True), 1.0),
        (Shown("a", 1, False), 0.0),
        (Shown("a", 3, None), 0.5),
        (Shown("a", None, True), 1.0),
        (Shown("a", 5, False), 0.5),
        (Shown("a"), None),
    ],
)
def test_reward(shown: Shown, worth: float | None) -> None:
    assert reward(shown) == worth


def simulate(point: Point, likes: dict[str, float], calls: int, seed: int) -> list[str]:
    chance, history, arms = random.Random(seed), [], []
    for _ in range(calls):
        arm = choose(point, counted(point, history), chance)
        arms.append(arm)
        history.append(Shown(arm, 5 if chance.random() < likes[arm] else 1, None))
    return arms


@pytest.mark.parametrize("seed", range(5))
def test_the_better_wording_comes_to_be_preferred(seed: int) -> None:
    arms = simulate(POINT, {"plain": 0.4, "warm": 0.8}, 400, seed)
    assert Counter(arms[-150:])["warm"] >= 120
    assert Counter(arms[:40]) == {"plain": 20, "warm": 20}


def test_the_least_exposure_holds_for_an_arm_that_is_new() -> None:
    known = {"plain": Arm("plain", 500, 490, 10)}
    chance = random.Random(1)
    assert {choose(POINT, known, chance) for _ in range(50)} == {"warm"}


def test_frozen_it_takes_the_best_and_draws_nothing() -> None:
    class Never:
        def betavariate(self, alpha: float, beta: float) -> float:
            raise AssertionError("nothing is drawn when it is frozen")

    frozen = Point("parting", ("plain", "warm"), 20, frozen=True)
    known = counted(frozen, [Shown("plain", 2, True), Shown("warm", 5, True)])
    assert choose(frozen, known, Never()) == "warm"


def test_the_report_tells_how_sure_it_is() -> None:
    known = counted(POINT, [Shown("plain", 2)] * 60 + [Shown("warm", 5)] * 60 + [Shown("gone", 5)])
    first, second = report(POINT, known, random.Random(3))
    assert (first.arm.name, first.arm.shown) == ("warm", 60)
    assert first.best > 0.99
    assert first.best + second.best == pytest.approx(1.0)
    even = report(POINT, {}, random.Random(3))
    assert abs(even[0].best - 0.5) < 0.05


def test_chance_is_passed_in() -> None:
    assert simulate(POINT, {"plain": 0.5, "warm": 0.5}, 100, 7) == simulate(
        POINT, {"plain": 0.5, "warm": 0.5}, 100, 7
    )
