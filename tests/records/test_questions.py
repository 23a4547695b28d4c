"""Questions without an answer are found, masked, and told apart from those that a human had to follow."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.records.calls import Bell, Story
from voicebot.records.clerk import Clerk
from voicebot.records.memory import Memory
from voicebot.records.questions import unanswered

NOW = datetime(2026, 11, 20, 10)
NOTHING = {"found": False, "entry": None}


def test_what_was_not_answered(memory: Memory) -> None:
    clerk = Clerk(memory.database, memory.vault)
    Story(clerk.tell, Bell("old"), NOW - timedelta(days=9)).look("knowledge", NOTHING, query="旧的").hung_up()
    fine = Story(clerk.tell, Bell("fine"), NOW)
    fine.look("knowledge", {"found": True, "entry": "e1"}, query="怎么退货").resolved().hung_up()
    lost = Story(clerk.tell, Bell("lost"), NOW)
    lost.look("knowledge", NOTHING, query="能寄到13800006612这里吗")
    lost.look("knowledge", {"found": True, "entry": "e2"}, query="发票怎么开").resolved().hung_up()
    human = Story(clerk.tell, Bell("human"), NOW)
    human.look("knowledge", {"found": True, "entry": "e1"}, query="先问这个")
    human.look("knowledge", {"found": True, "entry": "e3"}, query="再问那个").handed_over()
    clerk.close()
    found = unanswered(memory, NOW - timedelta(days=1))
    assert [(one.call, one.text, one.why, one.entry) for one in found] == [
        ("human", "再问那个", "human followed", "e3"),
        ("lost", "能寄到138****6612这里吗", "nothing found", ""),
    ]
    assert len(unanswered(memory, NOW - timedelta(days=1), limit=1)) == 1
