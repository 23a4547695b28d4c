"""`voicebot privacy rotate`: a new key, killed in the middle again and again, with nothing ever out of reach."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, select, text
from typer.testing import CliRunner

from tests.records.calls import Bell, Story, order_call
from voicebot.app.memory import open_memory
from voicebot.cli import build
from voicebot.config import load
from voicebot.console.ticketing import Ticketing
from voicebot.errors import VoicebotError
from voicebot.knowledge.entries import Library
from voicebot.records.archive import Correction, Sought
from voicebot.records.attendance import Attendance, Server
from voicebot.records.clerk import Clerk
from voicebot.records.journals import SealedJournal, read_sealed_journal
from voicebot.records.keys import read_keys
from voicebot.records.knowledge_versions import KnowledgeVersions
from voicebot.records.lessons import Lessons
from voicebot.records.memory import Memory
from voicebot.records.person import calls_of
from voicebot.records.recordings import plain_name
from voicebot.records.retention import journal_of
from voicebot.records.rotation import left
from voicebot.records.tracks import Track, pieces
from voicebot.records.vault import MARK_BYTES, Vault
from voicebot.shop.tables import Ticket
from voicebot.store.model import Model

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 20, 10)
CALLS, RECORDED, STRANGE = 40, 8, "call/of a strange name"
TICKET = "261120100001"
PART = "call-50.0123abcd.caller.part"


@pytest.fixture
def settings(either_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings of a shop that has kept one of everything that is sealed."""
    for name in ("VOICEBOT_KEY", "VOICEBOT_KEY_BEFORE"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "voicebot.toml").write_text(f'[shop]\ndatabase = "{either_url}"\n', encoding="utf-8")
    memory = open_memory(load(folder))
    clerk = Clerk(memory.database, memory.vault)
    for number in range(CALLS):
        name = f"call-{number}" if number else STRANGE
        order_call(clerk.tell, Bell(name, caller=f"138000066{number:02d}"), NOW)
    asking = Story(clerk.tell, Bell("asking"), NOW)
    asking.look("knowledge", {"found": False}, query="吃了吗").hung_up()
    clerk.close()
    calls = load(folder).path(load(folder).recording.folder)
    for number in range(RECORDED):
        name = f"call-{number}" if number else STRANGE
        kept = memory.recordings.keep(name, bytes(range(256)) * 20, b"")
        with memory.database.writing() as session:
            session.execute(
                text("UPDATE calls SET recording = :kept WHERE name = :name"), {"kept": kept, "name": name}
            )
        SealedJournal(journal_of(memory, calls, name), {"call": name}, memory.vault).close()
    track = Track(calls / PART, memory.vault)
    track.write(bytes(range(256)) * 100)
    track.leave()
    memory.archive.correct(3, 2, Correction("ops", NOW, "对的", "stock", ""))
    with memory.database.writing() as session:
        ticket = {
            "number": TICKET,
            "kind": "投诉",
            "severity": "一般",
            "department": "质检部",
            "status": "待处理",
        }
        session.add(Ticket(**ticket, created=NOW, due=NOW))
    Ticketing(memory).comment(TICKET, "客户很着急", "ann", NOW)
    lessons = Lessons(memory.database, memory.vault)
    lessons.accept(lessons.marked()[0], "stock", "有货吗", "ops", NOW)
    knowledge(memory).refuse("吃了吗", "ops", NOW)
    memory.database.close()
    return folder


def knowledge(memory: Memory) -> KnowledgeVersions:
    return KnowledgeVersions(memory.database, memory.vault, Library(()))


def everything_is_there(settings: Path) -> None:
    """Whatever was kept can be read and found, with the keys as they stand."""
    memory, folder = open_memory(load(settings)), settings.parent / "var" / "calls"
    find = memory.archive.find
    calls = {call.name: call for call in find(Sought(), 1000).calls}
    assert len(calls) == CALLS + 1
    assert len(find(Sought(text="快递到哪"), 1000).calls) == CALLS
    assert len(find(Sought(text="快递 261120000123"), 1000).calls) == 0
    for number in (0, 1, CALLS - 1):
        phone = f"138000066{number:02d}"
        (one,) = find(Sought(caller=phone)).calls
        assert one.caller == phone
        assert len(calls_of(memory, phone)) == 1
        whole = memory.archive.call(one.id)
        assert whole is not None
        assert whole.turns[1].text == "我想查一下我的快递到哪了"
        assert whole.acts
    for number in range(RECORDED):
        call = calls[f"call-{number}" if number else STRANGE]
        assert (memory.recordings.wav(str(call.recording)) or b"")[:4] == b"RIFF"
    journals = [next(read_sealed_journal(path, memory.vault))["call"] for path in folder.glob("*.journal")]
    assert sorted(journals) == sorted(name for name in calls if calls[name].recording)
    assert b"".join(pieces(folder / PART, memory.vault)).startswith(bytes(range(256)) * 60)
    case = Ticketing(memory).case(TICKET, NOW)
    assert case is not None
    assert [remark.text for remark in case[1]] == ["客户很着急"]
    assert [right.text for *_, right in memory.archive.corrected(unused_only=False)] == ["对的"]
    assert [one.text for one in Lessons(memory.database, memory.vault).all()] == ["有货吗"]
    assert knowledge(memory).refused(["吃了吗", "睡了吗"]) == {"吃了吗"}
    memory.database.close()


