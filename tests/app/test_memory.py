"""Live calls reach the memory: turns, recordings and journals, and what was left when the process ended."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.telephony.house import Building, house, loud, until
from voicebot.app.memory import Parts, Remembering
from voicebot.events import Heard, HungUp, Transcribed, Transcript
from voicebot.records.archive import Sought, WholeCall
from voicebot.records.journals import read_sealed_journal
from voicebot.records.memory import Memory
from voicebot.records.recordings import FolderShelf, peaks
from voicebot.records.vault import Vault
from voicebot.runtime.lobby import Lobby
from voicebot.runtime.log import JsonLines
from voicebot.runtime.workers import Workers
from voicebot.store.migrate import open_database, upgrade
from voicebot.telephony.reception import Ring
from voicebot.web.chat import NoVoice

PHONE = "13800006612"


class Quiet:
    """A wire on which nothing is heard."""

    def play(self, frame: bytes | None) -> None: ...
    def clear(self) -> None: ...
    def transfer(self, to: str, story: Any) -> None: ...
    def hang_up(self) -> None: ...
    def ended(self) -> None: ...


class Away(FolderShelf):
    """A store that cannot be reached."""

    def put(self, name: str, data: bytes) -> None:
        raise OSError(f"no route for {PHONE}")


@pytest.fixture
def memory(tmp_path: Path) -> Any:
    """A memory in a folder of its own."""
    upgrade(str(tmp_path / "shop.db"))
    database = open_database(str(tmp_path / "shop.db"))
    yield Memory(database, Vault(bytes(32)), FolderShelf(tmp_path / "calls"))
    database.close()


def remembering(memory: Memory, tmp_path: Path, **more: bool) -> Remembering:
    return Remembering(memory, Parts(tmp_path / "calls", **more), lambda: datetime(2026, 11, 20, 10))


@asynccontextmanager
async def lobby(kept: Remembering, *texts: str) -> AsyncIterator[tuple[Lobby, Building]]:
    """A lobby whose calls are remembered."""
    workers = Workers(1, "keeping")
    async with house(texts) as building:
        inside = building.lobby._house
        silent = replace(inside.engines(None), synthesizer=NoVoice())  # type: ignore[arg-type]

        def engines(ring: Ring) -> Any:
            return silent if ring.line == "chat" else inside.engines(ring)

        joined = replace(
            inside,
            engines=engines,
            observers=kept.observers,
            recording=kept.recording,
            finished=kept.finished(workers),
        )
        made = Lobby(joined, building.metrics)
        yield made, building
        await until(lambda: made.calls == 0)
    workers.close() if not hasattr(workers, "finish") else workers.finish()


def typed(text: str, at: float) -> Transcribed:
    return Transcribed(at, 0, Transcript.of(text), True)


async def chat(made: Lobby, name: str = "chat-1") -> None:
    """Somebody asks for an order by text, and leaves."""
    driver = made.admit(Ring(name, "chat", PHONE), Quiet())
    await asyncio.sleep(0.2)
    for text in ("查订单", "20261120"):
        driver.post(typed(text, driver.at))
        await asyncio.sleep(0.3)
    driver.post(HungUp(driver.at, "caller"))
    await until(lambda: made.calls == 0)


def only(memory: Memory) -> WholeCall:
    (summary,) = memory.archive.find(Sought()).calls
    whole = memory.archive.call(summary.id)
    assert whole is not None
    return whole


def test_a_chat_is_remembered_and_its_journal_is_sealed(memory: Memory, tmp_path: Path) -> None:
    kept = remembering(memory, tmp_path)

    async def run() -> None:
        async with lobby(kept) as (made, _):
            await chat(made)

    asyncio.run(run())
    kept.close()
    whole = only(memory)
    assert (whole.summary.line, whole.summary.caller, whole.summary.state) == ("chat", PHONE, "ended")
    said = [turn.text for turn in whole.turns if turn.who == "caller"]
    assert said == ["查订单", "20261120"]
    assert whole.summary.recording is None
    lines = list(read_sealed_journal(tmp_path / "calls" / "chat-1.journal", memory.vault))
    assert lines[0]["call"] == "chat-1"
    assert PHONE.encode() not in (tmp_path / "calls" / "chat-1.journal").read_bytes()


def test_a_call_is_recorded_and_sealed(memory: Memory, tmp_path: Path) -> None:
    kept = remembering(memory, tmp_path)

    async def run() -> None:
        async with lobby(kept, "再见") as (made, _):
            driver = made.admit(Ring("call-1", "browser", PHONE), Quiet())
            for frame in [*[bytes(320)] * 75, *loud(400), *[bytes(320)] * 60]:
                driver.post(Heard(driver.at, frame))
                await asyncio.sleep(0.02)
            await until(lambda: made.calls == 0)

    asyncio.run(run())
    kept.close()
    whole = only(memory)
    assert whole.summary.ended_by == "bot"
    assert [turn.text for turn in whole.turns if turn.who == "caller"] == ["再见"]
    assert whole.summary.recording == "call-1.wav.sealed"
    wav = memory.recordings.wav("call-1.wav.sealed")
    assert wav is not None
    seconds, caller, bot = peaks(wav)
    assert seconds > 1.5
    assert max(caller) > 10
    assert max(bot) > 10
    assert sorted(path.name for path in (tmp_path / "calls").iterdir()) == [
        "call-1.journal",
        "call-1.wav.sealed",
    ]


def test_nothing_is_recorded_where_nothing_shall_be(memory: Memory, tmp_path: Path) -> None:
    kept = remembering(memory, tmp_path, on=False, journals=False)

    async def run() -> None:
        async with lobby(kept) as (made, _):
            driver = made.admit(Ring("call-1", "browser", PHONE), Quiet())
            driver.post(Heard(driver.at, bytes(320)))
            driver.post(HungUp(driver.at, "caller"))
            await until(lambda: made.calls == 0)

    asyncio.run(run())
    kept.close()
    assert only(memory).summary.recording is None
    assert not (tmp_path / "calls").exists()


def test_a_recording_that_could_not_be_kept_is_kept_at_the_next_start(memory: Memory, tmp_path: Path) -> None:
    away = Memory(memory.database, memory.vault, Away(tmp_path / "calls"))
    kept = remembering(away, tmp_path)

    async def run() -> None:
        async with lobby(kept) as (made, _):
            driver = made.admit(Ring("call-1", "browser", PHONE), Quiet())
            for _ in range(120):
                driver.post(Heard(driver.at, loud(20)[0]))
                await asyncio.sleep(0.02)
            driver.post(HungUp(driver.at, "caller"))
            await until(lambda: made.calls == 0)

    asyncio.run(run())
    kept.close()
    assert only(memory).summary.recording is None
    assert len(list((tmp_path / "calls").glob("*.part"))) == 2
    again = remembering(memory, tmp_path)
    assert again.tidy() == []
    again.close()
    assert only(memory).summary.recording == "call-1.wav.sealed"
    assert not list((tmp_path / "calls").glob("*.part"))


def test_no_log_line_and_no_metric_holds_anything_private(memory: Memory, tmp_path: Path) -> None:
    stream, root = io.StringIO(), logging.getLogger()
    writer = logging.StreamHandler(stream)
    writer.setFormatter(JsonLines())
    level = root.level
    root.addHandler(writer)
    root.setLevel(logging.DEBUG)
    kept = remembering(Memory(memory.database, memory.vault, Away(tmp_path / "calls")), tmp_path)
    metrics: list[bytes] = []

    async def run() -> None:
        async with lobby(kept) as (made, building):
            await chat(made)
            driver = made.admit(Ring("call-2", "browser", PHONE), Quiet())
            driver.post(Heard(driver.at, loud(20)[0]))
            driver.post(HungUp(driver.at, "caller"))
            await until(lambda: made.calls == 0)
            metrics.append(building.metrics.text())

    try:
        asyncio.run(run())
        kept.close()
        again = remembering(memory, tmp_path)
        again.tidy()
        again.close()
    finally:
        root.removeHandler(writer)
        root.setLevel(level)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert "recording not kept" in [line["message"] for line in lines]
    for private in (PHONE, "查订单", "20261120", "订单在路上"):
        assert private not in stream.getvalue()
        assert private.encode() not in metrics[0]
