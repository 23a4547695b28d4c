"""What names somebody is never spoken onto the disk."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from voicebot.app import App
from voicebot.config import load

SAID = "王小明先生，您的订单送到滨江区江南大道388号3栋502室，尾号6612。请问还有什么可以帮您？"


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> App:
    """A shop that speaks in tones, with a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return App(load()).with_voice("tone")


def kept(folder: Path) -> set[str]:
    return {path.stem for path in folder.glob("voicebot/speech/??/*.pcm")}


def named(app: App, text: str) -> str:
    return sha256(f"{app.synthesizer._voice.identity}\0{text}".encode()).hexdigest()


def test_names_addresses_and_numbers_stay_in_memory(app: App, tmp_path: Path) -> None:
    parts = app.synthesizer.parts(SAID)
    assert b"".join(app.synthesizer.synthesize(SAID))
    private = [part.text for part in parts if part.text not in app.fixed_texts]
    assert any("王小明" in text for text in private)
    assert any("江南大道" in text for text in private)
    assert kept(tmp_path) == {named(app, part.text) for part in parts if part.text in app.fixed_texts}
    assert not kept(tmp_path) & {named(app, text) for text in private}
    assert all(app.synthesizer.cached(part) for part in parts)


def test_what_is_said_to_everybody_is_kept(app: App, tmp_path: Path) -> None:
    opening = app.opening_parts()[0]
    assert opening.text in app.fixed_texts
    app.synthesizer.part_audio(opening)
    assert kept(tmp_path) == {named(app, opening.text)}


def test_no_fixed_text_has_a_hole_in_it(app: App) -> None:
    assert len(app.fixed_texts) > 300
    assert not [text for text in app.fixed_texts if "{" in text or "龘" in text]