def rotating(settings: Path) -> subprocess.Popen[str]:
    """The command in a process of its own, in small steps."""
    program = "import voicebot.records.rotation as r; r.AT_ONCE = 10; from voicebot.cli import main; main()"
    command = [sys.executable, "-W", "ignore", "-c", program, "privacy", "rotate", "--json"]
    command += ["--config", str(settings)]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )


def killed_at(settings: Path, what: str) -> None:
    """Run it until it tells of the second step of this kind, and kill it."""
    running, seen = rotating(settings), 0
    assert running.stderr is not None
    for line in running.stderr:
        seen += what in line.split()
        if seen == 2:
            break
    running.send_signal(signal.SIGKILL)
    running.communicate()
    assert seen == 2
    assert running.returncode == -signal.SIGKILL


def test_killed_in_the_middle_it_goes_on_and_nothing_is_ever_out_of_reach(
    settings: Path, either_url: str
) -> None:
    file = settings.parent / "var" / "voicebot.key"
    (old,) = read_keys(file)
    everything_is_there(settings)
    what = "turns" if either_url.startswith("sqlite") else "recordings"
    killed_at(settings, what)
    new, before = read_keys(file)
    assert before == old
    everything_is_there(settings)
    done = run(settings)
    assert (done["calls"], done["journals"], done["tracks"]) == (0, RECORDED, 1)
    assert done["turns"] < CALLS
    assert read_keys(file) == [new]
    everything_is_there(settings)
    with_the_new_key_alone(settings, new, old)


def with_the_new_key_alone(settings: Path, new: bytes, old: bytes) -> None:
    """No sealed column and no file is left that the old key opens, no digest and no token that it makes."""
    memory, folder = open_memory(load(settings)), settings.parent / "var" / "calls"
    marks = [Vault(one).mark for one in (new, old)]
    seen = 0
    with memory.database.reading() as session:
        for table in Model.metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, LargeBinary):
                    found = {bytes(value)[:MARK_BYTES] for value in session.scalars(select(column)) if value}
                    assert found <= {marks[0]}, column
                    seen += bool(found)
        digests = set(session.scalars(text("SELECT caller_digest FROM calls")))
        tokens = set(session.scalars(text("SELECT token FROM call_tokens")))
    assert seen == len(
        [c for t in Model.metadata.sorted_tables for c in t.columns if isinstance(c.type, LargeBinary)]
    )
    assert Vault(new).phone("13800006601") in digests
    assert Vault(old).phone("13800006601") not in digests
    assert Vault(new).token("快递") in tokens
    assert Vault(old).token("快递") not in tokens
    for path in folder.iterdir():
        assert marks[1] not in path.read_bytes()
    assert (folder / f"{plain_name(Vault(new), STRANGE)}.journal").is_file()
    assert left(memory, folder) == 0
    ((_, deed),) = memory.audit.lines(what="rotate")
    assert deed.about == f"key {Vault(new).key_name}"
    memory.database.close()


def run(settings: Path) -> dict[str, int]:
    result = CliRunner().invoke(build(), ["privacy", "rotate", "--json", "--config", str(settings)])
    if result.exception is not None:
        raise result.exception
    counts: dict[str, int] = json.loads(result.stdout)
    return counts


def test_a_server_that_knows_the_old_key_only_is_waited_for(settings: Path) -> None:
    file = settings.parent / "var" / "voicebot.key"
    (old,) = read_keys(file)
    memory = open_memory(load(settings))
    there = Attendance(memory.database)
    server, later = Server(key=memory.vault.key_name), Server()
    there.renew(server)
    with pytest.raises(VoicebotError, match=r"1 server.*restart.*again"):
        run(settings)
    assert memory.archive.find(Sought(caller="13800006601")).calls
    there.leave(server)
    there.renew(Server(later.id, key=Vault(read_keys(file)[0]).key_name))
    run(settings)
    assert read_keys(file) != [old]
    memory.database.close()


def test_keys_of_the_environment_are_given_both(settings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (old,) = read_keys(settings.parent / "var" / "voicebot.key")
    monkeypatch.setenv("VOICEBOT_KEY", old.hex())
    with pytest.raises(VoicebotError, match="VOICEBOT_KEY_BEFORE"):
        run(settings)
    monkeypatch.setenv("VOICEBOT_KEY", "ab" * 32)
    monkeypatch.setenv("VOICEBOT_KEY_BEFORE", old.hex())
    run(settings)
    monkeypatch.delenv("VOICEBOT_KEY_BEFORE")
    everything_is_there(settings)


def test_two_do_not_change_it_at_once(settings: Path) -> None:
    from voicebot.records.keys import alone

    file = settings.parent / "var" / "voicebot.key"
    with alone(file), pytest.raises(VoicebotError, match="another process"):
        run(settings)
    assert len(read_keys(file)) == 1
