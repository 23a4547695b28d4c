"""`voicebot campaign`: what operations type, and what they are told when a file is wrong."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from voicebot.app import App
from voicebot.app.campaign_files import read_files
from voicebot.audio import read_wav
from voicebot.cli import build
from voicebot.config import load
from voicebot.errors import VoicebotError
from voicebot.store.migrate import upgrade

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "config" / "campaigns"
MEMBERS = str(EXAMPLES / "member-day.yaml")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command on a database of its own; gives the lines of its output, as JSON with --json."""
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    upgrade(url)
    monkeypatch.setenv("VOICEBOT_DATABASE", url)
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("VOICEBOT_KEY", "00" * 32)

    def command(*given: str) -> Any:
        found = CliRunner().invoke(build(), ["campaign", *given], catch_exceptions=True)
        if found.exception is not None and not isinstance(found.exception, SystemExit):
            raise found.exception
        assert found.exit_code == 0, found.output
        lines = found.stdout.splitlines()
        return [json.loads(line) for line in lines] if "--json" in given else lines

    return command


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_example_is_right(path: Path) -> None:
    files = read_files(App(load(ROOT / "config")), path)
    assert files.definition.name == path.stem


def test_a_dry_run_says_who_and_who_not_and_why(run: Any) -> None:
    rows = {row["line"]: row for row in run("dry-run", MEMBERS, "--json")}
    assert rows[2]["phone"] == "+8613800006611"
    assert "cn-consent" in rows[4]["because"]
    assert rows[5]["because"] == "the same number as in line 2"
    assert "numbering plan" in rows[6]["because"]
    assert run("list") == []


def test_from_creation_to_export(run: Any, tmp_path: Path) -> None:
    (made,) = run("create", MEMBERS, "--as", "anna", "--json")
    assert made["imported"]["added"] == 3
    assert len(made["imported"]["refused"]) == 2
    assert run("start", "member-day", "--json") == [{"campaign": "member-day", "state": "running"}]
    run("opt-out", "138 0000 6612", "--source", "letter")
    (found,) = run("status", "member-day", "--json")
    assert found["state"] == "running"
    assert found["funnel"]["dialled"] == 0
    assert [row["line"] for row in run("results", "member-day", "--json")] == [2, 3, 4]
    run("results", "member-day", "--csv", str(tmp_path / "r.csv"), "--xlsx", str(tmp_path / "r.xlsx"))
    assert (tmp_path / "r.csv").read_bytes().startswith(b"\xef\xbb\xbfline,phone")
    assert (tmp_path / "r.xlsx").stat().st_size > 1000
    assert [row["what"] for row in run("log", "--json")] == ["create", "import", "start", "opt out"]
    assert run("log", "--json")[0]["who"] == "anna"
    assert run("forget", "--json") == [{"calls": 0, "recordings": 0, "consents": 0}]


def test_the_same_contacts_again(run: Any) -> None:
    run("create", MEMBERS)
    assert "nothing was added" in run("create", MEMBERS, "--replace")[1]
    table = str(EXAMPLES / "member-day.csv")
    assert run("import", "member-day", table, "--json")[0]["imported"]["added"] == 0


def test_a_second_campaign_of_that_name(run: Any) -> None:
    run("create", MEMBERS)
    with pytest.raises(VoicebotError, match="--replace"):
        run("create", MEMBERS)
    with pytest.raises(VoicebotError, match="no campaign 'x'; there is member-day"):
        run("status", "x")


def test_every_mistake_of_all_files_by_line(run: Any, tmp_path: Path) -> None:
    text = (EXAMPLES / "member-day.yaml").read_text("utf-8")
    bad = tmp_path / "bad.yaml"
    dialogue = tmp_path / "dialogues" / "member_day.yaml"
    dialogue.parent.mkdir()
    dialogues = ROOT / "config" / "dialogues"
    common = (dialogues / "outbound" / "common.yaml").read_text("utf-8")
    common = common.replace("不想再接到来电，请说不要再打了，或者按{refuse_key}。", "打扰了。")
    for name in ("words.yaml", "satisfaction.yaml"):
        common = common.replace(f"../{name}", f"{dialogues / name}")
    (tmp_path / "common.yaml").write_text(common, "utf-8")
    quiet = (EXAMPLES / "dialogues" / "member_day.yaml").read_text("utf-8")
    dialogue.write_text(quiet.replace("../../dialogues/outbound/common.yaml", "../common.yaml"), "utf-8")
    bad.write_text(
        text.replace("goal: informed", "goal: bought").replace("facts: {day:", "facts: {date:"), "utf-8"
    )
    with pytest.raises(VoicebotError) as caught:
        run("create", str(bad))
    told = str(caught.value)
    assert "bad.yaml:8: goal: the dialogue never does record: bought" in told
    assert "the dialogue has no campaign.date" in told
    assert "cn-refusal" in told
    assert "《广告法》第四十三条第二款" in told
    assert "member_day.yaml:11:" in told


