"""Campaigns in the console: made from files, tried, begun and stopped, watched, and their results taken away."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

from tests.console.conftest import Browser, House, hidden
from voicebot.app import App
from voicebot.app.campaign_office import ShopCampaigns
from voicebot.config import load
from voicebot.console.showing_campaigns import groups_of, is_free
from voicebot.outbound.carrier import Ended
from voicebot.outbound.ledger import Ledger

ROOT = Path(__file__).resolve().parents[2]
CONTACTS = (
    "手机号,姓,称呼,同意来源,同意日期\n13800006612,王,女士,会员注册,2026-03-12\n13800006614,赵,先生,,\n"
)
PAGE = "/console/campaigns"
MORNING = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)


@pytest.fixture
def shop(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """The console with the shop's campaigns, whose files are in a folder of their own."""
    folder = tmp_path / "config" / "campaigns"
    copytree(ROOT / "config" / "campaigns" / "dialogues", folder / "dialogues")
    copytree(ROOT / "config" / "dialogues", tmp_path / "config" / "dialogues")
    monkeypatch.setattr("voicebot.app.campaign_office.instant", lambda _: MORNING)
    monkeypatch.setattr("voicebot.app.campaign_preview.instant", lambda _: MORNING)
    office = ShopCampaigns(App(load(ROOT / "config")), house.desk.memory.database, folder)
    object.__setattr__(house.desk, "campaigns", office)
    return house


def yaml(**changed: str) -> str:
    text = (ROOT / "config" / "campaigns" / "member-day.yaml").read_text("utf-8")
    text = text.replace("ends: 2026-11-27", "ends: 2026-12-27")
    for key, value in changed.items():
        text = "\n".join(
            f"{key}: {value}" if line.startswith(f"{key}:") else line for line in text.splitlines()
        )
    return text


def send(
    browser: Browser, text: str, do: str = "create", contacts: str = CONTACTS, **form: str
) -> httpx.Response:
    files: dict[str, Any] = {"yaml": ("x.yaml", text.encode()), "contacts": ("x.csv", contacts.encode())}
    token = hidden(browser.get("/console/password").text, "csrf")
    return browser.request("POST", f"{PAGE}/new", data={"csrf": token, "do": do, **form}, files=files)


def call(house: House, **more: Any) -> None:
    """The campaign's first contact is rung, and answers."""
    ledger = Ledger(house.desk.memory.database, "one", timedelta(minutes=2), timedelta(seconds=20))
    (order,) = ledger.claim(1, (9, None), MORNING)
    at = MORNING + timedelta(minutes=1)
    ledger.resolve([Ended(order.dial, "completed", at, answered=at, **more)], at)


def test_it_is_made_tried_begun_paused_and_stopped(shop: House) -> None:
    ops = shop.client("ops")
    tried = send(ops, yaml(), "check")
    assert "会拨打 1 人，不拨打 1 人" in tried.text, tried.text
    assert "cn-consent" in tried.text
    assert "13800006612" not in tried.text
    assert "还没有活动" in ops.get(PAGE).text
    made = send(ops, yaml())
    assert "加入联系人 2 人" in made.text, made.text
    page = ops.get(f"{PAGE}/member-day").text
    assert "待启动" in page
    for move, state in (("start", "进行中"), ("pause", "已暂停"), ("resume", "进行中"), ("stop", "已停止")):
        assert ops.post(f"{PAGE}/member-day/move", move=move).status_code == 303
        assert state in ops.get(f"{PAGE}/member-day/progress").text
    assert ops.post(f"{PAGE}/member-day/move", move="pause").status_code == 400
    assert ops.post(f"{PAGE}/member-day/move", move="drop").status_code == 400
    told = [(deed.who, deed.why) for _, deed in shop.desk.memory.audit.lines("campaign")]
    assert told[0] == ("ops", "stop: stopped")
    assert told[-1] == ("ops", "create: 2 contacts")
    plan = ops.get(f"{PAGE}/member-day/plan").text
    assert "会拨打 1 人，不拨打 1 人" in plan


