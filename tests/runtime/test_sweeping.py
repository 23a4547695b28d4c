"""Garbage is collected between calls."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from voicebot.runtime.sweeping import LONGEST_S, NEVER, Sweeper, settle


class Clock:
    time = 0.0

    def now(self) -> float:
        return self.time


class Node:
    """Something in a circle."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def test_what_calls_have_left_is_swept_when_the_last_is_over_and_once() -> None:
    calls = [2]
    sweeper = Sweeper(lambda: calls[0], Clock())  # type: ignore[arg-type]
    assert not sweeper.look(), "somebody calls"
    left = weakref.ref(Node())
    calls[0] = 0
    assert sweeper.look()
    assert left() is None
    assert not sweeper.look(), "nothing has happened since"


def test_where_somebody_always_calls_it_is_done_seldom() -> None:
    clock = Clock()
    sweeper = Sweeper(lambda: 1, clock)  # type: ignore[arg-type]
    clock.time = LONGEST_S - 1
    assert not sweeper.look()
    clock.time = LONGEST_S
    assert sweeper.look()
    assert not sweeper.look()


def test_what_was_loaded_is_left_out_and_the_old_are_not_looked_through_by_themselves() -> None:
    settle()
    assert gc.get_freeze_count() > 1000
    assert gc.get_threshold()[2] == NEVER
