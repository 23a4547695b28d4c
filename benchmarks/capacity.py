"""How many calls one core carries: recognition, media alone, and memory.

    python -m benchmarks.capacity

recognition   processor time per second of speech, both decoders, warm; the callers' speech of all fixtures
streams       1 / that: utterances heard at the same time by one core; natural: callers who speak 30 % of the time
media         processor time per second of a call in which nobody says a word: driver, pacer, voice activity, ear
memory        resident MB with everything loaded, and per call that is open
"""

from __future__ import annotations

import asyncio
import gc
import os
from datetime import datetime
from pathlib import Path
from time import process_time
from typing import Any

from voicebot.app import App
from voicebot.app.engines import close
from voicebot.call import Call, Parts
from voicebot.config import ROOT, load
from voicebot.events import Answered, Heard
from voicebot.ports import Recognizer
from voicebot.replay.fixture import Fixture, fixture_paths, load_fixture
from voicebot.replay.script import BotTurn, CallerTurn
from voicebot.runtime.driver import Driver, Engines

CALLS = 100
SECONDS = 10
TALK = 0.3


def spoken(fixtures: list[Fixture]) -> list[tuple[str | None, bytes]]:
    """What callers say in the fixtures, each with what they were asked for."""
    said, expecting = [], None
    for fixture in fixtures:
        for turn in fixture.script.turns:
            if isinstance(turn, BotTurn):
                expecting = turn.bot.expecting
            elif isinstance(turn, CallerTurn) and turn.segment is not None:
                said.append((expecting, fixture.sound(turn.segment)))
    return said


def recognition(recognizer: Recognizer, said: list[tuple[str | None, bytes]]) -> float:
    """Processor seconds per second of speech, the second time that it is heard."""
    cost = 0.0
    for _ in range(2):
        began = process_time()
        for expecting, pcm in said:
            stream = recognizer.stream(expecting)
            for place in range(0, len(pcm), 3200):
                stream.accept(pcm[place : place + 3200])
            stream.finish()
        cost = process_time() - began
    return cost / (sum(len(pcm) for _, pcm in said) / 16000)


class QuietLine:
    """A line on which nobody speaks."""

    def __init__(self) -> None:
        self.driver: Driver | None = None

    def play(self, frame: bytes | None) -> None:
        """The far end sends 20 ms of silence."""
        if self.driver is not None:
            self.driver.post(Heard(self.driver.at, bytes(320)))

    def clear(self) -> None:
        """Nothing is buffered."""

    def transfer(self, to: str, story: Any) -> None:
        """Nobody asks for it."""

    def hang_up(self) -> None:
        """The bench ends first."""


class Nobody:
    """An observer who does not care."""

    def happened(self, event: Any, actions: Any, place: int | None, speech: bool) -> None:
        """Look away."""


async def media(app: App, engines: Engines) -> tuple[float, float]:
    """Of calls in which the bot has spoken and nobody answers: processor seconds per second and call, and MB held."""
    options = app.config.call

    def nothing(*_: Any) -> Any:
        """Nobody says anything that could be understood."""

    def call(number: int) -> Call:
        parts = Parts(f"quiet-{number}", app.script, nothing, app.vad.stream(), datetime(2026, 11, 20, 10))
        return Call(parts, options)

    drivers = []
    for number in range(CALLS):
        line = QuietLine()
        line.driver = driver = Driver(call(number), line, engines, Nobody())
        driver.post(Answered(0.0))
        drivers.append(asyncio.create_task(driver.run()))
    await asyncio.sleep(2)
    began = process_time()
    await asyncio.sleep(SECONDS)
    cost = process_time() - began
    held = resident_mb()
    for task in drivers:
        task.cancel()
    return cost / SECONDS / CALLS, held


def resident_mb() -> float:
    """What this process holds in memory now, in MB."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 2**20


def main() -> None:
    """Measure and print a table."""
    app = App(load()).with_voice("tone")
    fixtures = [load_fixture(path) for path in fixture_paths(ROOT / "audio_fixtures")]
    cost = recognition(app.recognizer, spoken(fixtures))
    print(f"recognition  {cost:.3f} of real time, warm")
    print(
        f"streams      {1 / cost:.0f} a core while everybody speaks, {1 / cost / TALK:.0f} at a natural share of talk"
    )

    async def live() -> tuple[float, float, float]:
        with app.stage(scripted=True) as stage:
            engines = app.engines(stage.shop(datetime(2026, 11, 20, 10)))
            loaded = resident_mb()
            try:
                return loaded, *await media(app, engines)
            finally:
                close(engines)

    loaded, cost, held = asyncio.run(live())
    print(f"media        {cost:.2%} of a core a call ({CALLS} calls at once)")
    print(f"memory       {loaded:.0f} MB loaded, {(held - loaded) / CALLS:.2f} MB more a call")


if __name__ == "__main__":
    main()
