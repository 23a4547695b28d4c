"""Tickets, contacts, cached speech: each class goes when it is too old, and not a moment before."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from voicebot.app.clearing import CLEARED, clear_contacts, clear_done, clear_speech, clear_tickets
from voicebot.config import load
from voicebot.outbound.tables import Campaign, CampaignChange, CampaignContact, CampaignDial, CampaignImport
from voicebot.records.tables import TicketCareRow, TicketNoteRow
from voicebot.shop.tables import Callback, DoneKey, Satisfaction, Ticket
from voicebot.store.database import Database
from voicebot.store.migrate import open_database

NOW = datetime(2026, 11, 20, 10)
UTC_NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
DAY = timedelta(days=1)
PHONE = "13800006612"


@pytest.fixture
def database(either_url: str) -> Iterator[Database]:
    """An empty database of either kind."""
    found = open_database(either_url)
    yield found
    found.close()


def ticket(number: str, status: str, closed: datetime | None, due: datetime = NOW) -> list[Any]:
    told = {"kind": "k", "severity": "s", "department": "d", "caller": PHONE, "summary": "说了什么"}
    row = Ticket(number=number, status=status, created=due, due=due, transcript="原话", remedy="退钱", **told)
    note = TicketNoteRow(ticket=number, kind="comment", by="ann", at=NOW, value="", sealed=b"x")
    return [row, note, TicketCareRow(ticket=number, assignee="ann", closed=closed)]


def test_tickets_lose_their_words_when_they_have_been_over_for_long(database: Database) -> None:
    before = NOW - 10 * DAY
    rows = ticket("old", "已解决", before - DAY) + ticket("young", "已完成", before)
    rows += ticket("open", "待处理", None, before - 100 * DAY)
    rows += [Ticket(number="plain", status="已关闭", kind="k", severity="s", department="d", caller=PHONE,
                    created=before - DAY, due=before - DAY)]  # fmt: skip
    with database.writing() as session:
        session.add_all(rows)
        for days in (9, 11):
            session.add(Satisfaction(phone=PHONE, score=5, comment="好", created=NOW - days * DAY))
            session.add(Callback(phone=PHONE, status="已回电", created=NOW - days * DAY))
    assert clear_tickets(database, before) == 2
    assert clear_tickets(database, before) == 0
    with database.reading() as session:
        kept = {
            row.number: (row.caller, row.summary, row.transcript) for row in session.scalars(select(Ticket))
        }
        assert kept["old"] == kept["plain"] == ("", CLEARED, "")
        assert kept["young"] == kept["open"] == (PHONE, "说了什么", "原话")
        assert set(session.scalars(select(TicketNoteRow.ticket))) == {"young", "open"}
        assert sorted(session.scalars(select(Satisfaction.phone))) == ["", PHONE]
        assert session.scalar(select(func.count()).select_from(Callback)) == 1


def test_what_was_done_in_a_call_is_forgotten_after_a_week(database: Database) -> None:
    with database.writing() as session:
        for days in (6, 8):
            session.add(
                DoneKey(key=f"call-{days}/opt_out/1", name="opt_out", result={}, created=NOW - days * DAY)
            )
    clear_done(database, NOW)
    with database.reading() as session:
        assert list(session.scalars(select(DoneKey.key))) == ["call-6/opt_out/1"]


CASES = {
    "old": ("done", 40, 35, True),
    "waiting": ("stopped", 40, None, True),
    "lately": ("done", 40, 29, False),
    "running": ("running", 40, 35, False),
    "new": ("done", 20, None, False),
}
"""Name of a campaign: (state, made so many days ago, rung so many days ago, is it cleared?)."""


def test_contacts_are_forgotten_when_their_campaign_has_been_over_for_long(database: Database) -> None:
    with database.writing() as session:
        for number, (name, (state, made, rung, _)) in enumerate(CASES.items(), 1):
            session.add(
                Campaign(id=number, name=name, title="", state=state, definition={}, law={},
                         created=UTC_NOW - made * DAY)
            )  # fmt: skip
            phone = f"+8613800006{number:03d}"
            waiting = "waiting" if rung is None else "done"
            session.add(
                CampaignContact(id=number, campaign_id=number, phone=phone, country="CN", zones=["x"], line=2,
                                facts={"name": "王小明"}, state=waiting, outcome="answered", due=None)
            )  # fmt: skip
            session.flush()
            if rung is not None:
                session.add(
                    CampaignDial(id=name, campaign_id=number, contact_id=number, phone=phone, owner="x", answers={},
                                 asked=UTC_NOW - rung * DAY, outcome="answered", details={"said": "话"}, ref="r")
                )  # fmt: skip
            session.add(
                CampaignImport(campaign_id=number, digest="d", name="x.csv", at=UTC_NOW - made * DAY,
                               report={"added": 1, "refused": [{"value": PHONE}], "barred": []})
            )  # fmt: skip
        for days in (29, 31):
            session.add(
                CampaignChange(
                    at=UTC_NOW - days * DAY, who="ops", campaign="", what="opt out", details={"phone": PHONE}
                )
            )
        session.add(
            CampaignChange(
                at=UTC_NOW - 99 * DAY, who="ops", campaign="old", what="start", details={"to": "running"}
            )
        )
    assert clear_contacts(database, UTC_NOW - 30 * DAY) == 2
    assert clear_contacts(database, UTC_NOW - 30 * DAY) == 0
    with database.reading() as session:
        for number, (name, (*_, cleared)) in enumerate(CASES.items(), 1):
            contact = session.get_one(CampaignContact, number)
            assert (contact.phone.startswith("cleared-"), contact.facts == {}) == (cleared, cleared), name
            assert not cleared or contact.state != "waiting"
            dial = session.get(CampaignDial, name)
            assert dial is None or (dial.phone == contact.phone and bool(dial.details) != cleared)
            assert contact.outcome == "answered"
        reports = list(session.scalars(select(CampaignImport.report)))
        assert sorted(len(report["refused"]) for report in reports) == [0, 0, 0, 0, 1]
        assert sorted(session.scalars(select(CampaignChange.what))) == ["opt out", "start"]


def test_cached_speech_goes_when_nobody_has_heard_it_for_long(tmp_path: Path) -> None:
    for name, used in (("ab/old", 99.0), ("ab/young", 101.0), ("cd/other", 50.0)):
        path = tmp_path / f"{name}.pcm"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
        os.utime(path, (used, used))
    assert clear_speech(tmp_path, 100.0) == 2
    assert [path.name for path in tmp_path.glob("*/*")] == ["young.pcm"]
    assert clear_speech(tmp_path / "none", 100.0) == 0


def test_every_class_has_its_days_in_the_settings() -> None:
    keep = load().privacy.keep
    assert set(type(keep).model_fields) == {
        "recordings",
        "transcripts",
        "calls",
        "audit",
        "tickets",
        "contacts",
    }
    page = (Path(__file__).resolve().parents[2] / "docs" / "console.md").read_text(encoding="utf-8")
    for name in type(keep).model_fields:
        (line,) = [one for one in page.splitlines() if one.startswith(f"| {name} |")]
        assert str(getattr(keep, name)) in line
