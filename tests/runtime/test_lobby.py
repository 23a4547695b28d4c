"""Who is let in, and how the house is closed; counting and limits of whole wires are shown by their own tests."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from tests.telephony.house import house
from voicebot.runtime.lobby import LobbyOptions
from voicebot.runtime.stages import Turn
from voicebot.telephony.reception import Busy, Ring


class Wire:
    def __init__(self) -> None:
        self.hung_up = self.over = 0

    def play(self, frame: bytes | None) -> None: ...
    def clear(self) -> None: ...
    def transfer(self, to: str, story: Any) -> None: ...

    def hang_up(self) -> None:
        self.hung_up += 1

    def ended(self) -> None:
        self.over += 1


def test_while_recognition_is_late_nobody_new_is_let_in() -> None:
    async def main() -> list[str | None]:
        async with house(options=LobbyOptions(lag_s=1.0)) as building:
            lobby, lag = building.lobby, [0.0]
            lobby._house = replace(lobby._house, lag_s=lambda: lag[0])
            seen = [lobby.refusal(None)]
            lag[0] = 5.0
            seen.append(lobby.refusal(None))
            lag[0] = 0.2
            lobby.admit(Ring("call-1", "test"), Wire())
            seen.append(lobby.refusal(None))
            lag[0] = 1.0
            seen.append(lobby.refusal(None))
            with pytest.raises(Busy, match="late"):
                lobby.admit(Ring("call-2", "test"), Wire())
            return seen

    quiet, late_but_empty, calm, late = asyncio.run(main())
    assert (quiet, calm) == (None, None)
    assert late_but_empty is None, "nobody is served better by an empty house"
    assert late == "late"


def test_told_to_stop_it_lets_nobody_in_and_cuts_who_stays_too_long() -> None:
    async def main() -> tuple[Wire, str | None, int]:
        async with house(options=LobbyOptions(stop_within_s=0.2)) as building:
            wire = Wire()
            building.lobby.admit(Ring("call-1", "test"), wire)
            stopping = asyncio.ensure_future(building.lobby.stop())
            await asyncio.sleep(0.05)
            why, running = building.lobby.refusal(None), building.lobby.calls
            await stopping
            assert building.lobby.calls == 0
            return wire, why, running

    wire, why, running = asyncio.run(main())
    assert (why, running) == ("stopping", 1)
    assert (wire.hung_up, wire.over) == (1, 1)


def test_an_answer_that_took_long_is_written_down_with_its_stages(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> str:
        async with house(options=LobbyOptions(slow_s=2.0)) as building:
            driver = building.lobby.admit(Ring("call-1", "test"), Wire())
            driver.stages.told(Turn(5.0, 0.5, {"hearing": 0.1, "speech_made": 0.4}))
            driver.stages.told(Turn(9.0, 2.5, {"hearing": 0.1, "speech_made": 2.4}))
            return building.metrics.text().decode()

    with caplog.at_level("INFO", "voicebot.runtime.lobby"):
        told = asyncio.run(main())
    slow = [record for record in caplog.records if record.getMessage() == "slow answer"]
    assert [(record.gap_ms, record.stages) for record in slow] == [  # type: ignore[attr-defined]
        (2500, {"hearing": 100, "speech_made": 2400})
    ]
    assert 'voicebot_answer_stage_seconds_count{stage="speech_made"} 2.0' in told
    assert 'voicebot_answer_stage_seconds_sum{stage="hearing"} 0.2' in told
