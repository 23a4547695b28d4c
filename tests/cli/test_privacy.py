"""`voicebot privacy`: the copy, the erasure and the purge, with the shop's own data."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from tests.records.calls import Bell, order_call
from voicebot.app import App, demo_database
from voicebot.app.memory import open_memory
from voicebot.app.person import ERASED
from voicebot.app.retaining import Retaining
from voicebot.cli import build
from voicebot.config import load
from voicebot.errors import VoicebotError
from voicebot.outbound.messages import FileGateway, Message
from voicebot.outbound.tables import Campaign, CampaignContact
from voicebot.records.archive import Sought
from voicebot.records.clerk import Clerk
from voicebot.records.memory import Memory
from voicebot.records.notes import Recorded
from voicebot.shop.tables import Customer, Order, Ticket


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings with a copy of the demonstration shop, and calls of its first customer: today, and long ago."""
    monkeypatch.delenv("VOICEBOT_KEY", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "config"
    folder.mkdir()
    file = tmp_path / "shop.db"
    file.write_bytes(demo_database(datetime(2026, 11, 20).date()).read_bytes())
    (folder / "voicebot.toml").write_text(f'[shop]\ndatabase = "sqlite:///{file}"\n', encoding="utf-8")
    memory = opened(folder)
    with memory.database.reading() as session:
        phone = session.scalars(select(Customer.phone).order_by(Customer.id)).first()
    (tmp_path / "phone").write_text(str(phone), encoding="utf-8")
    clerk = Clerk(memory.database, memory.vault)
    now = App(load(folder)).now()
    order_call(clerk.tell, Bell("today", caller=phone), now)
    order_call(clerk.tell, Bell("old", caller=phone), now - timedelta(days=2000))
    order_call(clerk.tell, Bell("other", caller="13999999999"), now)
    clerk.tell(Recorded("today", memory.recordings.keep("today", bytes(8000), bytes(8000))))
    clerk.close()
    memory.database.close()
    return folder


def opened(settings: Path) -> Memory:
    return open_memory(load(settings))


def run(settings: Path, *words: str) -> str:
    result = CliRunner().invoke(build(), ["privacy", *words, "--config", str(settings)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def phone_of(settings: Path) -> str:
    return (settings.parent / "phone").read_text(encoding="utf-8")


def test_the_copy_holds_calls_orders_and_recordings(settings: Path, tmp_path: Path) -> None:
    out = tmp_path / "copy"
    run(settings, "export", "--phone", phone_of(settings), "--out", str(out))
    copy = json.loads((out / "person.json").read_text(encoding="utf-8"))
    assert [call["summary"]["name"] for call in copy["calls"]] == ["today", "old"]
    assert copy["shop"]["customers"][0]["phone"] == phone_of(settings)
    assert copy["shop"]["orders"]
    assert (out / "recordings" / "today.wav").read_bytes()[:4] == b"RIFF"
    assert (out / "person.json").stat().st_mode & 0o077 == 0
    with pytest.raises(VoicebotError, match="there already"):
        run(settings, "export", "--phone", phone_of(settings), "--out", str(out))
    memory = opened(settings)
    ((_, deed),) = memory.audit.lines(what="export")
    assert phone_of(settings) not in deed.about + deed.why
    memory.database.close()


def test_the_erasure_leaves_what_the_law_wants_kept(settings: Path) -> None:
    memory, phone = opened(settings), phone_of(settings)
    with memory.database.writing() as session:
        customer = session.scalars(select(Customer).where(Customer.phone == phone)).one()
        session.add(
            Ticket(
                number="2611203999", kind="complaint_quality", order_number=None, item="", customer_id=customer.id,
                caller=phone, severity="normal", remedy="", summary="王先生说漏水", transcript=phone,
                department="质检部", status="待处理", created=datetime(2026, 11, 20), due=datetime(2026, 11, 22),
            )
        )  # fmt: skip
        began = datetime(2026, 11, 20, tzinfo=UTC)
        campaign = Campaign(name="care", title="回访", definition={}, law={}, state="running", created=began)
        session.add(campaign)
        session.flush()
        told = {
            "campaign_id": campaign.id,
            "phone": f"+86{phone}",
            "country": "CN",
            "zones": ["Asia/Shanghai"],
        }
        session.add(CampaignContact(**told, facts={"name": "王"}, line=1, state="waiting"))
        orders = len(session.scalars(select(Order).where(Order.customer_id == customer.id)).all())
    gone = json.loads(run(settings, "erase", "--phone", phone, "--yes", "--json"))
    assert (gone["calls"], gone["tickets"]) == (2, gone["tickets"])
    assert gone["tickets"] >= 1
    with memory.database.reading() as session:
        ticket = session.get_one(Ticket, "2611203999")
        assert (ticket.caller, ticket.summary, ticket.transcript) == ("", ERASED, "")
        assert (
            len(session.scalars(select(Order).where(Order.customer_id == ticket.customer_id)).all()) == orders
        )
        contact = session.scalars(select(CampaignContact)).one()
        assert (contact.facts, contact.state) == ({}, "refused")
    assert gone["campaign_contacts"] == 1
    assert [call.name for call in memory.archive.find(Sought()).calls] == ["other"]
    memory.database.close()


@pytest.mark.parametrize("phone", ["", "123", "abc", "%"])
def test_a_number_that_is_none_is_refused(settings: Path, phone: str) -> None:
    with pytest.raises(VoicebotError, match="whole telephone number"):
        run(settings, "erase", "--phone", phone, "--yes")


def test_the_purge_clears_what_is_too_old(settings: Path) -> None:
    assert json.loads(run(settings, "purge", "--json")) == {
        "recordings": 0, "transcripts": 1, "calls": 1, "audit": 0, "tickets": 0, "contacts": 0, "speech": 0,
    }  # fmt: skip
    memory = opened(settings)
    assert {call.name for call in memory.archive.find(Sought()).calls} == {"today", "other"}
    ((_, deed),) = memory.audit.lines(what="purge")
    assert deed.about.startswith("0 recordings, 1 transcripts, 1 calls, 0 audit, 0 tickets")
    memory.database.close()


def test_the_server_clears_by_itself(settings: Path) -> None:
    memory, config = opened(settings), load(settings)
    Retaining(config, memory, App(config).now).close()
    ((_, deed),) = memory.audit.lines(what="purge")
    assert deed.who == "server"
    memory.database.close()


def test_text_messages_in_a_file_are_told_and_erased(settings: Path, tmp_path: Path) -> None:
    phone, file = phone_of(settings), tmp_path / "var" / "messages.jsonl"
    gateway = FileGateway(file)
    for number, to in enumerate((phone, f"+86{phone}", "13999999999")):
        gateway.send(Message(to, f"第{number}条", f"key-{number}"))
    assert file.stat().st_mode & 0o077 == 0
    run(settings, "export", "--phone", phone, "--out", str(tmp_path / "copy"))
    copy = json.loads((tmp_path / "copy" / "person.json").read_text(encoding="utf-8"))
    assert [one["text"] for one in copy["messages"]] == ["第0条", "第1条"]
    assert json.loads(run(settings, "erase", "--phone", phone, "--yes", "--json"))["messages"] == 2
    left = [json.loads(line)["text"] for line in file.read_text(encoding="utf-8").splitlines()]
    assert left == ["第2条"]
    gateway.send(Message("13999999999", "again", "key-2"))
    assert len(file.read_text(encoding="utf-8").splitlines()) == 1
