"""`voicebot records`: lists and shows masked; a journal is opened with a reason."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.records.calls import Bell, order_call
from voicebot.app.memory import open_memory
from voicebot.cli import build
from voicebot.config import load
from voicebot.errors import VoicebotError
from voicebot.events import Answered
from voicebot.records.clerk import Clerk
from voicebot.records.journals import SealedJournal
from voicebot.records.lessons import Lessons
from voicebot.records.notes import Recorded
from voicebot.records.views import Correction
from voicebot.replay.fixture import load_fixture
from voicebot.replay.log import read_journal
from voicebot.store.migrate import upgrade


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings with one call and its journal."""
    monkeypatch.delenv("VOICEBOT_KEY", raising=False)
    folder = tmp_path / "config"
    folder.mkdir()
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    (folder / "voicebot.toml").write_text(f'[shop]\ndatabase = "{url}"\n', encoding="utf-8")
    upgrade(url)
    memory = open_memory(load(folder))
    clerk = Clerk(memory.database, memory.vault)
    order_call(clerk.tell, Bell("call-1"), datetime(2026, 11, 20, 10))
    clerk.close()
    journal = SealedJournal(tmp_path / "var" / "calls" / "call-1.journal", {"call": "call-1"}, memory.vault)
    journal.happened(Answered(0.0, "13800006612", None, "chat"), [], None, False)
    journal.close()
    memory.database.close()
    return folder


def run(settings: Path, *words: str) -> str:
    result = CliRunner().invoke(build(), ["records", *words, "--config", str(settings)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def test_lists_and_shows_masked(settings: Path) -> None:
    (call,) = [
        json.loads(line) for line in run(settings, "list", "--json", "--caller", "13800006612").splitlines()
    ]
    assert (call["name"], call["caller"], call["outcome"]) == ("call-1", "138****6612", "resolved")
    assert "138****6612" in run(settings, "list", "--text", "快递")
    assert run(settings, "list", "--caller", "13800006613") == ""
    told = run(settings, "show", "call-1")
    assert "快递到哪了" in told
    assert "261120000123" not in told
    with pytest.raises(VoicebotError, match="no call x"):
        run(settings, "show", "x")


def test_a_journal_is_opened_with_a_reason(settings: Path, tmp_path: Path) -> None:
    out = tmp_path / "call-1.jsonl"
    run(settings, "journal", "call-1", "--why", "重放", "--out", str(out))
    header, lines = read_journal(out)
    assert (header["call"], lines[0]["caller"]) == ("call-1", "13800006612")
    memory = open_memory(load(settings))
    ((_, deed),) = memory.audit.lines(what="reveal")
    assert (deed.about, deed.why) == ("journal call-1", "重放")
    memory.database.close()
    with pytest.raises(VoicebotError, match="there already"):
        run(settings, "journal", "call-1", "--why", "重放", "--out", str(out))
    with pytest.raises(VoicebotError, match="cannot be read"):
        run(settings, "journal", "../x", "--why", "重放", "--out", str(tmp_path / "y"))


@pytest.fixture
def marked(settings: Path) -> Path:
    """The same call, recorded, with a turn that was understood wrongly and is to be learned from."""
    memory = open_memory(load(settings))
    clerk, lessons = Clerk(memory.database, memory.vault), Lessons(memory.database, memory.vault)
    clerk.tell(Recorded("call-1", memory.recordings.keep("call-1", bytes(16 * 30_000), bytes(16))))
    clerk.close()
    when = datetime(2026, 11, 20, 11)
    memory.archive.correct(1, 2, Correction("ops", when, "", "expedite", ""))
    lessons.accept(lessons.mark(1), "expedite", "东西怎么还不来", "ops", when)
    memory.database.close()
    return settings


def test_marked_turns_become_fixtures(marked: Path, tmp_path: Path) -> None:
    out = tmp_path / "marked"
    told = json.loads(run(marked, "fixtures", "--why", "回归", "--out", str(out), "--json"))
    assert (told["call"], told["turn"]) == ("call-1", 2)
    (turn,) = load_fixture(told["yaml"]).script.turns
    assert turn.understood.intent == "expedite"  # type: ignore[union-attr]
    memory = open_memory(load(marked))
    ((_, deed),) = memory.audit.lines(what="export")
    assert (deed.about, deed.why) == ("call call-1 turn 2", "回归")
    memory.database.close()
    none = ["fixtures", "--why", "x", "--out", str(out), "--call", "other", "--config", str(marked)]
    assert CliRunner().invoke(build(), ["records", *none]).exit_code == 1


def test_what_was_accepted_becomes_grammar_files(marked: Path, tmp_path: Path) -> None:
    words = ["knowledge", "learned", "--out", str(tmp_path / "zh"), "--config", str(marked), "--json"]
    result = CliRunner().invoke(build(), words)
    assert result.exit_code == 0, result.output
    path = Path(json.loads(result.stdout)["file"])
    assert path == tmp_path / "zh" / "expedite" / "learned.yaml"
    assert "东西怎么还不来" in path.read_text(encoding="utf-8")
