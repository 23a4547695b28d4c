import asyncio
import sys

import pytest

from voicebot.runtime.clock import SystemClock
from voicebot.runtime.loop import LONG_S, Blocks, run_watched


@pytest.fixture(autouse=True)
def _same_switch_interval():
    before = sys.getswitchinterval()
    yield
    sys.setswitchinterval(before)


def busy(seconds: float) -> None:
    clock = SystemClock()
    until = clock.now() + seconds
    while clock.now() < until:
        pass


def test_a_callback_that_keeps_the_loop_is_seen_whole() -> None:
    blocks = Blocks()

    async def main() -> str:
        await asyncio.sleep(0.01)
        busy(4 * LONG_S)
        await asyncio.sleep(0)
        return "done"

    assert run_watched(main(), blocks) == "done"
    assert blocks.longest_s >= 4 * LONG_S
    assert blocks.too_long >= 1


def test_waiting_is_no_block() -> None:
    blocks = Blocks()
    run_watched(asyncio.sleep(0.3), blocks)
    assert blocks.busy_s < 0.3


def test_the_longest_is_told_once_and_kept() -> None:
    blocks = Blocks()
    for seconds in (0.001, 0.030, 0.002):
        blocks.add(seconds)
    assert (blocks.newest_longest_s(), blocks.newest_longest_s()) == (0.030, 0.0)
    blocks.add(0.004)
    assert (blocks.newest_longest_s(), blocks.longest_s, blocks.too_long) == (0.004, 0.030, 1)
