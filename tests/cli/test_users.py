"""`voicebot users` from the first to the last."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from voicebot.cli import build
from voicebot.errors import VoicebotError
from voicebot.store.migrate import upgrade


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings whose database and key lie in a folder of their own."""
    monkeypatch.delenv("VOICEBOT_KEY", raising=False)
    folder = tmp_path / "config"
    folder.mkdir()
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    (folder / "voicebot.toml").write_text(f'[shop]\ndatabase = "{url}"\n', encoding="utf-8")
    upgrade(url)
    return folder


def run(settings: Path, *words: str, say: str = "") -> str:
    result = CliRunner().invoke(build(), ["users", *words, "--config", str(settings)], input=say)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def test_users_are_added_listed_and_removed(settings: Path) -> None:
    assert len(run(settings, "add", "root", "--role", "admin").strip()) >= 16
    assert run(settings, "add", "ann", "--skill", "退货", say="a-long-password\n") == ""
    lines = [json.loads(line) for line in run(settings, "list", "--json").splitlines()]
    assert lines == [
        {"name": "ann", "role": "agent", "skills": ["退货"]},
        {"name": "root", "role": "admin", "skills": []},
    ]
    run(settings, "password", "ann", say="another-password\n")
    run(settings, "remove", "ann")
    assert "ann" not in run(settings, "list")
    key = settings.parent / "var" / "voicebot.key"
    assert key.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("words", "say", "told"),
    [
        (("add", "x", "--role", "agent"), "", "2 to 40"),
        (("add", "ann", "--role", "king"), "", "no role king"),
        (("add", "ann"), "short\n", "10 to 200"),
        (("remove", "nobody"), "", "no user nobody"),
        (("password", "nobody"), "", "no user nobody"),
    ],
)
def test_mistakes_are_told_in_a_sentence(settings: Path, words: tuple[str, ...], say: str, told: str) -> None:
    with pytest.raises(VoicebotError, match=told):
        run(settings, *words, say=say)


def test_the_last_admin_stays(settings: Path) -> None:
    run(settings, "add", "root", "--role", "admin")
    with pytest.raises(VoicebotError, match="last admin"):
        run(settings, "remove", "root")
