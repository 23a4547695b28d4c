"""What is always the same is made while few calls go on."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from voicebot.app import App, rehearsal
from voicebot.app.rehearsal import fixed_parts, rehearse
from voicebot.config import load
from voicebot.runtime.workers import Workers
from voicebot.tts.speaker import Speaker
from voicebot.tts.tone import ToneVoice

QUIET: Any = SimpleNamespace(ticks=0)
BUSY: Any = SimpleNamespace(ticks=1000)


@pytest.fixture(scope="module")
def app() -> App:
    return App(load()).with_voice("tone")


def test_everything_fixed_is_made_behind_all_else(app: App) -> None:
    speaker, making = Speaker(ToneVoice()), Workers(1, "making")
    rehearse(app, speaker, making, QUIET).join(60)
    parts = fixed_parts(app)
    assert len(parts) > len(app.opening_parts())
    assert all(speaker.cached(part) for part in parts)
    making.close()


def test_while_many_call_nothing_is_made(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsal, "LOOK_AGAIN_S", 0.01)
    speaker, making = Speaker(ToneVoice()), Workers(1, "making")
    thread = rehearse(app, speaker, making, BUSY)
    assert not any(speaker.cached(part) for part in fixed_parts(app))
    assert thread.is_alive()
    making.close()
    thread.join(10)
    assert not thread.is_alive(), "it ends with the threads that it works with"
