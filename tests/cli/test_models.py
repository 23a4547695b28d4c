from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from voicebot.cli import build
from voicebot.models import File, Model

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two models of one empty file each, `needed` installed and `extra` not."""
    needed, extra = (
        Model(name, "a toy", "MIT", default, (File("empty", 0, EMPTY, ()),))
        for name, default in (("needed", True), ("extra", False))
    )
    monkeypatch.setattr("voicebot.models.table.MODELS", (needed, extra))
    monkeypatch.setenv("VOICEBOT_MODELS", str(tmp_path))
    (tmp_path / "needed").mkdir()
    (tmp_path / "needed/empty").touch()
    return tmp_path


def run(*arguments: str) -> tuple[int, list[dict[str, object]]]:
    result = CliRunner().invoke(build(), ["models", *arguments, "--json"])
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


def test_list_shows_every_model_and_its_state() -> None:
    status, rows = run("list")
    assert status == 0
    assert [(row["name"], row["default"], row["state"]) for row in rows] == [
        ("needed", True, "ok"),
        ("extra", False, "missing"),
    ]


def test_check_passes_when_the_default_models_are_whole() -> None:
    status, rows = run("check")
    assert status == 0
    assert [(row["name"], row["file"], row["state"]) for row in rows] == [
        ("needed", "empty", "ok"),
        ("extra", "empty", "missing"),
    ]


@pytest.mark.parametrize("arguments", [("check", "extra"), ("check", "--all")])
def test_check_fails_for_a_model_that_was_asked_for(arguments: tuple[str, ...]) -> None:
    assert run(*arguments)[0] == 1


def test_check_fails_when_a_default_model_is_corrupted(cache: Path) -> None:
    (cache / "needed/empty").write_text("not empty")
    status, rows = run("check", "needed")
    assert (status, rows[0]["state"]) == (1, "corrupted")


def test_fetch_of_whole_models_says_where_they_are(cache: Path) -> None:
    assert run("fetch") == (0, [{"name": "needed", "state": "ok", "folder": str(cache / "needed")}])


def test_without_json_everything_is_for_people() -> None:
    result = CliRunner().invoke(build(), ["models", "list"])
    assert result.exit_code == 0
    assert "needed" in result.stdout
    assert "default" in result.stdout
