"""`voicebot campaign`: what operations type, and what they are told when a file is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from voicebot.app import App
from voicebot.app.campaign_files import read_files
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
