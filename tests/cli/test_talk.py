"""A call over the microphone is kept as any other: remembered, and sealed."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from voicebot.app import App
from voicebot.app.house import remembering_of
from voicebot.asr.scripted import ScriptedRecognizer
from voicebot.cli import talk
from voicebot.config import load
from voicebot.records.archive import Sought
from voicebot.records.journals import read_sealed_journal
from voicebot.store.migrate import upgrade
from voicebot.telephony.microphone import Card, Sound, Swap

PHONE = "13800006612"


class SilentCard:
    """A sound card in a quiet room, with a thread of its own."""

    def __init__(self, rate: int, swap: Swap) -> None:
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(rate, swap))
        self._thread.start()

    def _run(self, rate: int, swap: Swap) -> None:
        while not self._over.wait(0.02):
            swap(bytes(rate // 50 * 2))

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def close(self) -> None: ...


def card(rate: int, swap: Swap) -> Sound:
    return SilentCard(rate, swap)


@pytest.fixture
def app(tmp_path: Path) -> App:
    """The shop's bot with everything that it keeps in a folder of its own, a voice of tones, and deaf."""
    settings = load()
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    upgrade(url)
    own = {
        "shop": settings.shop.model_copy(update={"database": url}),
        "recording": settings.recording.model_copy(
            update={"folder": tmp_path / "calls", "on": True, "journal": True}
        ),
        "privacy": settings.privacy.model_copy(update={"key_file": tmp_path / "key"}),
    }
    made = App(settings.model_copy(update=own)).with_voice("tone")
    made.__dict__["recognizer"] = ScriptedRecognizer(())
    return made


def ring(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """He listens for a second and puts the receiver down."""

    async def keys(line: object) -> None:
        await asyncio.sleep(1.0)
        line.put_down()  # type: ignore[attr-defined]

    monkeypatch.setattr(talk, "_keys", keys)

    async def whole() -> None:
        async with asyncio.timeout(60):
            await talk._talk(app, Card(8000, card), PHONE)

    asyncio.run(whole())


def test_what_is_kept_of_it_is_sealed(app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ring(app, monkeypatch)
    files = [path for path in (tmp_path / "calls").rglob("*") if path.is_file()]
    (journal,) = [path for path in files if path.suffix == ".journal"]
    assert len(files) > 1, "its sound is kept, too"
    for path in files:
        data = path.read_bytes()
        assert PHONE.encode() not in data
        assert not data.startswith((b"RIFF", b"{")), path.name
    remembering = remembering_of(app)
    try:
        lines = list(read_sealed_journal(journal, remembering.memory.vault))
        assert {line.get("event") for line in lines} >= {"Answered", "Heard", "HungUp"}
        (call,) = remembering.memory.archive.find(Sought()).calls
        assert remembering.memory.archive.call(call.id) is not None
        assert call.line == "microphone"
    finally:
        remembering.memory.database.close()