def test_moves_need_the_token(shop: House) -> None:
    ops = shop.client("ops")
    send(ops, yaml())
    assert ops.send(f"{PAGE}/member-day/move", {"move": "start"}).status_code == 403
    files = {"yaml": ("x.yaml", b"name: x")}
    assert ops.request("POST", f"{PAGE}/new", data={"csrf": "x"}, files=files).status_code == 403
    assert "待启动" in ops.get(f"{PAGE}/member-day").text


def test_mistakes_are_told_and_change_nothing(shop: House) -> None:
    ops = shop.client("ops")
    wrong = send(ops, yaml(goal="nothing"))
    assert wrong.status_code == 400
    assert "never does record: nothing" in wrong.text
    for outside in (
        yaml(dialogue="../../secret.yaml"),
        yaml(law="/etc/passwd"),
        yaml(dialogue="/etc/passwd"),
    ):
        answer = send(ops, outside)
        assert answer.status_code == 400
        assert "outside the folder" in answer.text
    assert "还没有活动" in ops.get(PAGE).text
    assert send(ops, yaml(), replace="yes").status_code == 400
    send(ops, yaml())
    assert "already" in send(ops, yaml()).text
    assert send(ops, yaml(title="新的"), replace="yes").status_code == 200
    assert "新的" in ops.get(PAGE).text


def test_what_is_too_large_or_no_form_is_refused(shop: House) -> None:
    ops = shop.client("ops")
    assert send(ops, yaml(), contacts="x" * (11 << 20)).status_code == 413
    headers = {"Content-Type": "multipart/form-data"}
    assert ops.request("POST", f"{PAGE}/new", content=b"x", headers=headers).status_code == 400


def test_results_are_masked_unless_a_reason_is_given(shop: House) -> None:
    ops = shop.client("ops")
    send(ops, yaml())
    ops.post(f"{PAGE}/member-day/move", move="start")
    call(shop, answers={"interest": "想要", "remark": "打13912345678找我"}, converted=True)
    page = ops.get(f"{PAGE}/member-day").text
    assert "<svg" in page
    assert "达成目标" in page
    assert "13912345678" not in page
    hidden_rows = list(
        csv.DictReader(io.StringIO(ops.post(f"{PAGE}/member-day/results").content.decode("utf-8-sig")))
    )
    assert hidden_rows[0]["outcome"] == "completed"
    assert "00006612" not in hidden_rows[0]["phone"]
    assert hidden_rows[0]["contact.surname"] == "***"
    assert "13912345678" not in hidden_rows[0]["answer.remark"]
    assert ops.post(f"{PAGE}/member-day/results", reason="好奇").status_code == 400
    clear = ops.post(f"{PAGE}/member-day/results", reason="联系客户", form="xlsx", more="回电")
    book = load_workbook(io.BytesIO(clear.content))
    assert "+8613800006612" in str(list(book["results"].iter_rows(values_only=True)))
    deeds = [(deed.what, deed.about, deed.why) for _, deed in shop.desk.memory.audit.lines()]
    assert ("reveal", "campaign member-day results", "联系客户 回电") in deeds
    assert ("export", "campaign member-day results", "masked") in deeds


def test_a_campaign_that_is_none(shop: House) -> None:
    ops = shop.client("ops")
    for path in ("nothing", "nothing/plan", "nothing/progress", "%2e%2e"):
        assert ops.get(f"{PAGE}/{path}").status_code in {404, 307}, path
    assert ops.post(f"{PAGE}/nothing/move", move="start").status_code == 404


def test_open_answers_come_together() -> None:
    counts = {"快递太慢了": 2, "快递慢": 1, "送货快递很慢": 1, "没有": 3, "包装盒子破了": 1}
    counts |= {"包装破了": 1, "盒子破了": 1, "客服态度": 1, "态度不好": 1}
    assert is_free(counts)
    assert not is_free({"1": 3, "5": 9, "4": 1})
    assert not is_free({"是": 3, "否": 2})
    groups = dict(groups_of(counts))
    assert groups["没有意见"] == 3
    assert sum(groups.values()) == sum(counts.values())
    assert len(groups) < len(counts)
