"""Bad input: one clear sentence on standard error, a status that is not zero, nothing half-written, no traceback."""

from __future__ import annotations

import struct
import sys
import wave
from collections.abc import Callable
from pathlib import Path

import pytest

from voicebot.cli import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs the program; returns its status, standard output and standard error."""

    def go(*words: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["voicebot", *map(str, words)])
        with pytest.raises(SystemExit) as stop:
            main()
        out, err = capfd.readouterr()
        code = stop.value.code
        return (code if isinstance(code, int) else int(bool(code))), out, err

    return go


def one_sentence(error: str, *parts: str) -> None:
    """Standard error names these parts and holds no traceback."""
    assert "Traceback" not in error
    for part in parts:
        assert part in error, error
    assert len([line for line in error.strip().splitlines() if line.strip()]) <= 6, error


def settings(folder: Path, text: str, name: str = "voicebot.toml") -> Path:
    """A settings folder with this file; everything else is the example's."""
    config = folder / "config"
    config.mkdir(exist_ok=True)
    (config / name).write_text(text, encoding="utf-8")
    return config


def pcm24(path: Path) -> None:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(3)
        out.setframerate(8000)
        out.writeframes(bytes(2400))


def truncated(path: Path) -> None:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(bytes(16000))
    path.write_bytes(path.read_bytes()[:4000])


def headless(path: Path) -> None:
    path.write_bytes(b"RIFF" + struct.pack("<I", 4) + b"WAVE")


BAD_SOUNDS: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "truncated": truncated,
    "24-bit": pcm24,
    "not a WAV": lambda path: path.write_text("这不是声音", encoding="utf-8"),
    "without audio": headless,
}


@pytest.mark.engines
@pytest.mark.parametrize("kind", BAD_SOUNDS)
def test_a_wrong_sound_file_gets_one_sentence(run: Run, tmp_path: Path, kind: str) -> None:
    sound = tmp_path / "bad.wav"
    BAD_SOUNDS[kind](sound)
    status, out, error = run("hear", sound)
    assert status == 1
    assert out == ""
    one_sentence(error, "bad.wav")


@pytest.mark.parametrize("kind", BAD_SOUNDS)
def test_a_fixture_with_a_wrong_sound_file_is_not_replayed(
    run: Run, root: Path, tmp_path: Path, kind: str
) -> None:
    good = root / "audio_fixtures" / "asks_for_human.yaml"
    (tmp_path / "call.yaml").write_text(good.read_text(encoding="utf-8"), encoding="utf-8")
    BAD_SOUNDS[kind](tmp_path / "call.wav")
    status, _, error = run("replay", tmp_path / "call.yaml", "--engine", "scripted", "--voice", "tone")
    assert status == 1
    one_sentence(error, "call.wav")


def test_a_missing_fixture(run: Run, tmp_path: Path) -> None:
    status, _, error = run("replay", tmp_path / "gone.yaml")
    assert status == 1
    one_sentence(error, "gone.yaml")


def test_a_fixture_script_with_a_wrong_key_writes_nothing(run: Run, tmp_path: Path) -> None:
    script = tmp_path / "call.yaml"
    script.write_text("title: t\nat: 2026-11-20T10:00:00\nturns:\n  - callr: 你好\n", encoding="utf-8")
    status, _, error = run("fixtures", "make", script, "--out", tmp_path / "out")
    assert status == 1
    one_sentence(error, "call.yaml:4")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("[call]\nbarge_in_ms = 'soon'\n", ["voicebot.toml", "call.barge_in_ms", "soon"]),
        ("[voice]\nspeed = 9.0\n", ["voice.speed"]),
        ("[shop]\ntimezone = 'Mars/Base'\n", ["shop.timezone", "Mars/Base"]),
        ("[nonsense]\n", ["nonsense", "no such key"]),
        ("[call\n", ["voicebot.toml", "TOML"]),
    ],
)
def test_wrong_settings_are_named_by_file_key_and_reason(
    run: Run, root: Path, tmp_path: Path, text: str, parts: list[str]
) -> None:
    config = settings(tmp_path, text)
    status, _, error = run("replay", root / "audio_fixtures", "--engine", "scripted", "--config", config)
    assert status == 1
    one_sentence(error, *parts)


def test_settings_that_are_not_there(run: Run, root: Path, tmp_path: Path) -> None:
    status, _, error = run("replay", root / "audio_fixtures", "--config", tmp_path)
    assert status == 1
    one_sentence(error, "voicebot.toml")


def test_a_dialogue_with_a_wrong_target_is_refused_at_start(run: Run, root: Path, tmp_path: Path) -> None:
    dialogues = tmp_path / "dialogues"
    dialogues.mkdir()
    for path in (root / "config" / "dialogues").glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        if path.name == "find.yaml":
            text = text.replace("- go: again", "- go: nowhere")
        (dialogues / path.name).write_text(text, encoding="utf-8")
    config = settings(
        tmp_path,
        f'[paths]\ndialogue = "{dialogues}/hotline.yaml"\nknowledge = "{root}/config/knowledge"\n'
        f'rules = "{root}/config/rules.yaml"\ngrammars = "{root}/grammars/zh-CN"\n',
    )
    status, _, error = run(
        "replay", root / "audio_fixtures", "--engine", "scripted", "--voice", "tone", "--config", config
    )
    assert status == 1
    one_sentence(error, "find.yaml", "nowhere")


def test_a_missing_model_says_how_to_get_it(
    run: Run, monkeypatch: pytest.MonkeyPatch, root: Path, tmp_path: Path
) -> None:
    monkeypatch.setenv("VOICEBOT_MODELS", str(tmp_path))
    status, _, error = run("replay", root / "audio_fixtures" / "asks_for_human.yaml", "--voice", "tone")
    assert status == 1
    one_sentence(error, "vosk-model-small-cn-0.22", "voicebot models fetch")


def test_a_corrupted_model_is_found(
    run: Run, monkeypatch: pytest.MonkeyPatch, root: Path, tmp_path: Path
) -> None:
    monkeypatch.setenv("VOICEBOT_MODELS", str(tmp_path))
    broken = tmp_path / "kokoro-82m" / "vocab.json"
    broken.parent.mkdir()
    broken.write_text("{", encoding="utf-8")
    status, _, error = run("models", "check", "kokoro-82m")
    assert status == 1
    assert "Traceback" not in error
    status, _, error = run("say", "你好", "--out", tmp_path / "out.wav")
    assert status == 1
    one_sentence(error, "kokoro-82m")
    assert not (tmp_path / "out.wav").exists()


def test_a_database_that_is_not_there_says_how_to_make_one(run: Run, tmp_path: Path) -> None:
    status, out, error = run("shop", "orders", "--database", f"sqlite:///{tmp_path}/gone.db")
    assert status == 1
    assert out == ""
    one_sentence(error, "gone.db", "voicebot database")
    assert not (tmp_path / "gone.db").exists()
