"""The dialler against carriers that fail in every way, a step at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from voicebot.errors import VoicebotError
from voicebot.outbound.carrier import Ended, Fate, NotPlacedError, Order
from voicebot.outbound.dialler import Dialler, DiallerOptions
from voicebot.outbound.simulated import Behaviour, SimulatedCarrier, read_log


class Scripted:
    """A carrier that does what a test says."""

    def __init__(self) -> None:
        self.dialled: list[Order] = []
        self.over: list[Ended] = []
        self.fate: Fate = "open"
        self.error: Exception | None = None
        self.free = 10

    async def dial(self, order: Order) -> str:
        self.dialled.append(order)
        if self.error is not None:
            raise self.error
        return f"ref-{len(self.dialled)}"

    async def find(self, order: Order) -> Fate:
        return self.fate

    def ended(self) -> Sequence[Ended]:
        over, self.over = self.over, []
        return over


@pytest.fixture
def ringing(desk: Any) -> tuple[Any, Scripted, Dialler]:
    """A campaign of one contact that runs, and its dialler."""
    name = desk.campaign()
    desk.add(name, "13800006612")
    desk.campaigns.move(name, "start")
    carrier = Scripted()
    return desk, carrier, Dialler(desk.ledger(), {"simulated": carrier}, desk.clock, DiallerOptions())


def step(dialler: Dialler) -> bool:
    return asyncio.run(dialler.step())


def dials(desk: Any) -> list[Any]:
    return list(desk.rows("SELECT ref, outcome FROM campaign_dials ORDER BY asked"))


def test_from_claim_to_result(ringing: tuple[Any, Scripted, Dialler]) -> None:
    desk, carrier, dialler = ringing
    assert step(dialler)
    assert dials(desk) == [("ref-1", None)]
    carrier.over = [Ended(carrier.dialled[0].dial, "completed", desk.clock(), converted=True)]
    step(dialler)
    assert dials(desk) == [("ref-1", "completed")]
    assert dialler.open == 0


def test_the_intent_is_in_the_book_before_the_carrier_is_asked(
    ringing: tuple[Any, Scripted, Dialler],
) -> None:
    desk, carrier, dialler = ringing
    seen: list[Any] = []

    async def dial(order: Order) -> str:
        seen.extend(dials(desk))
        return "ref"

    carrier.dial = dial  # type: ignore[method-assign]
    step(dialler)
    assert seen == [(None, None)]


def test_what_certainly_does_not_ring_is_tried_again_as_agreed(
    ringing: tuple[Any, Scripted, Dialler],
) -> None:
    desk, carrier, dialler = ringing
    carrier.error = NotPlacedError("failed", "no line")
    step(dialler)
    assert dials(desk) == [(None, "failed")]
    step(dialler)
    assert len(carrier.dialled) == 1
    desk.clock.later(minutes=11)
    step(dialler)
    assert len(carrier.dialled) == 2


def test_a_lost_reply_is_asked_after_and_not_dialled_again(ringing: tuple[Any, Scripted, Dialler]) -> None:
    desk, carrier, dialler = ringing
    carrier.error = TimeoutError()
    step(dialler)
    carrier.error = None
    for _ in range(5):
        desk.clock.later(seconds=90)
        step(dialler)
    assert len(carrier.dialled) == 1
    carrier.over = [Ended(carrier.dialled[0].dial, "busy", desk.clock())]
    step(dialler)
    assert dials(desk) == [(None, "busy")]


@pytest.mark.parametrize(
    ("fate", "outcome", "again"),
    [("never", "not_asked", True), ("unknown", None, False), ("open", None, False)],
)
def test_what_a_killed_dialler_left(
    ringing: tuple[Any, Scripted, Dialler], fate: Any, outcome: str | None, again: bool
) -> None:
    desk, carrier, dialler = ringing
    desk.ledger("killed").claim(1, (10, None), desk.clock())
    carrier.fate = fate
    step(dialler)
    assert carrier.dialled == [], "its lease runs: it may be about to ring"
    desk.clock.later(minutes=3)
    step(dialler)
    step(dialler)
    assert dials(desk)[0][1] == outcome
    assert bool(carrier.dialled) == again


def test_what_nobody_can_tell_is_lost_after_the_longest_call(ringing: tuple[Any, Scripted, Dialler]) -> None:
    desk, carrier, dialler = ringing
    desk.ledger("killed").claim(1, (10, None), desk.clock())
    carrier.fate = "unknown"
    for _ in range(8):
        desk.clock.later(minutes=6)
        step(dialler)
    assert dials(desk)[0] == (None, "lost")


def test_a_result_found_by_asking(ringing: tuple[Any, Scripted, Dialler]) -> None:
    desk, carrier, dialler = ringing
    order = desk.ledger("killed").claim(1, (10, None), desk.clock())[0]
    carrier.fate = Ended(order.dial, "completed", desk.clock())
    desk.clock.later(minutes=3)
    step(dialler)
    assert dials(desk) == [(None, "completed")]


def test_too_late_is_not_asked(ringing: tuple[Any, Scripted, Dialler]) -> None:
    desk, carrier, dialler = ringing
    claim = dialler._ledger.claim

    def slow(*given: Any) -> list[Order]:
        orders = claim(*given)
        desk.clock.later(seconds=21)
        return orders

    dialler._ledger.claim = slow  # type: ignore[method-assign]
    step(dialler)
    assert carrier.dialled == []
    assert dials(desk) == [(None, "not_asked")]


def test_leases_are_renewed_while_a_call_goes_on(ringing: tuple[Any, Scripted, Dialler]) -> None:
    desk, _carrier, dialler = ringing
    step(dialler)
    for _ in range(10):
        desk.clock.later(seconds=50)
        step(dialler)
    assert desk.ledger("two").lapsed(["simulated"], desk.clock()) == []


def test_the_simulated_carrier_remembers_for_every_process(desk: Any, tmp_path: Path) -> None:
    name = desk.campaign()
    desk.add(name, *(f"138000{number:05d}" for number in range(10000, 10015)))
    desk.campaigns.move(name, "start")
    behaviour = Behaviour(refuses=0, loses_replies=0, outcomes={"completed": 1})
    first, second = (SimulatedCarrier(tmp_path / "log", behaviour, desk.clock) for _ in range(2))
    orders = desk.ledger().claim(1, (50, None), desk.clock())

    async def ring() -> list[Fate]:
        for order in orders[:-1]:
            await first.dial(order)
        found = [await second.find(order) for order in orders]
        desk.clock.later(minutes=5)
        return [*found, *[await second.find(order) for order in orders]]

    fates = asyncio.run(ring())
    assert fates[:14] == ["open"] * 14
    assert fates[14] == "never"
    assert all(isinstance(fate, Ended) and fate.outcome == "completed" for fate in fates[15:29])
    assert len(read_log(tmp_path / "log")) == 14
    assert {one.dial for one in first.ended()} == {order.dial for order in orders[:-1]}
    first.close()
    second.close()


def test_a_result_that_could_not_be_written_is_kept(ringing: tuple[Any, Scripted, Dialler]) -> None:
    desk, carrier, dialler = ringing
    step(dialler)
    resolve = dialler._ledger.resolve

    def broken(*_: Any) -> int:
        raise VoicebotError("the database is away")

    dialler._ledger.resolve = broken  # type: ignore[method-assign]
    carrier.over = [Ended(carrier.dialled[0].dial, "completed", desk.clock())]
    with pytest.raises(VoicebotError):
        step(dialler)
    dialler._ledger.resolve = resolve  # type: ignore[method-assign]
    step(dialler)
    assert dials(desk) == [("ref-1", "completed")]


def test_told_to_stop_it_still_writes_down_what_ends(ringing: tuple[Any, Scripted, Dialler]) -> None:
    desk, carrier, _ = ringing
    dialler = Dialler(desk.ledger(), {"simulated": carrier}, desk.clock, DiallerOptions(tick_s=0))
    step(dialler)
    waits = iter([True, True, False])

    def still() -> bool:
        more = next(waits)
        if not more:
            carrier.over = [Ended(carrier.dialled[0].dial, "completed", desk.clock())]
        return more

    asyncio.run(dialler.wind_up(still))
    assert dials(desk) == [("ref-1", "completed")]
    assert len(carrier.dialled) == 1


def test_until_nothing_is_left_to_do(desk: Any, tmp_path: Path) -> None:
    name = desk.campaign(more="retries: {most: 1}\n")
    desk.add(name, *(f"138000{number:05d}" for number in range(10000, 10030)))
    desk.campaigns.move(name, "start")
    began = desk.clock()

    def now() -> datetime:
        desk.clock.at += timedelta(seconds=2)
        return desk.clock.at

    carrier = SimulatedCarrier(
        tmp_path / "log", Behaviour(refuses=0, loses_replies=0, outcomes={"completed": 1}), now
    )
    dialler = Dialler(desk.ledger(), {"simulated": carrier}, now, DiallerOptions(tick_s=0))
    asyncio.run(dialler.run(asyncio.Event(), until_done=True))
    assert desk.one("SELECT state FROM campaigns") == "done"
    assert desk.one("SELECT count(*) FROM campaign_contacts WHERE state = 'done'") == 30
    assert desk.clock() - began < timedelta(hours=2)
    carrier.close()


def test_the_end_of_a_call_that_another_process_placed_is_asked_for_now_and_then(ringing: Any) -> None:
    desk, carrier, dialler = ringing
    carrier.error = ConnectionError("the answer was lost")
    step(dialler)
    desk.clock.later(minutes=3)
    carrier.error = None
    step(dialler)
    assert (dialler.open, dials(desk)) == (1, [(None, None)])
    carrier.fate = Ended(carrier.dialled[0].dial, "no_answer", desk.clock())
    desk.clock.later(seconds=31)
    step(dialler)
    assert (dialler.open, dials(desk)) == (0, [(None, "no_answer")])
