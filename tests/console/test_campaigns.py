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
from voicebot.app.campaign_tables import LASTS_S, Waiting
from voicebot.app.retaining import removing
from voicebot.config import load
from voicebot.console.showing_campaigns import groups_of, is_free
from voicebot.outbound.carrier import Ended
from voicebot.outbound.ledger import Ledger
from voicebot.records.notes import Opened
from voicebot.records.writing import Writing

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
    app = App(load(ROOT / "config")).with_voice("tone")
    office = ShopCampaigns(
        app,
        house.desk.memory.database,
        folder,
        Waiting(lambda: house.seconds[0]),
        removing(house.desk.memory, tmp_path / "calls"),
    )
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


def call(house: House, outcome: Any = "completed", **more: Any) -> None:
    """The campaign's first contact is rung, and answers."""
    ledger = Ledger(house.desk.memory.database, "one", timedelta(minutes=2), timedelta(seconds=20))
    (order,) = ledger.claim(1, (9, None), MORNING)
    at = MORNING + timedelta(minutes=1)
    ledger.resolve([Ended(order.dial, outcome, at, answered=at, **more)], at)


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


TABLE = (
    "客户电话,贵姓,怎么称呼,授权,授权日,备注\n"
    "138 0000 6613,李,先生,会员注册,2026年3月12日,打13912345678\n"
    "+86 138-0000-6613,李,先生,会员注册,2026-03-12,\n"
    "nobody,王,女士,会员注册,2026-03-12,\n"
    "13800006615,周,女士,,,\n"
)
COLUMNS = {
    "col.phone": "客户电话",
    "col.fact.surname": "贵姓",
    "col.fact.title": "怎么称呼",
    "col.consent_source": "授权",
    "col.consent_date": "授权日",
}


def receive(browser: Browser, table: bytes, name: str = "x.csv") -> httpx.Response:
    token = hidden(browser.get("/console/password").text, "csrf")
    return browser.request(
        "POST", f"{PAGE}/member-day/contacts", data={"csrf": token}, files={"contacts": (name, table)}
    )


def test_more_contacts_are_imported_and_their_columns_chosen(shop: House) -> None:
    ops = shop.client("ops")
    send(ops, yaml())
    chosen = receive(ops, TABLE.encode("gb18030"))
    assert "x.csv：4 行" in chosen.text, chosen.text
    assert "贵姓" in chosen.text
    for private in ("138 0000 6613", "13912345678"):
        assert private not in chosen.text
    token = hidden(chosen.text, "token")
    assert "请选择号码" in ops.post(f"{PAGE}/member-day/import", token=token).text
    made = ops.post(f"{PAGE}/member-day/import", token=token, **COLUMNS)
    assert "加入联系人 2 人，拒绝 2 行，不拨打 1 人" in made.text, made.text
    assert "the same number as in line 2" in made.text
    assert "is no telephone number" in made.text
    assert "cn-consent" in made.text
    assert "00006613" not in made.text
    assert "已经不在了" in ops.post(f"{PAGE}/member-day/import", token=token, **COLUMNS).text
    rows = list(csv.DictReader(io.StringIO(export(ops, reason="联系客户"))))
    assert [row["contact.surname"] for row in rows] == ["王", "李", "赵", "周"]
    deeds = [deed.why for _, deed in shop.desk.memory.audit.lines("campaign")]
    assert deeds[0] == "import: 2 contacts, 2 rows refused"
    again = receive(ops, TABLE.encode("gb18030"))
    assert (
        "没有再加" in ops.post(f"{PAGE}/member-day/import", token=hidden(again.text, "token"), **COLUMNS).text
    )


def export(browser: Browser, **form: str) -> str:
    return browser.post(f"{PAGE}/member-day/results", **form).content.decode("utf-8-sig")


