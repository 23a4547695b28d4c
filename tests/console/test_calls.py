"""The list of calls and one call: filters, search, masks, reveals, recordings, and what was understood wrongly."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.console.conftest import House
from tests.records.calls import Bell, Story, order_call
from voicebot.records.clerk import Clerk
from voicebot.records.notes import Recorded

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>退货"


@pytest.fixture
def calls(house: House) -> House:
    """Three calls: an order, a return that a human took, and one with a script in its words."""
    clerk = Clerk(house.desk.memory.database, house.desk.memory.vault)
    order_call(clerk.tell, Bell("order"), datetime(2026, 11, 18, 9))
    story = Story(clerk.tell, Bell("return", caller="13912345678"), datetime(2026, 11, 19, 15))
    story.bot("您好").caller("我要退货，这也太差了", "return_goods", "angry").handed_over()
    evil = Story(clerk.tell, Bell("evil", caller=None, line="chat"), datetime(2026, 11, 20, 8))
    evil.bot("您好").caller(EVIL, "return_goods").hung_up()
    name = house.desk.memory.recordings.keep("order", b"\1\0" * 16000, b"\2\0" * 16000)
    clerk.tell(Recorded("order", name))
    clerk.close()
    return house


def listed(house: House, **form: str) -> str:
    ops = house.client("ops")
    answer = ops.post("/console/calls/search", **form)
    assert answer.status_code == 303, answer.text
    return ops.get(answer.headers["location"]).text


def ids(text: str) -> list[int]:
    return [int(part.partition('"')[0]) for part in text.split('href="/console/calls/')[1:]]


@pytest.mark.parametrize(
    ("form", "found"),
    [
        ({}, [3, 2, 1]),
        ({"intent": "return_goods"}, [3, 2]),
        ({"mood": "angry"}, [2]),
        ({"outcome": "resolved"}, [1]),
        ({"outcome": "transferred"}, [2]),
        ({"line": "chat"}, [3]),
        ({"first": "2026-11-19"}, [3, 2]),
        ({"last": "2026-11-18"}, [1]),
        ({"caller": "139 1234 5678"}, [2]),
        ({"caller": "+8613912345678"}, [2]),
        ({"caller": "13912345679"}, []),
        ({"text": "退货"}, [3, 2]),
        ({"text": "退货 太差"}, [2]),
        ({"text": "快递到哪"}, [1]),
        ({"text": "货退"}, []),
        ({"text": "包裹在路上"}, []),
        ({"text": "退货", "mood": "angry"}, [2]),
        ({"intent": "' OR 1=1 --"}, []),
        ({"caller": "%"}, []),
    ],
)
def test_what_is_looked_for_is_found(calls: House, form: dict[str, str], found: list[int]) -> None:
    assert ids(listed(calls, **form)) == found


def test_words_that_are_too_short_are_told(calls: House) -> None:
    assert "至少要有两个字" in listed(calls, text="退")


def test_no_number_stands_in_an_address(calls: House) -> None:
    ops = calls.client("ops")
    answer = ops.post("/console/calls/search", caller="13912345678", text="退货")
    assert "139" not in answer.headers["location"]
    assert calls.client("ops").get("/console/calls?q=AAAA").status_code == 400


def test_numbers_names_and_orders_are_masked(calls: House) -> None:
    page = calls.client("ops").get("/console/calls/1").text
    assert "138****6612" in page
    for private in ("13800006612", "261120000123", "王小明", "二六一一二零"):
        assert private not in page
    assert "我想查一下我的快递到哪了" in page
    assert "查物流" in page


def test_who_reveals_says_why_and_is_written_down(calls: House) -> None:
    ops = calls.client("ops")
    assert ops.post("/console/calls/1/reveal", reason="").status_code == 400
    assert ops.post("/console/calls/1/reveal", reason="好奇").status_code == 400
    page = ops.post("/console/calls/1/reveal", reason="核对订单", more="客户来电13800006612").text
    assert "13800006612" in page
    assert "王小明" in page
    ((_, deed),) = calls.desk.memory.audit.lines(what="reveal")
    assert (deed.who, deed.about) == ("ops", "call order")
    assert deed.why == "核对订单 客户来电138****6612"
    assert "13800006612" not in ops.get("/console/calls/1").text


def test_a_script_in_a_transcript_is_text(calls: House) -> None:
    page = calls.client("ops").get("/console/calls/3").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_recording_is_heard_in_parts_and_that_is_written_down(calls: House) -> None:
    ops = calls.client("ops")
    whole = ops.get("/console/calls/1/recording.wav")
    assert whole.content[:4] == b"RIFF"
    part = ops.get("/console/calls/1/recording.wav", headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(whole.content)}"
    end = ops.get("/console/calls/1/recording.wav", headers={"Range": "bytes=-10"})
    assert end.content == whole.content[-10:]
    assert ops.get("/console/calls/1/recording.wav", headers={"Range": "bytes=99999999-"}).status_code == 416
    assert ops.get("/console/calls/2/recording.wav").status_code == 404
    assert [deed.what for _, deed in calls.desk.memory.audit.lines(what="listen")] == ["listen"]
    assert ops.get("/console/calls/1/peaks").json()["seconds"] == 2.0


def test_a_recording_name_in_the_database_cannot_be_a_path(calls: House) -> None:
    clerk = Clerk(calls.desk.memory.database, calls.desk.memory.vault)
    clerk.tell(Recorded("return", "../shop.db"))
    clerk.close()
    assert calls.client("ops").get("/console/calls/2/recording.wav").status_code == 400


def test_a_wrong_turn_is_marked_and_says_what_it_should_have_been(calls: House) -> None:
    ops = calls.client("ops")
    path = "/console/calls/2/turns/2/correct"
    assert ops.post(path, text="", intent="").status_code == 400
    assert ops.post(path, intent="no_such_intent").status_code == 400
    assert ops.post("/console/calls/2/turns/99/correct", text="x").status_code == 400
    answer = ops.post(path, text="我要换货", intent="exchange_goods", remark="<b>口音</b>")
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/calls/2#turn-2")
    page = ops.get("/console/calls/2").text
    assert "应为“我要换货”" in page
    assert "&lt;b&gt;口音" in page
    ((_, name, turn, right),) = calls.desk.memory.archive.corrected()
    assert (name, turn.text, right.text, right.intent) == (
        "return",
        "我要退货，这也太差了",
        "我要换货",
        "exchange_goods",
    )


def test_what_is_not_there_is_told(calls: House) -> None:
    ops = calls.client("ops")
    assert ops.get("/console/calls/99").status_code == 404
    assert ops.get("/console/calls/x").status_code == 400


def test_later_pages(house: House) -> None:
    clerk = Clerk(house.desk.memory.database, house.desk.memory.vault)
    for number in range(120):
        Story(clerk.tell, Bell(f"call-{number}")).caller("我要退货", "return_goods").hung_up()
    clerk.close()
    ops, seen, path = house.client("ops"), list[int](), "/console/calls"
    for _ in range(3):
        text = ops.get(path).text
        seen += ids(text)
        path = "/console/calls" + text.rpartition('href="/console/calls?')[2].partition('"')[0].replace(
            "&amp;", "&"
        ).join(["?", ""])
    assert seen == list(range(120, 0, -1))
