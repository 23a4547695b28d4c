"""The clerk writes everything in order, and a note that is wrong takes no other with it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from tests.records.calls import Bell, Story, order_call
from voicebot.records.archive import Archive, Sought
from voicebot.records.clerk import Clerk
from voicebot.records.memory import Memory
from voicebot.records.notes import Note, Opened, Said
from voicebot.records.tables import CallRow, FigureRow, TurnRow
from voicebot.records.writing import mark_cut_off


def test_a_call_is_kept_as_it_was(memory: Memory) -> None:
    clerk = Clerk(memory.database, memory.vault)
    order_call(clerk.tell)
    clerk.close()
    archive = Archive(memory.database, memory.vault)
    (found,) = archive.find(Sought()).calls
    assert (found.state, found.outcome, found.intent, found.mood) == (
        "ended",
        "resolved",
        "logistics_trace",
        "anxious",
    )
    assert (found.caller, found.customer_id, found.turns) == ("13800006612", 7, 2)
    whole = archive.call(found.id)
    assert whole is not None
    assert [turn.who for turn in whole.turns] == ["bot", "caller", "bot", "caller", "bot"]
    assert whole.turns[1].text == "我想查一下我的快递到哪了"
    assert whole.turns[1].until - whole.turns[1].at == pytest.approx(0.98, abs=0.02)
    assert [turn.gap_ms for turn in whole.turns] == [None, None, 420, None, 510]
    assert [(act.kind, act.name, act.ok) for act in whole.acts] == [
        ("look", "customer_by_phone", True),
        ("look", "logistics", True),
        ("resolved", "order", True),
    ]
    assert whole.acts[1].content["arguments"] == {"order_number": "261120000123"}
    assert set(whole.known) >= {"王小明", "13800006612"}


def test_a_human_on_the_line_is_kept_as_a_speaker(memory: Memory) -> None:
    clerk = Clerk(memory.database, memory.vault)
    story = Story(clerk.tell, Bell("taken")).bot("您好").caller("我要退货", "return_goods")
    story._fact("taken", by="ann", sought=True)
    story._fact("spoken", by="ann", text="我是小安，我来帮您")
    story._fact("note", by="ann", text="老客户")
    story._fact("returned", note="已登记")
    story.hung_up()
    clerk.close()
    archive = Archive(memory.database, memory.vault)
    (found,) = archive.find(Sought()).calls
    assert found.outcome == "transferred"
    whole = archive.call(found.id)
    assert whole is not None
    assert [(turn.who, turn.text) for turn in whole.turns][-1] == ("agent", "我是小安，我来帮您")
    assert [(act.kind, act.name) for act in whole.acts] == [
        ("taken", "ann"),
        ("note", "ann"),
        ("returned", ""),
    ]
    assert whole.acts[1].content["text"] == "老客户"


def test_nothing_private_stands_in_the_database(memory: Memory, tmp_path: Path) -> None:
    clerk = Clerk(memory.database, memory.vault)
    order_call(clerk.tell)
    clerk.close()
    with memory.database.reading() as session:
        session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    memory.database.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"logistics_trace" in stored
    for private in ("13800006612", "261120000123", "王小明", "快递", "包裹在路上"):
        assert private.encode() not in stored
        assert private.encode("utf-16-le") not in stored


def test_a_note_that_cannot_be_written_takes_no_other_with_it(memory: Memory) -> None:
    clerk = Clerk(memory.database, memory.vault)
    told: list[Note] = []
    order_call(told.append)
    clerk.tell(told[0])
    clerk.tell(Said("never opened", 1, 0.0, 1.0, "bot", {"text": "?"}))
    clerk.tell(told[0])
    for note in told[1:]:
        clerk.tell(note)
    clerk.close()
    assert clerk.lost == 2
    (found,) = Archive(memory.database, memory.vault).find(Sought()).calls
    assert found.state == "ended"
    with memory.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(TurnRow)) == 5


def test_a_database_that_is_away_for_a_while_loses_nothing(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voicebot.records.clerk.AGAIN_AFTER_S", 0.01)
    with memory.database.writing() as session:
        session.execute(text("ALTER TABLE call_turns RENAME TO away"))
    clerk = Clerk(memory.database, memory.vault)
    order_call(clerk.tell)
    assert not clerk.flush(0.1)
    with memory.database.writing() as session:
        session.execute(text("ALTER TABLE away RENAME TO call_turns"))
    clerk.close()
    assert clerk.lost == 0
    (found,) = Archive(memory.database, memory.vault).find(Sought()).calls
    assert (found.state, found.turns) == ("ended", 2)


def test_closing_without_a_database_ends(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voicebot.records.clerk.AGAIN_AFTER_S", 0.01)
    with memory.database.writing() as session:
        session.execute(text("ALTER TABLE calls RENAME TO away"))
    clerk = Clerk(memory.database, memory.vault)
    clerk.tell(Opened("call-1", "chat", datetime(2026, 11, 20)))
    clerk.close()
    assert clerk.lost == 1


def test_a_call_is_counted_once(memory: Memory) -> None:
    clerk = Clerk(memory.database, memory.vault)
    told: list[Note] = []
    order_call(told.append)
    for note in [*told, told[-1]]:
        clerk.tell(note)
    clerk.close()
    with memory.database.reading() as session:
        rows = session.scalars(select(FigureRow).where(FigureRow.what == "outcome"))
        assert [(row.key, row.count) for row in rows] == [("resolved", 1)]


def test_what_was_cut_off_is_marked_at_the_next_start(memory: Memory) -> None:
    clerk = Clerk(memory.database, memory.vault)
    Story(clerk.tell, Bell("cut-1")).bot("您好").caller("我要退货", "return_goods")
    order_call(clerk.tell, Bell("whole"))
    clerk.close()
    with memory.database.writing() as session:
        assert [name for name, _ in mark_cut_off(session)] == ["cut-1"]
    with memory.database.writing() as session:
        assert mark_cut_off(session) == []
    with memory.database.reading() as session:
        row = session.scalars(select(CallRow).where(CallRow.name == "cut-1")).one()
        assert (row.state, row.outcome, row.intent, row.turns) == ("cut", "cut", "return_goods", 1)
        assert row.seconds == pytest.approx(2.48, abs=0.03)
