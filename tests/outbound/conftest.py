"""Campaigns in a database of either kind, at a time that a test sets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.postgres import clear, database_url
from voicebot.campaign.contacts import read_contacts
from voicebot.campaign.definition import Audience, read_campaign
from voicebot.campaign.law import read_law
from voicebot.campaign.plan import Terms
from voicebot.campaign.sheets import read_sheet
from voicebot.outbound.campaigns import Campaigns
from voicebot.outbound.importing import Imported, Table, digest_of, import_table
from voicebot.outbound.ledger import Ledger
from voicebot.store.database import Database
from voicebot.store.migrate import open_database, upgrade

ROOT = Path(__file__).resolve().parents[2]
MORNING = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
CAMPAIGN = """
name: {name}
title: 回访
class: {legal_class}
law: china
dialogue: care.yaml
line: simulated
windows: ["09:00-20:00"]
pace: {{lines: 20, per_minute: 1000}}
webhook: {{url: "http://127.0.0.1:9/taken"}}
"""


class Clock:
    """A time that tests set."""

    def __init__(self) -> None:
        self.at = MORNING

    def __call__(self) -> datetime:
        return self.at

    def later(self, **period: float) -> datetime:
        self.at += timedelta(**period)
        return self.at


class Desk:
    """Campaigns and diallers on one database."""

    def __init__(self, url: str) -> None:
        self.clock = Clock()
        self.database: Database = open_database(url)
        self.campaigns = Campaigns(self.database, "tester", self.clock)

    def campaign(self, name: str = "care", legal_class: str = "service", more: str = "", **given: str) -> str:
        law = read_law((ROOT / "config" / "law" / "china.yaml").read_text("utf-8"), "china.yaml")
        text = CAMPAIGN.format(name=name, legal_class=legal_class) + more
        if "line" in given:
            text = text.replace("line: simulated", f"line: {given['line']}\ncaller_id: '+864008000'")
        terms = Terms(read_campaign(text, "care.yaml")[0], law)
        self.campaigns.create(terms, given.get("source", "care.yaml"))
        return name

    def add(self, name: str, *phones: str, consent: bool = False) -> Imported:
        lines = "".join(f"{phone},王芳{',门店,2026-01-01' if consent else ',,'}\n" for phone in phones)
        data = ("phone,name,source,day\n" + lines).encode()
        columns = {"consent_source": "source", "consent_date": "day", "facts": {"name": "name"}}
        audience = Audience.model_validate({"columns": columns})
        sheet = read_sheet(data, "x.csv")
        contacts = read_contacts(sheet.rows, sheet.columns, audience, "x.csv", self.clock().date())
        table = Table("x.csv", digest_of(data, columns), sheet.encoding, contacts)
        return import_table(self.campaigns, name, table)

    def ledger(self, owner: str = "one") -> Ledger:
        return Ledger(self.database, owner, timedelta(minutes=2), timedelta(seconds=20))

    def one(self, sql: str) -> Any:
        with self.database.reading() as session:
            return session.execute(text(sql)).scalar()

    def rows(self, sql: str) -> list[Any]:
        with self.database.reading() as session:
            return [tuple(row) for row in session.execute(text(sql))]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database with every table; PostgreSQL only where VOICEBOT_TEST_POSTGRES names one."""
    if request.param == "sqlite":
        found = f"sqlite:///{tmp_path / 'campaigns.db'}"
        upgrade(found)
        yield found
        return
    found = database_url()
    clear(found)
    upgrade(found)
    yield found


@pytest.fixture
def desk(url: str) -> Iterator[Desk]:
    """A desk on an empty database."""
    made = Desk(url)
    yield made
    made.database.close()
