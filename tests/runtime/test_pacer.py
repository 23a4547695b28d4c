import asyncio
from itertools import pairwise

from voicebot.runtime.pacer import FRAME_S, SLOTS, Pacer


class FakeClock:
    """Time passes only by sleeping; each tick can cost some."""

    def __init__(self) -> None:
        self.time = 100.0

    def now(self) -> float:
        return self.time


def paced(clock: FakeClock, ticks: int, cost: float, monkeypatch) -> list[tuple[float, float]]:
    real_sleep = asyncio.sleep

    async def sleep(seconds: float) -> None:
        clock.time += seconds
        await real_sleep(0)

    monkeypatch.setattr(asyncio, "sleep", sleep)

    async def run() -> list[tuple[float, float]]:
        pacer, seen = Pacer(clock), []

        def tick(due: float) -> None:
            seen.append((due, clock.time))
            clock.time += cost
            if len(seen) == ticks:
                pacer.remove(tick)

        pacer.add(tick)
        while pacer.ticks:
            await real_sleep(0)
        return seen

    return asyncio.run(run())


def test_ticks_are_due_on_an_absolute_schedule(monkeypatch) -> None:
    seen = paced(FakeClock(), 100, cost=0.010, monkeypatch=monkeypatch)
    dues = [due for due, _ in seen]
    assert all(abs(due - (100.0 + n * FRAME_S)) < 1e-9 for n, due in enumerate(dues))
    assert all(abs(now - due) < 1e-9 for due, now in seen)


def test_a_late_loop_catches_up(monkeypatch) -> None:
    clock = FakeClock()
    real = paced(clock, 50, cost=0.019, monkeypatch=monkeypatch)
    assert clock.time - 100.0 < 50 * FRAME_S + 0.02
    assert len(real) == 50


def test_lines_are_spread_over_the_twenty_milliseconds_and_each_keeps_its_own_beat(monkeypatch) -> None:
    clock, real_sleep, seen = FakeClock(), asyncio.sleep, {number: [] for number in range(20)}

    async def run() -> None:
        pacer = Pacer(clock)

        def line(number: int):
            def tick(due: float) -> None:
                seen[number].append(due)
                if len(seen[number]) == 5:
                    pacer.remove(tick)

            return tick

        for number in range(20):
            pacer.add(line(number))
        while pacer.ticks:
            clock.time += 0.001
            await real_sleep(0)

    monkeypatch.setattr(asyncio, "sleep", lambda _: real_sleep(0))
    asyncio.run(run())
    assert len({round((dues[0] - 100.0) % FRAME_S, 6) for dues in seen.values()}) == SLOTS
    for dues in seen.values():
        assert all(abs(b - a - FRAME_S) < 1e-9 for a, b in pairwise(dues))


def test_lateness_is_told_by_its_share() -> None:
    pacer = Pacer(FakeClock())
    for number in range(100):
        pacer._was_late(number / 1000)
    assert pacer.late_s(0.5) == 0.05
    assert pacer.late_s(0.99) == 0.099
    assert pacer.worst_late_s == 0.099
