"""`voicebot hear`: what is printed of recordings, and what is said of files that are none."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from voicebot.audio import read_wav, silence, write_wav
from voicebot.cli import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def hear(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The program in this process: status, standard output, standard error."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["voicebot", "hear", *arguments])
        status = 0
        try:
            main()
        except SystemExit as ended:
            status = int(ended.code or 0)
        out, err = capsys.readouterr()
        return status, out, err

    return run


@pytest.fixture
def said(testdata: Path, tmp_path: Path) -> Path:
    """四三八六 by one recorded person."""
    folder = testdata / "digits" / "speaker_b"
    digits = [read_wav(folder / f"{digit}.wav") + silence(250) for digit in "四三八六"]
    path = tmp_path / "4386.wav"
    write_wav(path, silence(300) + b"".join(digits) + silence(300))
    return path


@pytest.mark.engines
def test_as_json_a_line_a_file(hear: Run, said: Path) -> None:
    status, out, err = hear(str(said), "--expecting", "tail_number", "--json")
    assert (status, err) == (0, "")
    (line,) = out.splitlines()
    record = json.loads(line)
    assert record["file"] == str(said)
    assert record["digits"] == "4386"
    assert [word["word"] for word in record["words"]] == list(record["text"])
    assert all(0 <= word["start"] < word["end"] for word in record["words"])
    assert 0.5 < record["confidence"] <= 1
    assert record["rtf"] > 0
    assert {"text", "source", "score", "confidence"} <= set(record["alternatives"][0])
    (first, *_), last = record["endpoints"], record["endpoints"][-1]
    assert 0.2 < first["start"] < record["words"][0]["end"]
    assert last["end"] > record["words"][-1]["start"]


@pytest.mark.engines
def test_no_digits_where_none_were_asked_for(hear: Run, said: Path) -> None:
    _, out, _ = hear(str(said), "--json")
    assert json.loads(out)["digits"] is None


@pytest.mark.engines
def test_bad_files_do_not_stop_the_good_ones(hear: Run, said: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.wav").write_bytes(b"")
    (tmp_path / "notes.wav").write_text("not a WAV file")
    files = [str(tmp_path / "empty.wav"), str(said), str(tmp_path / "notes.wav"), str(tmp_path / "none.wav")]
    status, out, err = hear(*files, "--expecting", "digits")
    assert status == 1
    assert "4386" in out
    assert out.count("real time") == 1
    sentences = err.splitlines()
    assert len(sentences) == 3
    assert ["empty.wav" in sentences[0], "notes.wav" in sentences[1], "none.wav" in sentences[2]] == [
        True
    ] * 3
    assert "Traceback" not in err


@pytest.mark.engines
def test_silence_is_nothing(hear: Run, tmp_path: Path) -> None:
    path = tmp_path / "silence.wav"
    write_wav(path, silence(1000))
    status, out, _ = hear(str(path), "--expecting", "digits", "--json")
    record = json.loads(out)
    assert status == 0
    assert (record["text"], record["digits"], record["words"], record["endpoints"]) == ("", "", [], [])


def test_an_unknown_name_is_one_sentence_with_the_known_ones(hear: Run, tmp_path: Path) -> None:
    status, out, err = hear(str(tmp_path / "any.wav"), "--expecting", "zip_code")
    assert (status, out) == (1, "")
    assert "zip_code" in err
    assert "order_number" in err
    assert len(err.splitlines()) == 1


def test_no_file_is_a_wrong_call(hear: Run) -> None:
    status, _, err = hear()
    assert status == 2
    assert "WAV" in err


def test_a_missing_model_is_one_sentence(hear: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VOICEBOT_MODELS", str(tmp_path / "nothing"))
    status, out, err = hear(str(tmp_path / "any.wav"))
    assert (status, out) == (1, "")
    assert "voicebot models fetch" in err
    assert len(err.splitlines()) == 1
