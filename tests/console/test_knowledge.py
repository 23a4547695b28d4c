"""Knowledge in the console: edited, heard, published to calls that begin, taken back; the review queue."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from httpx import Response

from tests.console.conftest import Browser, House, over
from tests.records.calls import Bell, Story
from voicebot.app import App
from voicebot.app.following import following
from voicebot.app.knowledge_office import ShopKnowledge, compute_aside
from voicebot.app.whole_shop import WholeShop
from voicebot.console.effects import Wish
from voicebot.errors import VoicebotError
from voicebot.knowledge.entries import Entry, Library, changed
from voicebot.knowledge.loading import build_knowledge, kept_at
from voicebot.records.clerk import Clerk
from voicebot.runtime.driver import Engines

PAGE = "/console/knowledge"
TODAY = date(2026, 11, 20)
LIBRARY = Library(
    (
        Entry("ship-when", ("什么时候发货", "多久发货", "几天能发货"), "付款后二十四小时内发货。", "配送"),
        Entry("invoice", ("能开发票吗", "发票怎么开", "要开发票"), "可以开电子发票。", "发票"),
        Entry(
            "points",
            ("积分怎么用", "积分能换什么"),
            "积分可以抵现金。",
            "会员",
            valid_until=date(2026, 12, 1),
        ),
    ),
    ("今天天气怎么样", "你是谁"),
)


@dataclass(frozen=True)
class Voice:
    """Says everything as the same sound."""

    def synthesize(self, text: str) -> list[bytes]:
        return [b"\x01\x00" * 100, text.encode("utf-16-le")]


@pytest.fixture
def shop(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """The console with a small knowledge base and some calls, two of whose questions found nothing."""
    monkeypatch.setattr("voicebot.models.cache_folder", lambda: tmp_path / "models")
    monkeypatch.setattr("voicebot.app.knowledge_office.compute_aside", lambda *_: None)
    memory = house.desk.memory
    clerk = Clerk(memory.database, memory.vault)
    for number in range(3):
        began = house.time[0] - timedelta(days=2, minutes=number)
        story = Story(clerk.tell, Bell(f"gap-{number}"), began).bot("您好")
        text = ("可以寄到国外吗", "能不能寄国外", "可以寄到国外吗")[number]
        story.caller(text, "product_info").look("knowledge", {"found": False}, query=text).hung_up()
        story = Story(clerk.tell, Bell(f"known-{number}"), began).caller("多久发货", "product_info")
        known = {"found": True, "entry": "ship-when", "answer": "付款后二十四小时内发货。"}
        story.look("knowledge", known, query="多久发货").hung_up()
    clerk.close()
    data: Any = SimpleNamespace()
    whole = WholeShop(data, (), build_knowledge(LIBRARY), lambda: house.time[0])
    app: Any = SimpleNamespace(library=LIBRARY, now=lambda: house.time[0], synthesizer=Voice())
    object.__setattr__(house.desk, "knowledge", ShopKnowledge(cast(App, app), memory, whole))
    return house


def office(house: House) -> ShopKnowledge:
    return cast(ShopKnowledge, house.desk.knowledge)


def says(house: House, text: str) -> str:
    """What a call that begins now is told; "" for nothing."""
    found = office(house).current.ask(text, TODAY)
    return "" if found is None else found.answer


def edited(**changed: str) -> dict[str, str]:
    return {
        "what": "edit",
        "seen": "0",
        "id": "abroad",
        "questions": "可以寄到国外吗\r\n能不能寄国外\r\n海外能送吗",
        "answer": "暂时只送国内。",
        **changed,
    }


def effect(house: House, ops: Browser, **form: str) -> tuple[str, str]:
    """What a change would do, as the page that fills itself shows it in the end; and where it is published."""
    begun = ops.post(f"{PAGE}/change", **form)
    assert begun.status_code == 303, begun.text
    where = begun.headers["location"]
    over(house, where, Wish)
    return ops.get(f"{where}/found").text, where


def publish(house: House, ops: Browser, **form: str) -> Response:
    return ops.post(f"{effect(house, ops, **form)[1]}/publish")


def test_a_gap_is_seen_proposed_published_and_answered(shop: House) -> None:
    ops = shop.client("ops")
    queue = ops.get(f"{PAGE}/queue").text
    assert "可以寄到国外吗" in queue
    assert "问了 3 次" in queue
    proposal = ops.post(f"{PAGE}/propose", texts="可以寄到国外吗\n能不能寄国外").text
    assert 'value="asked-' in proposal
    assert "能不能寄国外" in proposal
    found, where = effect(shop, ops, **edited())
    assert "有 2 个的回答会变" in found, found
    assert says(shop, "可以寄到国外吗") != "暂时只送国内。"
    assert ops.post(f"{where}/publish").status_code == 303
    assert says(shop, "可以寄到国外吗") == "暂时只送国内。"
    assert "没有要审核的问题" in ops.get(f"{PAGE}/queue").text
    assert ("ops", "entry abroad", "edit") in [
        (deed.who, deed.about, deed.why) for _, deed in shop.desk.memory.audit.lines("knowledge")
    ]


def test_what_a_human_answered_is_proposed(shop: House) -> None:
    memory = shop.desk.memory
    clerk = Clerk(memory.database, memory.vault)
    story = Story(clerk.tell, Bell("human"), shop.time[0] - timedelta(hours=1)).bot("您好")
    story.caller("礼品卡能退吗", "product_info").look("knowledge", {"found": False}, query="礼品卡能退吗")
    story.keeping.said("agent", "礼品卡没用过可以退，")
    story.keeping.said("agent", "我给13800006612发短信。")
    story.caller("好的").hung_up()
    clerk.close()
    ops = shop.client("ops")
    queue = ops.get(f"{PAGE}/queue").text
    assert "人工当时这样回答" in queue
    assert "礼品卡没用过可以退" in queue
    assert "13800006612" not in queue
    assert "最接近的知识" in queue
    proposal = ops.post(f"{PAGE}/propose", texts="礼品卡能退吗", answer="礼品卡没用过可以退。").text
    assert "礼品卡没用过可以退。</textarea>" in proposal


def test_calls_that_begin_get_it_and_calls_that_go_on_do_not(shop: House) -> None:
    before = WholeShop(cast(Any, None), (), office(shop).current, lambda: shop.time[0])
    engines = cast(Engines, SimpleEngines(before))
    ongoing = office(shop).engines_now(engines)
    publish(shop, shop.client("ops"), **edited())
    begun = office(shop).engines_now(engines)
    assert ongoing.shop.look("knowledge", {"query": "海外能送吗"})["answer"] != "暂时只送国内。"
    assert begun.shop.look("knowledge", {"query": "海外能送吗"})["answer"] == "暂时只送国内。"


@dataclass(frozen=True)
class SimpleEngines:
    shop: WholeShop


def test_a_change_is_taken_back_and_a_new_process_knows_what_was_published(shop: House) -> None:
    ops = shop.client("ops")
    change = edited(
        id="ship-when", questions="什么时候发货\n多久发货\n几天能发货", answer="四十八小时内发货。"
    )
    publish(shop, ops, **change)
    again = ShopKnowledge(office(shop)._app, shop.desk.memory, _shop(shop))
    again.catch_up()
    said = again.current.ask("多久发货", TODAY)
    assert said is not None
    assert said.answer == "四十八小时内发货。"
    page = ops.get(f"{PAGE}/entry/ship-when").text
    assert "撤销最近一次修改" in page
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    found, where = effect(shop, ops, what="undo", id="ship-when", seen=seen)
    assert "有 1 个的回答会变" in found
    ops.post(f"{where}/publish")
    assert office(shop).versions.library() == LIBRARY
    assert "恢复文件里的内容" in ops.get(f"{PAGE}/entry/ship-when").text


def test_what_another_server_publishes_holds_here_soon(shop: House) -> None:
    other = ShopKnowledge(office(shop)._app, shop.desk.memory, _shop(shop))
    taught: Any = SimpleNamespace(catch_up=lambda: None)
    follower = following(other, taught, 0.05)
    publish(shop, shop.client("ops"), **edited())
    ended = time.monotonic() + 30
    while (found := other.current.ask("海外能送吗", TODAY)) is None or found.entry != "abroad":
        assert time.monotonic() < ended
        time.sleep(0.02)
    follower.close()
    built = other.current
    other.catch_up()
    assert other.current is built


def _shop(house: House) -> WholeShop:
    return WholeShop(cast(Any, None), (), build_knowledge(LIBRARY), lambda: house.time[0])


def test_whoever_has_not_seen_the_newest_version_overwrites_nothing(shop: House) -> None:
    ops = shop.client("ops")
    _, late = effect(shop, ops, **edited(answer="都送。"))
    publish(shop, ops, **edited())
    for answer in (ops.post(f"{late}/publish"), ops.post(f"{PAGE}/change", **edited(answer="都送。"))):
        assert answer.status_code == 400
        assert "刚被别人改过" in answer.text
    assert says(shop, "海外能送吗") == "暂时只送国内。"


def test_nothing_is_published_before_its_effect_is_known(
    shop: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ops, learned = shop.client("ops"), threading.Event()
    monkeypatch.setattr("voicebot.app.knowledge_office.compute_aside", lambda *_: learned.wait(60))
    where = ops.post(f"{PAGE}/change", **edited()).headers["location"]
    assert "正在学习" in ops.get(where).text
    assert ops.get(f"{where}/found").status_code == 202
    early = ops.post(f"{where}/publish")
    assert (early.status_code, "影响还没有算出来" in early.text) == (400, True)
    learned.set()
    over(shop, where, Wish)
    assert "有 2 个的回答会变" in ops.get(where).text
    assert ops.get(f"{where}/found").status_code == 200
    assert ops.post(f"{where}/publish").status_code == 303
    assert ops.get(f"{PAGE}/effect/guess").status_code == 404


def test_what_goes_wrong_while_learning_is_told(shop: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise VoicebotError("磁盘满了")

    monkeypatch.setattr("voicebot.app.knowledge_office.compute_aside", fails)
    ops = shop.client("ops")
    found, where = effect(shop, ops, **edited())
    assert "没有算出来：磁盘满了" in found
    assert ops.post(f"{where}/publish").status_code == 400


def test_removed_and_refused(shop: House) -> None:
    ops = shop.client("ops")
    publish(shop, ops, what="remove", id="points")
    assert says(shop, "积分怎么用") != "积分可以抵现金。"
    ops.post(f"{PAGE}/refuse", texts="可以寄到国外吗\n能不能寄国外")
    assert "没有要审核的问题" in ops.get(f"{PAGE}/queue").text
    nearest = ops.post(f"{PAGE}/propose", texts="发票", into="nearest").text
    assert 'value="invoice"' in nearest


def test_what_grows_stale(shop: House) -> None:
    page = shop.client("ops").get(PAGE).text
    assert "将在 2026-12-01 失效" in page
    assert "invoice</a> 90 天里没有人问到" in page
    assert "ship-when</a> 90" not in page


def test_an_answer_is_heard(shop: House) -> None:
    answer = shop.client("ops").post(f"{PAGE}/say", answer="您好")
    assert answer.headers["content-type"] == "audio/wav"
    assert answer.content.startswith(b"RIFF")
    assert answer.content.endswith("您好".encode("utf-16-le"))


WRONG = (
    {"answer": ""},
    {"id": "../x"},
    {"questions": " \n"},
    {"valid_until": "morgen"},
    {"conditions": "tier"},
    {"seen": "x"},
    {"what": "drop"},
)


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: next(iter(wrong)))
def test_mistakes_are_told(shop: House, wrong: dict[str, str]) -> None:
    answer = shop.client("ops").post(f"{PAGE}/change", **edited(**wrong))
    assert answer.status_code == 400
    assert office(shop).versions.library() == LIBRARY


def test_forgeries_and_scripts(shop: House) -> None:
    ops = shop.client("ops")
    assert ops.send(f"{PAGE}/change", edited()).status_code == 403
    evil = edited(answer="</textarea><script>alert(1)</script>")
    found, where = effect(shop, ops, **evil)
    assert ops.send(f"{where}/publish", {}).status_code == 403
    assert "<script>alert" not in found
    ops.post(f"{where}/publish")
    assert "<script>alert" not in ops.get(f"{PAGE}/entry/abroad").text
    assert ops.get(f"{PAGE}/entry/nothing").status_code == 404


def test_versions_over_files() -> None:
    other = Entry("invoice", ("发票",), "没有。")
    found = changed(LIBRARY, {"invoice": other, "points": None, "new": Entry("new", ("问",), "答")})
    assert [entry.id for entry in found.entries] == ["ship-when", "invoice", "new"]
    assert found.entries[1] is other
    assert found.unanswerable == LIBRARY.unanswerable


def test_learning_is_done_in_a_process_of_its_own(tmp_path: Path) -> None:
    assert not kept_at(LIBRARY, tmp_path).is_file()
    compute_aside(LIBRARY, tmp_path)
    assert kept_at(LIBRARY, tmp_path).is_file()
