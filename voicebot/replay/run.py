"""One fixture through a call, in virtual or in real time, with its journal, recording and verdicts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
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
from voicebot.runtime.recording import Recording

Told = Callable[[Entry], None]


@dataclass(frozen=True, slots=True)
class Stage:
    """What a replay needs besides the fixture. No `recognizer`: the scripted one."""

    call: Callable[[Fixture], Call]
    recognizer: Recognizer | None
    synthesizer: Synthesizer
    shop: Callable[[Fixture], Shop]
    engines: Callable[[], Engines] | None = None
    """For real time; its recogniser is replaced by the scripted one where there is none."""


def replay(
    fixture: Fixture,
    stage: Stage,
    *,
    in_real_time: bool,
    journal: Path | None = None,
    told: Told | None = None,
) -> CallResult:
    """Run the fixture to its end. A journal file, when given, is written as the call goes on."""
    clock = SystemClock()
    caller, log = FixtureCaller(fixture), CallLog(told)
    recognizer = stage.recognizer or FixtureRecognizer(caller)
    began = clock.now()
    if journal is None:
        length, recording = _drive(fixture, stage, recognizer, caller, log, in_real_time)
    else:
        with Journal(journal, _header(fixture)) as written:
            observer = Both(log, written)
            length, recording = _drive(fixture, stage, recognizer, caller, observer, in_real_time)
    verdicts = judge(fixture.script, log, caller.times, realtime=in_real_time)
    return CallResult(
        fixture.name, fixture.script.title, tuple(verdicts), log, tuple(caller.times), length,
        clock.now() - began, recording.sides(),
    )  # fmt: skip


def _drive(  # noqa: PLR0917 - one thing each, passed on once
    fixture: Fixture,
    stage: Stage,
    recognizer: Recognizer,
    caller: FixtureCaller,
    observer: Observer,
    in_real_time: bool,
) -> tuple[float, Recording]:
    call, shop = stage.call(fixture), stage.shop(fixture)
    if in_real_time and stage.engines is not None:

        async def live() -> tuple[float, Recording]:
            assert stage.engines is not None
            engines = replace(stage.engines(), recognizer=recognizer, shop=shop)
            return await realtime.run(call, caller, engines, observer)

        return asyncio.run(live())
    driver = VirtualDriver(call, recognizer, stage.synthesizer, shop, observer)
    return driver.run(caller), driver.recording


def _header(fixture: Fixture) -> Mapping[str, Any]:
    script = fixture.script
    return {"name": fixture.name, "at": script.at.isoformat(), "recording": f"{fixture.name}.wav"}


def keep(result: CallResult, folder: Path) -> Path:
    """Write the stereo recording of a replayed call into `folder`; returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{result.name}.wav"
    write_wav_stereo(path, *result.sides)
    return path


def write_text(path: Path, text: str) -> Path:
    """Write a report whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)
    return path


def json_lines(results: list[dict[str, Any]]) -> str:
    """One object a line."""
    return "".join(json.dumps(result, ensure_ascii=False) + "\n" for result in results)
