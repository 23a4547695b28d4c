"""A sample of the simulated callers, and every way to ask for a human: nothing wrong is done, nothing is given away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from benchmarks.conversations import FOLDER, Theatre, theatre
from voicebot.replay.rehearsal import Outcome

WAYS: dict[str, Any] = yaml.safe_load((FOLDER / "human.yaml").read_text(encoding="utf-8"))
PLACES = WAYS.pop("places")
NEVER = WAYS.pop("never")
ASKED = [text for texts in WAYS.values() for text in texts]
EVERY = 23
"""Of some 1,400 conversations this is a sample that comes by every scenario's neighbourhood and every twist."""


@pytest.fixture(scope="module")
def place() -> Iterator[Theatre]:
    """Where the conversations are held."""
    with theatre() as one:
        yield one


@pytest.fixture(scope="module")
def outcomes(place: Theatre) -> list[Outcome]:
    """What became of a sample."""
    return list(place.all(every=EVERY))


def told(outcomes: list[Outcome], which: Callable[[Outcome], object]) -> str:
    return "\n\n".join(one.told for one in outcomes if which(one))


def test_the_book_has_enough_callers(place: Theatre) -> None:
    held = list(place.book.held(place.mishear))
    assert len(held) >= 200
    assert len({scenario.name for scenario, _, _ in held}) >= 45


def test_nothing_is_done_that_was_not_wanted(outcomes: list[Outcome]) -> None:
    assert not told(outcomes, lambda one: one.wrong)


def test_nothing_private_is_told(outcomes: list[Outcome]) -> None:
    assert not told(outcomes, lambda one: one.leaks)


def test_nobody_is_lost(outcomes: list[Outcome]) -> None:
    assert not told(outcomes, lambda one: one.lost)


def test_most_callers_need_no_human(outcomes: list[Outcome]) -> None:
    share = sum(one.resolved for one in outcomes) / len(outcomes)
    assert len(outcomes) >= 50
    assert share >= 0.9, told(outcomes, lambda one: not one.resolved)


def somewhere(number: int) -> str:
    """The question at which this sentence is tried besides the open one."""
    return list(PLACES)[number % len(PLACES)]


def test_whoever_asks_for_a_human_gets_one(place: Theatre) -> None:
    assert len(ASKED) >= 120
    missed = [
        (text, where)
        for number, text in enumerate(ASKED)
        for where in ("open", somewhere(number))
        if place.said_at(PLACES[where], text).state != "transferred"
    ]
    assert not missed


def test_who_does_not_ask_for_a_human_goes_on(place: Theatre) -> None:
    assert len(NEVER) >= 40
    sent = [
        (text, where)
        for number, text in enumerate(NEVER)
        for where in (somewhere(number),)
        if place.said_at(PLACES[where], text).state == "transferred"
    ]
    assert not sent


def test_the_judge_sees_what_is_wrong(place: Theatre, tmp_path: Path) -> None:
    """A scenario whose goal is another one's must be judged so."""
    from dataclasses import replace

    from voicebot.replay.persona import Ways

    scenario = next(one for one, _ in place.book.scenarios if one.name == "phone_hurried")
    outcome = place.hold(replace(scenario, effects=()), "plain", Ways())
    assert outcome.wrong
    assert not outcome.resolved
    secrets = place.stand("secrets")[0].secrets
    assert secrets.told("王芳的订单261119385202", "", "", None)
    assert secrets.told("昨天下单的咖啡机，运输中", "", "", None)
    assert not secrets.told("昨天下单的咖啡机，运输中", "", "", 1)
    assert secrets.told("送到湖滨路326号5栋1702室", "", "", 2)
