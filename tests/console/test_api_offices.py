"""The API of knowledge, training and campaigns: what the console does, for programs; and whatever a fuzzer sends."""

from __future__ import annotations

import base64
import io
import zipfile
from typing import Any

import pytest

from tests.console.conftest import Browser, House, over
from tests.console.test_api import calls, fuzz, program
from tests.console.test_campaigns import CONTACTS
from tests.console.test_campaigns import shop as campaigning
from tests.console.test_campaigns import yaml as campaign_yaml
from tests.console.test_knowledge import says
from tests.console.test_knowledge import shop as knowing
from tests.console.test_training import SAID, grammars, learned, means, taught
from voicebot.console.effects import Wish
from voicebot.console.training_office import Lecture

__all__ = ["calls", "campaigning", "grammars", "knowing", "learned", "taught"]

ABROAD = {
    "id": "abroad",
    "questions": ["可以寄到国外吗", "能不能寄国外", "海外能送吗"],
    "answer": "暂时只送国内。",
    "conditions": {"verified": ["否"]},
    "valid_until": "2027-01-01",
}


def sent(browser: Browser, method: str, path: str, status: int = 200, **body: Any) -> Any:
    answer = browser.request(method, f"/api{path}", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_knowledge_is_changed_seen_published_and_undone(knowing: House) -> None:
    ops = program(knowing, "ops")
    (gap,) = ops.get("/api/knowledge/gaps").json()
    assert (gap["asked"], gap["why"]) == (3, "没有找到答案")
    entry = {**ABROAD, "conditions": {}}
    begun = sent(ops, "POST", "/knowledge/effects", 202, what="edit", entry=entry)
    over(knowing, begun["key"], Wish)
    effect = ops.get(f"/api/knowledge/effects/{begun['key']}").json()
    assert (effect["state"], len(effect["differences"])) == ("done", 2)
    assert {one["after_answer"] for one in effect["differences"]} == {"暂时只送国内。"}
    sent(ops, "POST", f"/knowledge/effects/{begun['key']}/publish")
    assert says(knowing, "可以寄到国外吗") == "暂时只送国内。"
    assert ops.get("/api/knowledge/gaps").json() == []
    shown = ops.get("/api/knowledge/entries/abroad").json()
    assert shown["now"]["answer"] == "暂时只送国内。"
    (version,) = shown["history"]
    assert version["who"] == "ops"
    undo = sent(ops, "POST", "/knowledge/effects", 202, what="undo", id="abroad", seen=version["number"])
    over(knowing, undo["key"], Wish)
    sent(ops, "POST", f"/knowledge/effects/{undo['key']}/publish")
    assert says(knowing, "可以寄到国外吗") != "暂时只送国内。"
    assert {one["entry"] for one in ops.get("/api/knowledge/stale").json()} >= {"points"}


def test_an_entry_keeps_its_conditions_and_days(knowing: House) -> None:
    ops = program(knowing, "ops")
    begun = sent(ops, "POST", "/knowledge/effects", 202, what="edit", entry=ABROAD)
    over(knowing, begun["key"], Wish)
    sent(ops, "POST", f"/knowledge/effects/{begun['key']}/publish")
    now = ops.get("/api/knowledge/entries/abroad").json()["now"]
    assert (now["conditions"], now["valid_until"]) == ({"verified": ["否"]}, "2027-01-01")
    assert [one["id"] for one in ops.get("/api/knowledge/entries?q=国外").json()] == ["abroad"]


def test_what_is_wrong_with_knowledge_is_told(knowing: House) -> None:
    ops = program(knowing, "ops")
    assert "entry" in sent(ops, "POST", "/knowledge/effects", 400, what="edit")["detail"]
    late = sent(ops, "POST", "/knowledge/effects", 400, what="edit", entry=ABROAD, seen=7)
    assert "刚被别人改过" in late["detail"]
    sent(ops, "POST", "/knowledge/effects", 404, what="remove", id="nothing")
    sent(ops, "POST", "/knowledge/effects/guess/publish", 404)
    sent(ops, "POST", "/knowledge/refuse", texts=["可以寄到国外吗", "能不能寄国外"])
    assert ops.get("/api/knowledge/gaps").json() == []
    spoken = ops.request("POST", "/api/knowledge/say", json={"text": "您好"})
    assert spoken.content.startswith(b"RIFF")


def test_a_marked_turn_is_learned_over_the_api(taught: House) -> None:
    ops = program(taught, "ops")
    right = {"intent": "invoice", "slots": {"order_number": "261118004217"}}
    sent(ops, "POST", "/calls/1/turns/2/correct", **right)
    (mark,) = ops.get("/api/training").json()["marked"]
    assert (mark["sentence"], mark["intent"]) == (SAID, "invoice")
    assert "261118004217" not in str(mark)
    made = sent(ops, "POST", f"/training/marks/{mark['number']}/accept", text=SAID, intent="invoice")
    begun = sent(ops, "POST", "/training/trials", 202)
    over(taught, begun["key"], Lecture)
    trial = ops.get(f"/api/training/trials/{begun['key']}").json()
    assert (trial["marked"], trial["marked_right"]) == (1, 1)
    sent(ops, "POST", f"/training/trials/{begun['key']}/publish")
    assert means(taught) == "invoice"
    (lesson,) = ops.get("/api/training").json()["lessons"]
    assert (lesson["number"], lesson["in_force"]) == (made["lesson"], True)
    sent(ops, "PUT", f"/training/lessons/{lesson['number']}", wanted=False)
    back = sent(ops, "POST", "/training/trials", 202, undo=True)
    over(taught, back["key"], Lecture)
    sent(ops, "POST", f"/training/trials/{back['key']}/publish")
    assert means(taught) == "out_of_scope"
    cut = ops.request("POST", "/api/calls/1/turns/2/fixture", json={"reason": "质量检查"})
    with zipfile.ZipFile(io.BytesIO(cut.content)) as files:
        assert sorted(files.namelist()) == ["c-1-002.wav", "c-1-002.yaml"]


def test_a_campaign_is_run_over_the_api(campaigning: House) -> None:
    ops = program(campaigning, "ops")
    table = {"contacts": base64.b64encode(CONTACTS.encode()).decode(), "contacts_name": "x.csv"}
    plan = sent(ops, "POST", "/campaigns/check", yaml=campaign_yaml(), **table)
    assert (plan["rung"], plan["total"]) == (1, 2)
    assert "13800006612" not in str(plan)
    made = sent(ops, "POST", "/campaigns", 201, yaml=campaign_yaml(), **table)
    assert (made["name"], made["added"]) == ("member-day", 2)
    for move, state in (
        ("start", "running"),
        ("pause", "paused"),
        ("resume", "running"),
        ("stop", "stopped"),
    ):
        assert sent(ops, "POST", f"/campaigns/member-day/{move}") == {"state": state}
    assert ops.get("/api/campaigns/member-day").json()["state"] == "stopped"
    assert ops.get("/api/campaigns/member-day/plan").json()["rung"] == 1
    assert "13800006612" not in ops.get("/api/campaigns/member-day/results").text
    clear = sent(ops, "POST", "/campaigns/member-day/results/reveal", reason="核对名单")
    assert "13800006612" in str(clear)
    sent(ops, "POST", "/campaigns/nothing/start", 404)
    assert "Base64" in sent(ops, "POST", "/campaigns", 400, yaml="name: x", contacts="%%")["detail"]
    told = [(deed.who, deed.what) for _, deed in campaigning.desk.memory.audit.lines()]
    assert ("ops", "reveal") in told
    assert ("ops", "campaign") in told


@pytest.mark.filterwarnings("ignore")
def test_whatever_a_fuzzer_sends_to_the_offices_is_answered_as_described(
    calls: House, knowing: House, campaigning: House
) -> None:
    tried = fuzz(calls, "/api/(knowledge|campaigns|training)")
    assert len(tried) >= 20
