"""Retention by class, and one person's copy and erasure."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.records.calls import Bell, Story, order_call
from voicebot.records.archive import Correction, Sought
from voicebot.records.audit import Deed
from voicebot.records.clerk import Clerk
from voicebot.records.memory import Memory
from voicebot.records.notes import Recorded
from voicebot.records.person import about_person, erase_person, export_person, export_recordings
from voicebot.records.report import report
from voicebot.records.retention import Cleared, Terms, purge
from voicebot.records.tables import ActRow, CallRow, CorrectionRow, TokenRow, TurnRow

NOW = datetime(2026, 11, 20, 10)
TERMS = Terms(recordings=30, transcripts=60, calls=90, audit=200)


@pytest.fixture
def filled(memory: Memory, tmp_path: Path) -> Memory:
    """Calls of 10, 40, 70 and 100 days ago, each with a recording and a journal; the first two of one person."""
    clerk = Clerk(memory.database, memory.vault)
    for days, caller in ((10, "13800006612"), (40, "13800006612"), (70, "13912345678"), (100, "13912345678")):
        name = f"call-{days}"
        order_call(clerk.tell, Bell(name, caller=caller), NOW - timedelta(days=days))
        clerk.tell(Recorded(name, memory.recordings.keep(name, b"\1\0" * 8000, b"")))
        journal = tmp_path / "calls" / f"{name}.journal"
        journal.write_bytes(b"sealed")
        os.utime(journal, (0, 0))
        memory.audit.note(Deed(NOW - timedelta(days=3 * days), "ops", "reveal", name))
    clerk.close()
    for call in (1, 2, 3, 4):
        memory.archive.correct(call, 2, Correction("ops", NOW, "对", "stock", ""))
    return memory


def counts(memory: Memory) -> dict[str, int]:
    with memory.database.reading() as session:
        kinds = (CallRow, TurnRow, ActRow, TokenRow, CorrectionRow)
        calls = {
            kind.__tablename__: session.scalar(
                select(func.count(func.distinct(kind.id if kind is CallRow else kind.call_id)))
            )
            for kind in kinds
        }
    return {name: count or 0 for name, count in calls.items()}


def test_each_class_is_cleared_at_its_time(filled: Memory, tmp_path: Path) -> None:
    folder = tmp_path / "calls"
    (folder / "just-begun.journal").write_bytes(b"sealed")
    assert purge(filled, TERMS, NOW, folder) == Cleared(recordings=6, transcripts=2, calls=1, audit=2)
    assert counts(filled) == {
        "calls": 3,
        "call_turns": 2,
        "call_acts": 2,
        "call_tokens": 2,
        "call_corrections": 2,
    }
    assert sorted(path.name for path in folder.iterdir()) == [
        "call-10.journal", "call-10.wav.sealed", "just-begun.journal",
    ]  # fmt: skip
    kept = filled.archive.find(Sought()).calls
    assert [call.recording is not None for call in kept] == [False, False, True]
    assert report(filled.database, (NOW - timedelta(days=110)).date(), NOW.date()).count("calls") == 4
    assert not purge(filled, TERMS, NOW, folder).any


def test_nothing_is_cleared_a_moment_too_early(filled: Memory, tmp_path: Path) -> None:
    folder = tmp_path / "calls"
    assert not purge(filled, Terms(100, 100, 100, 300), NOW, folder).any
    just = purge(filled, Terms(100, 100, 100, 300), NOW + timedelta(seconds=1), folder)
    assert just == Cleared(recordings=2, transcripts=1, calls=1, audit=1)


def test_more_than_one_transaction(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voicebot.records.retention.AT_ONCE", 3)
    clerk = Clerk(memory.database, memory.vault)
    for number in range(10):
        Story(clerk.tell, Bell(f"call-{number}"), NOW - timedelta(days=100)).bot("您好").hung_up()
    clerk.close()
    assert purge(memory, TERMS, NOW) == Cleared(0, 10, 10, 0)


def test_a_person_gets_everything(filled: Memory, tmp_path: Path) -> None:
    copy = export_person(filled, "+86 138 0000 6612")
    text = json.dumps(copy, ensure_ascii=False, default=str)
    assert [call["summary"]["name"] for call in copy["calls"]] == ["call-10", "call-40"]
    for said in ("我想查一下我的快递到哪了", "261120000123", "王小明", "对"):
        assert said in text
    assert "13912345678" not in text
    files = export_recordings(filled, "13800006612", tmp_path / "copy")
    assert [path.read_bytes()[:4] for path in files] == [b"RIFF", b"RIFF"]


def test_a_person_is_erased_and_nobody_else(filled: Memory, tmp_path: Path) -> None:
    assert erase_person(filled, "13800006612", tmp_path / "calls") == 2
    assert about_person(filled, "13800006612") == about_person(filled, "+86 138 0000 6612")
    assert "138" not in "".join(about_person(filled, "13800006612"))
    assert export_person(filled, "13800006612")["calls"] == []
    assert len(export_person(filled, "13912345678")["calls"]) == 2
    assert sorted(path.name for path in (tmp_path / "calls").iterdir()) == [
        "call-100.journal", "call-100.wav.sealed", "call-70.journal", "call-70.wav.sealed",
    ]  # fmt: skip
    assert counts(filled) == {
        "calls": 2,
        "call_turns": 2,
        "call_acts": 2,
        "call_tokens": 2,
        "call_corrections": 2,
    }
    assert erase_person(filled, "13800006612") == 0


def test_an_empty_number_is_nobodys(filled: Memory) -> None:
    assert erase_person(filled, "") == 0
    assert export_person(filled, "' OR 1=1 --")["calls"] == []