def test_a_table_waits_for_who_sent_it_and_not_for_ever(shop: House) -> None:
    ops, root = shop.client("ops"), shop.client("root")
    send(ops, yaml())
    token = hidden(receive(ops, TABLE.encode()).text, "token")
    assert "已经不在了" in root.post(f"{PAGE}/member-day/import", token=token, **COLUMNS).text
    shop.seconds[0] += LASTS_S + 1
    assert "已经不在了" in ops.post(f"{PAGE}/member-day/import", token=token, **COLUMNS).text
    assert "old Excel file" in receive(ops, b"\xd0\xcf\x11\xe0xxxx", "x.xls").text
    assert receive(ops, b"").status_code == 400
    wrong = {**COLUMNS, "col.phone": "电话"}
    token = hidden(receive(ops, TABLE.encode()).text, "token")
    assert "has no column" in ops.post(f"{PAGE}/member-day/import", token=token, **wrong).text


def test_a_call_is_tried_by_text_and_heard(shop: House) -> None:
    ops = shop.client("ops")
    send(ops, yaml())
    begun = ops.get(f"{PAGE}/member-day/preview").text
    assert "机器人</b>：您好，我是青禾优品的智能语音机器人" in begun
    gone = ops.post(f"{PAGE}/member-day/preview", do="say", text="好的").text
    assert "小程序" in gone
    silent = ops.post(f"{PAGE}/member-day/preview", do="say", said="好的").text
    assert "客户</b>：（沉默）" in silent
    over = ops.post(f"{PAGE}/member-day/preview", do="say", text="不要再打了")
    assert "通话结束" in over.text
    sound = ops.post(f"{PAGE}/member-day/preview/sound", said="好的", do="hear")
    assert sound.headers["content-type"] == "audio/wav"
    longer = len(sound.content)
    assert sound.content.startswith(b"RIFF")
    assert longer > len(ops.post(f"{PAGE}/member-day/preview/sound", do="hear").content) > 8000
    assert "do_not_call" not in [deed.what for _, deed in shop.desk.memory.audit.lines()]
    assert shop.desk.campaigns is not None
    assert shop.desk.campaigns.campaigns("").barred(1)[0] == 0


def test_a_real_contact_is_heard_only_with_a_reason(shop: House) -> None:
    ops = shop.client("ops")
    send(ops, yaml())
    assert ops.post(f"{PAGE}/member-day/preview", do="again", line="2").status_code == 400
    assert ops.post(f"{PAGE}/member-day/preview", do="again", line="x", reason="质量检查").status_code == 400
    told = ops.post(f"{PAGE}/member-day/preview", do="again", line="2", reason="质量检查").text
    assert "王女士您好" in told
    assert "第99行" in ops.post(f"{PAGE}/member-day/preview", do="again", line="99", reason="质量检查").text
    deeds = [(deed.what, deed.about) for _, deed in shop.desk.memory.audit.lines("reveal")]
    assert ("reveal", "campaign member-day line 2") in deeds


def test_numbers_are_entered_looked_up_and_taken_back_by_hand(shop: House) -> None:
    ops = shop.client("ops")
    send(ops, yaml())
    here = f"{PAGE}/do_not_call"
    assert "名单是空的" in ops.get(here).text
    told = ops.post(f"{here}/add", numbers="138 0000 6612\n\n+86 13900006612", source="来信")
    assert "2个号码里新登记了2个" in told.text, told.text
    assert "138****6612" in told.text
    assert "13800006612" not in told.text
    assert "会拨打 0 人，不拨打 2 人" in ops.get(f"{PAGE}/member-day/plan").text
    assert "在名单里，来源：来信" in ops.post(f"{here}/look", number="13800006612").text
    assert "不在名单里" in ops.post(f"{here}/look", number="13800006699").text
    assert "移出名单" in ops.post(f"{here}/allow", number="13800006612", why="本人来电").text
    plan = ops.get(f"{PAGE}/member-day/plan").text  # who wants calls again must agree again
    assert ("会拨打 0 人" in plan, plan.count("cn-consent")) == (True, 2)
    token = hidden(ops.get("/console/password").text, "csrf")
    files = {"register": ("r.txt", b"13700006612\n13700006613\n")}
    sent = ops.request("POST", f"{here}/add", data={"csrf": token, "source": "名册"}, files=files)
    assert "新登记了2个" in sent.text
    wrong = ops.post(f"{here}/add", numbers="13700006614\nnobody", source="来信")
    assert (wrong.status_code, "第2行" in wrong.text, "没有改动" in wrong.text) == (400, True, True)
    assert ops.post(f"{here}/add", numbers="13700006614").status_code == 400
    assert ops.post(f"{here}/allow", number="13700006612").status_code == 400
    assert ops.post(f"{here}/drop").status_code == 404
    deeds = [(deed.who, deed.about, deed.why) for _, deed in shop.desk.memory.audit.lines("do_not_call")]
    assert deeds[-1] == ("ops", "2 numbers", "add: 来信")
    assert ("ops", "138****6612", "allow: 本人来电") in deeds
    assert ("ops", "2 numbers", "add: 名册") in deeds


