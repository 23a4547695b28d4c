"""`voicebot say`, with the voice of tones."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from voicebot.audio import duration_ms, read_wav
from voicebot.cli import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The program in this process, with a cache of its own: status, standard output, standard error."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["voicebot", "say", *arguments])
        try:
            main()
            status = 0
        except SystemExit as ended:
            status = int(ended.code or 0)
        return status, *capsys.readouterr()

    return run


def record(say: Run, *arguments: str) -> dict[str, Any]:
    status, out, err = say(*arguments, "--voice", "tone", "--json")
    assert (status, err) == (0, "")
    (line,) = out.splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def test_shows_reading_and_parts_and_writes_the_speech(say: Run, tmp_path: Path) -> None:
    out = tmp_path / "say.wav"
    found = record(say, "您好，", "一共128.5元。尾号4217。", "--out", str(out))
    assert found["reading"] == "您好，一共一百二十八块五。尾号四二幺七。"
    assert [part["text"] for part in found["parts"]] == ["您好，", "一共一百二十八块五。", "尾号四二幺七。"]
    assert duration_ms(read_wav(out)) == pytest.approx(found["audio_ms"], abs=1)
    assert found["file"] == str(out)


def test_the_second_time_what_is_kept_is_cached(say: Run) -> None:
    first, second = (record(say, "您好，尾号4217。") for _ in range(2))
    assert [part["cached"] for part in first["parts"]] == [False, False]
    assert [(part["cached"], part["kept"]) for part in second["parts"]] == [(True, True), (False, False)]


def test_speed_shortens(say: Run) -> None:
    slow, quick = (record(say, "您好。", "--speed", speed)["audio_ms"] for speed in ("0.5", "2"))
    assert slow == 4 * quick


def test_for_people(say: Run) -> None:
    status, out, _ = say("128.5元", "--voice", "tone")
    assert status == 0
    assert out.splitlines()[0] == "一百二十八块五"
    assert "made" in out


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["您好", "--voice", "tone", "--out", "/nowhere/say.wav"], 1, "cannot be written"),
        (["您好", "--speed", "9"], 2, "--speed"),
        ([], 2, "TEXT"),
    ],
)
def test_mistakes_are_told(say: Run, arguments: list[str], status: int, sentence: str) -> None:
    ended, _, err = say(*arguments)
    assert ended == status
    assert sentence in err
    assert "Traceback" not in err
