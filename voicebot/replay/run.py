"""One fixture through a call, in virtual or in real time, with its journal, recording and verdicts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from voicebot.audio import write_wav_stereo
from voicebot.call import Call
from voicebot.ports import Recognizer, Shop, Synthesizer
from voicebot.replay import realtime
from voicebot.replay.caller import FixtureCaller
from voicebot.replay.driver import VirtualDriver
from voicebot.replay.fixture import Fixture
from voicebot.replay.judge import judge
from voicebot.replay.log import Both, CallLog, Entry, Journal
from voicebot.replay.result import CallResult
from voicebot.replay.scripted import FixtureRecognizer
from voicebot.runtime.clock import SystemClock
from voicebot.runtime.driver import Engines, Observer
from voicebot.runtime.pacer import Pacer
from voicebot.runtime.recording import Recording
from voicebot.runtime.workers import Workers

Told = Callable[[Entry], None]


@dataclass(frozen=True, slots=True)
class Stage:
    """What replays need besides the fixture. No `recognizer`: the scripted one.

    `call` makes a call of this name at this time, `shop` a shop of its own for it. `threads` recognise, and as
    many speak, in real time.
    """

    call: Callable[[str, datetime], Call]
    recognizer: Recognizer | None
    synthesizer: Synthesizer
    shop: Callable[[datetime], Shop]
    threads: int


@dataclass(slots=True)
class _Run:
    """One fixture on its way."""

    call: Call
    caller: FixtureCaller
    recognizer: Recognizer
    shop: Shop
    length: float = 0.0
    took: float = 0.0
    recording: Recording = field(default_factory=Recording)


def replay(
    fixture: Fixture,
    stage: Stage,
    *,
    in_real_time: bool,
    journal: Path | None = None,
    told: Told | None = None,
) -> CallResult:
    """Run the fixture to its end. A journal file, when given, is written as the call goes on."""
    caller, log = FixtureCaller(fixture), CallLog(told)
    at = fixture.script.at
    recognizer = stage.recognizer or FixtureRecognizer(caller)
    run = _Run(stage.call(fixture.name, at), caller, recognizer, stage.shop(at))
    drive = _live if in_real_time else _virtual
    if journal is None:
        drive(run, stage, log)
    else:
        with Journal(journal, _header(fixture)) as written:
            drive(run, stage, Both(log, written))
    verdicts = judge(fixture.script, log, caller.times, realtime=in_real_time)
    return CallResult(
        fixture.name, fixture.script.title, tuple(verdicts), log, tuple(caller.times), run.length,
        run.took, run.recording.sides(),
    )  # fmt: skip


def _virtual(run: _Run, stage: Stage, observer: Observer) -> None:
    clock = SystemClock()
    driver = VirtualDriver(run.call, run.recognizer, stage.synthesizer, run.shop, observer)
    began = clock.now()
    run.length = driver.run(run.caller)
    run.took = clock.now() - began
    run.recording = driver.recording


def _live(run: _Run, stage: Stage, observer: Observer) -> None:
    clock = SystemClock()
    hearing, speaking = Workers(stage.threads, "hearing"), Workers(stage.threads, "speaking")
    looking = Workers(2, "looking")
    engines = Engines(
        run.recognizer, stage.synthesizer, run.shop, hearing, speaking, looking, Pacer(clock), clock
    )
    began = clock.now()
    try:
        run.length, run.recording = asyncio.run(realtime.run(run.call, run.caller, engines, observer))
    finally:
        for pool in (hearing, speaking, looking):
            pool.close()
    run.took = clock.now() - began


def _header(fixture: Fixture) -> Mapping[str, Any]:
    script = fixture.script
    return {"name": fixture.name, "at": script.at.isoformat(), "recording": f"{fixture.name}.wav"}


def keep(result: CallResult, folder: Path) -> Path:
    """Write the stereo recording of a replayed call into `folder`; returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{result.name}.wav"
    write_wav_stereo(path, *result.sides)
    return path


def json_lines(results: list[dict[str, Any]]) -> str:
    """One object a line."""
    return "".join(json.dumps(result, ensure_ascii=False) + "\n" for result in results)