def test_what_is_too_old_is_forgotten_by_a_button(shop: House, monkeypatch: pytest.MonkeyPatch) -> None:
    ops = shop.client("ops")
    send(ops, yaml())
    ops.post(f"{PAGE}/member-day/move", move="start")
    call(shop, answers={"interest": "想要"}, call="call-1")
    assert "已清除0通" in ops.post(f"{PAGE}/do_not_call/forget").text
    later = MORNING + timedelta(days=91)
    monkeypatch.setattr("voicebot.app.campaign_office.instant", lambda _: later)
    assert "已清除1通" in ops.post(f"{PAGE}/do_not_call/forget").text
    assert "想要" not in ops.get(f"{PAGE}/member-day/results").text
    assert shop.desk.memory.audit.lines("purge")[0][1].why == "1 calls, 0 recordings, 0 consents"


def test_what_came_of_each_contact_with_the_way_to_his_call(shop: House) -> None:
    ops = shop.client("ops")
    send(ops, yaml())
    ops.post(f"{PAGE}/member-day/move", move="start")
    with shop.desk.memory.database.writing() as session:
        Writing(shop.desk.memory.vault).write(
            session, Opened("call-1", "asterisk", shop.time[0], "13800006612")
        )
    details = {"survey": "begun", "skipped": ["why"], "unanswered": ["advice"], "satisfaction": 4}
    call(shop, answers={"remark": "打13912345678找我"}, call="call-1", details=details)
    page = ops.get(f"{PAGE}/member-day/results").text
    assert '<a href="/console/calls/1">' in page
    assert "why、advice" in page
    assert "138****6612" in page
    assert "13912345678" not in page
    assert ops.get("/console/calls/1").status_code == 200
    whole = ops.get(f"{PAGE}/member-day").text
    assert "满意度 4.0（1 人）" in whole
    assert "advice" in whole
    assert ops.get(f"{PAGE}/member-day/results?page=0").status_code == 400
    assert "没有联系人" in ops.get(f"{PAGE}/member-day/results?page=2").text


def test_who_changed_what_is_listed_with_details_masked(shop: House) -> None:
    ops = shop.client("ops")
    send(ops, yaml())
    told = ops.get(f"{PAGE}/member-day/log").text
    assert "import" in told
    assert "added 2" in told
    ops.post(f"{PAGE}/do_not_call/add", numbers="13800006612", source="来信")
    assert "opt out" in ops.get(f"{PAGE}/do_not_call").text


def test_agents_reach_none_of_it_and_nothing_goes_without_the_token(shop: House) -> None:
    ops, ann = shop.client("ops"), shop.client("ann")
    send(ops, yaml())
    pages = ("preview", "results", "log")
    posts = ("contacts", "import", "preview", "preview/sound", "results", "move")
    for path in [f"{PAGE}/do_not_call", *(f"{PAGE}/member-day/{one}" for one in pages)]:
        assert ann.get(path).status_code == 403, path
    changing = [f"{PAGE}/member-day/{one}" for one in posts]
    changing += [f"{PAGE}/do_not_call/{one}" for one in ("add", "look", "allow", "forget")]
    for path in changing:
        assert ann.post(path).status_code == 403, path
        assert ops.send(path, {"csrf": "x"}).status_code == 403, path
        if "member-day" in path:
            assert ops.post(path.replace("member-day", "nothing")).status_code == 404, path
