"""`voicebot fixtures make` at the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from voicebot.cli import build
from voicebot.errors import VoicebotError
from voicebot.replay.fixture import load_fixture

SCRIPT = 'title: 问候\nat: "2026-11-20T10:30:00"\nturns:\n- caller: 你好\n- hang_up: true\n'


def run(*arguments: str) -> str:
    result = CliRunner().invoke(build(), ["fixtures", "make", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_a_wrong_script_is_refused_before_another_is_spoken(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(SCRIPT, "utf-8")
    bad.write_text(SCRIPT.replace("caller: 你好", "callr: 你好"), "utf-8")
    with pytest.raises(VoicebotError, match=r"bad\.yaml:4: turns\[0\]: a turn has exactly one of the keys"):
        run(str(good), str(bad), "--out", str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("voice", ["zf_xiaoxiao", "nobody"])
def test_the_bot_s_voice_is_no_caller_s(tmp_path: Path, voice: str) -> None:
    script = tmp_path / "call.yaml"
    script.write_text(f"voice: {voice}\n{SCRIPT}", "utf-8")
    with pytest.raises(
        VoicebotError, match=rf"call\.yaml:1: voice: '{voice}' is no caller's voice; .*zm_yunxi"
    ):
        run(str(script), "--out", str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_a_missing_script(tmp_path: Path) -> None:
    with pytest.raises(VoicebotError, match=r"none\.yaml does not exist"):
        run(str(tmp_path / "none.yaml"))


@pytest.mark.engines
def test_a_call_is_made(tmp_path: Path) -> None:
    script = tmp_path / "hello.yaml"
    script.write_text(SCRIPT, "utf-8")
    told = json.loads(run(str(script), "--out", str(tmp_path / "out"), "--json"))
    fixture = load_fixture(told["yaml"])
    assert told["wav"] == str(tmp_path / "out" / "hello.wav")
    assert told["seconds"] == len(fixture.pcm) / 16000
    segment = fixture.script.turns[0].segment  # type: ignore[union-attr]
    assert segment is not None
    assert 200 < segment.speech_end_ms - segment.speech_start_ms < 2000