@pytest.mark.parametrize(
    ("before", "after", "line", "says"),
    [
        ("title: 会员日通知", "title: [x", 4, "not YAML"),
        ('"10:00-12:00"', '"10:00-25:00"', 20, "'25:00' is no time of the day"),
        ('"10:00-12:00"', '"morning"', 20, "write it as 09:00-20:30"),
        ("class: commercial", "class: advertising", 4, "'commercial', 'research', 'service' or 'care'"),
        ("line: simulated", "line: sip", 7, "'twilio', 'asterisk' or 'simulated'"),
        ("line: simulated", "line: twilio", 2, "caller_id is missing"),
        ("member_day.yaml", "nothing.yaml", 6, "cannot be read"),
        ("member-day.csv", "none.csv", 11, "there is no file"),
        ("phone: 手机号", "phone: 电话", 14, "has no column '电话'; it has 手机号, 姓"),
        ("surname: 姓", "surname: 名", 17, "has no column '名'"),
        ("ends: 2026-11-27", "ends: 2026-11-01", 2, "ends is before starts"),
        ("ends: 2026-11-27", "ends: 2026-02-30", 22, "valid date"),
        ("lines: 10", "lines: 0", 23, "greater than or equal to 1"),
        ("busy: {after: 30m", "busy: {after: soon", 29, "write 90s, 15m, 2h or 1d"),
        ("    busy:", "    buzy:", 28, "nothing is retried after 'buzy'"),
        ("title: 会员日", "titel: 会员日", 3, "there is no such key"),
        ("country: CN", "country: US", 12, "has rules for CN only"),
        ("goal: informed", "goal: sold", 8, "never does record: sold"),
        ("goal: informed", "machine: message", 2, "message is missing"),
        ("goal: informed", "ring_s: 2", 8, "greater than or equal to 5"),
        ("goal: informed", "webhook: {url: 'ftp://x'}", 8, "it begins with http"),
        ("goal: informed", "zone: Mars/Base", 8, "'Mars/Base' is no time zone"),
        ("name: member-day", "name: Mein Fest", 2, "a-z, 0-9 and hyphens"),
    ],
)
def test_each_mistake_is_one_sentence_with_its_line_and_nobody_is_rung(
    before: str, after: str, line: int, says: str, tmp_path: Path
) -> None:
    text = (EXAMPLES / "member-day.yaml").read_text("utf-8")
    assert before in text
    folder = tmp_path / "campaigns"
    folder.mkdir()
    for name in ("dialogues", "member-day.csv"):
        (folder / name).symlink_to(EXAMPLES / name)
    (tmp_path / "dialogues").symlink_to(ROOT / "config" / "dialogues")
    path = folder / "bad.yaml"
    path.write_text(text.replace(before, after), "utf-8")
    found = CliRunner().invoke(build(), ["campaign", "dry-run", str(path)])
    assert isinstance(found.exception, VoicebotError)
    (told,) = [one for one in str(found.exception).splitlines() if says in one]
    assert told.startswith(f"  {path}:{line}: ")
    assert found.stdout == ""


def test_an_empty_file_is_no_campaign(run: Any, tmp_path: Path) -> None:
    (tmp_path / "empty.yaml").write_text("", "utf-8")
    with pytest.raises(VoicebotError, match=r"empty.yaml:1: there is nothing here"):
        run("dry-run", str(tmp_path / "empty.yaml"))


def test_a_table_from_a_spreadsheet_in_every_spelling(run: Any, tmp_path: Path) -> None:
    lines = [
        "﻿ 手机号 ; 姓 ;称呼;同意来源;同意日期;备注",
        "138 0000 6611;王;女士;会员注册;2026年3月12日;x",
        "+86 138-0000-6611;王;女士;会员注册;2026/3/12;",
        "013800006612;李;先生;会员注册;20260312;",
        "1.3800006613E+10;赵;先生;会员注册;2024-02-29;",
        "1.38E+10;钱;先生;会员注册;2026-03-12;",
        "13800006614;孙;先生;会员注册;2025-02-29;",
        "13800006615;孙;先生;会员注册;;",
    ]
    (tmp_path / "odd.csv").write_bytes("\r\n".join(lines).lstrip("\ufeff").encode("gb18030"))
    rows = run("dry-run", MEMBERS, "--contacts", str(tmp_path / "odd.csv"), "--json")
    found = {row["line"]: row for row in rows}
    assert [found[line]["phone"] for line in (2, 4, 5)] == [
        "+8613800006611",
        "+8613800006612",
        "+8613800006613",
    ]
    assert found[3]["because"] == "the same number as in line 2"
    assert "cut it off" in found[6]["because"]
    assert "no date of the calendar" in found[7]["because"]
    assert "consent needs a source and a date" in found[8]["because"]


