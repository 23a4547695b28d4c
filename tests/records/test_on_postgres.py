"""The memory on PostgreSQL: written, searched, counted, cleared."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.records.calls import Bell, Story, order_call
from voicebot.records.archive import Correction, Sought
from voicebot.records.audit import Deed
from voicebot.records.clerk import Clerk
from voicebot.records.memory import Memory
from voicebot.records.person import erase_person
from voicebot.records.report import report
from voicebot.records.retention import Cleared, Terms, purge
from voicebot.records.writing import mark_cut_off

NOW = datetime(2026, 11, 20, 10)


@pytest.mark.postgres
def test_everything_once(on_postgres: Memory) -> None:
    memory = on_postgres
    clerk = Clerk(memory.database, memory.vault)
    order_call(clerk.tell, Bell("a"), NOW - timedelta(days=2))
    order_call(clerk.tell, Bell("b", caller="13912345678"), NOW - timedelta(days=200))
    Story(clerk.tell, Bell("c"), NOW).caller("我要退货", "return_goods", "angry")
    clerk.close()
    with memory.database.writing() as session:
        assert [name for name, _ in mark_cut_off(session)] == ["c"]
    find = memory.archive.find
    assert [call.name for call in find(Sought()).calls] == ["c", "b", "a"]
    assert [call.name for call in find(Sought(text="快递到哪")).calls] == ["b", "a"]
    assert [call.name for call in find(Sought(text="快递", caller="13912345678")).calls] == ["b"]
    assert [call.name for call in find(Sought(mood="angry", first=NOW.date())).calls] == ["c"]
    memory.archive.correct(1, 2, Correction("ops", NOW, "对", "stock", ""))
    assert len(memory.archive.corrected()) == 1
    figures = report(memory.database, (NOW - timedelta(days=9)).date(), NOW.date())
    assert dict(figures.counts("outcome")) == {"resolved": 1, "cut": 1}
    assert purge(memory, Terms(90, 90, 90, 200), NOW) == Cleared(0, 1, 1, 0)
    assert erase_person(memory, "13800006612") == 2
    assert find(Sought()).calls == []
    user = memory.users.add("ann", "agent", "a-long-password", NOW)
    visit = memory.entrance.visit(memory.entrance.begin(user, NOW), NOW)
    assert visit is not None
    assert memory.entrance.bearer(memory.entrance.give_token(user, "x", NOW), NOW) == user
    memory.audit.note(Deed(NOW, "ann", "login"))
    assert len(memory.audit.lines()) == 1
    memory.users.remove("ann")
