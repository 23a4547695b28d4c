"""The demonstration shop in a database: created, migrated and filled when needed."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Integer, delete, func, insert, select, text
from sqlalchemy.orm import Session

from voicebot.errors import VoicebotError
from voicebot.shop import tables
from voicebot.shop.demo.generate import Generation
from voicebot.shop.pairings import learn
from voicebot.shop.tables import Customer, Fact
from voicebot.store.database import hidden
from voicebot.store.migrate import open_database, upgrade
from voicebot.store.model import Model

ANCHOR = date(2026, 11, 20)
"""The demonstration's day unless another is given."""

VERSION = "2"
DAY, MADE = "demo.today", "demo.version"
_NAMES = {getattr(tables, name).__tablename__ for name in tables.__all__}
OURS = [table for table in Model.metadata.sorted_tables if table.name in _NAMES]
"""The shop's tables, in the order in which they can be filled; what others keep in this database stays."""


def prepare_demo(url: str, today: date = ANCHOR, renew: bool = False) -> bool:
    """Make sure that the demonstration shop of `today` is in this database; True when it was written anew.

    A demonstration of another day (or any, with `renew`) is replaced. Raises VoicebotError when the database
    holds data that are no demonstration.
    """
    upgrade(url)
    database = open_database(url)
    try:
        with database.writing() as session:
            made = session.get(Fact, MADE)
            if made is None and session.scalar(select(func.count()).select_from(Customer)):
                raise VoicebotError(
                    f"the database {hidden(database.url)} holds a real shop's data; "
                    "prepare the demonstration in another one with --database"
                )
            day = session.get(Fact, DAY)
            same = made is not None and made.value == VERSION and day is not None
            if same and day is not None and day.value == today.isoformat() and not renew:
                return False
            _replace(session, today)
            return True
    finally:
        database.close()


def _replace(session: Session, today: date) -> None:
    for table in reversed(OURS):
        session.execute(delete(table))
    rows = Generation(today).everything()
    for table in OURS:
        if rows.get(table.name):
            session.execute(insert(table), rows[table.name])
    facts = [{"key": DAY, "value": today.isoformat()}, {"key": MADE, "value": VERSION}]
    session.execute(insert(Fact), facts)
    learn(session)
    if session.get_bind().dialect.name == "postgresql":
        _advance(session)


def _advance(session: Session) -> None:
    """Let PostgreSQL go on counting after the ids that were given."""
    for table in OURS:
        key = table.primary_key.columns.values()[0]
        if key.name == "id" and isinstance(key.type, Integer):
            highest = f"(SELECT coalesce(max(id), 0) + 1 FROM {table.name})"
            session.execute(
                text(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), {highest}, false)")
            )