def test_what_is_not_there(run: Any, tmp_path: Path) -> None:
    with pytest.raises(VoicebotError, match="cannot be read"):
        run("create", str(tmp_path / "none.yaml"))
    text = (EXAMPLES / "member-day.yaml").read_text("utf-8")
    (tmp_path / "a.yaml").write_text(text.replace("law: china", "law: mars"), "utf-8")
    with pytest.raises(VoicebotError) as caught:
        run("create", str(tmp_path / "a.yaml"))
    assert "a.yaml:5:" in str(caught.value)
    assert "a.yaml:6:" in str(caught.value)


def test_a_register_of_those_who_want_no_calls(run: Any, tmp_path: Path) -> None:
    (tmp_path / "register.txt").write_text("212 555 2368\n\n+1 305 555 2368\n", "utf-8")
    told = run("opt-out", "--file", str(tmp_path / "register.txt"), "--country", "US", "--source", "register")
    assert told == ["2 of 2 numbers changed"]
    assert run("opt-out", "+12125552368", "--allow", "--source", "letter") == ["1 of 1 numbers changed"]
    assert [row.get("numbers") for row in run("log", "--json")] == [2, None]
    (tmp_path / "bad.txt").write_text("13800006612\nnobody\n", "utf-8")
    with pytest.raises(VoicebotError, match="'nobody' is no telephone number; nothing was changed"):
        run("opt-out", "--file", str(tmp_path / "bad.txt"))


def test_a_preview_by_text(run: Any) -> None:
    turns = run("preview", MEMBERS, "--line", "3", "--say", "好的", "--say", "不用了", "--json")
    assert turns[0]["say"].startswith("李先生您好，我是青禾优品的智能语音机器人")
    assert "小程序" in turns[1]["say"]
    assert turns[-1]["state"] == "ended"


def test_a_preview_as_sound(run: Any, tmp_path: Path) -> None:
    out = tmp_path / "call.wav"
    run("preview", MEMBERS, "--line", "3", "--say", "好的", "--out", str(out), "--voice", "tone")
    assert len(read_wav(out)) > 8000 * 2


def test_it_is_begun_paused_resumed_and_stopped_and_nothing_else(run: Any) -> None:
    run("create", MEMBERS)
    for move, state in (
        ("start", "running"),
        ("pause", "paused"),
        ("resume", "running"),
        ("stop", "stopped"),
    ):
        assert run(move, "member-day") == [f"member-day: {state}"]
    with pytest.raises(VoicebotError, match="is stopped; pause needs one that is running"):
        run("pause", "member-day")


def test_whoever_tries_a_call_sends_no_message(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[object] = []

    class Gateway:
        def send(self, message: object) -> None:
            sent.append(message)

    monkeypatch.setattr(App, "_messages", lambda _: Gateway())
    payment = str(EXAMPLES / "payment-reminder.yaml")
    turns = run("preview", payment, "--say", "可以", "--say", "好的", "--json")
    assert "链接已经发到您手机上了" in turns[-1]["say"]
    assert sent == []


def test_under_the_law_of_the_united_states(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    winter = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
    monkeypatch.setattr("voicebot.app.campaign_preview.instant", lambda _: winter)
    text = f"""
name: us-care
title: Greetings
class: care
law: us
dialogue: {ROOT}/config/dialogues/outbound/care.yaml
line: simulated
audience:
  file: us.csv
  country: US
  columns: {{phone: Phone, consent_source: Source, consent_date: Date}}
windows: ["09:00-20:00"]
"""
    (tmp_path / "us.yaml").write_text(text, "utf-8")
    table = "Phone,Source,Date\n(212) 555-2368,web form,2026-01-02\n808.555.2368,web form,2024-02-29\n"
    (tmp_path / "us.csv").write_text(table + "+1 305-555-2368,,\n13800006612,web form,2026-01-02\n", "utf-8")
    rows = {row["line"]: row for row in run("dry-run", str(tmp_path / "us.yaml"), "--json")}
    assert (rows[2]["phone"], rows[2]["when"][-6:]) == ("+12125552368", "-05:00")
    assert (rows[3]["phone"], rows[3]["when"][-6:]) == ("+18085552368", "-10:00")
    assert "us-consent: 47 CFR 64.1200" in rows[4]["because"]
    assert "not in the numbering plan" in rows[5]["because"]
    assert [rows[line]["when"][:16] for line in (2, 3)] == ["2026-11-20T10:00", "2026-11-20T09:00"]
