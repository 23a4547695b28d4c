"""One person's copy and erasure, over every column of every table: nothing is forgotten, nobody else is touched.

Each table that holds a person's data gets a row of his and one of somebody else's, in which every column that takes
text has a text of its own. A new table or column is filled in, looked for in the copy and must be gone after the
erasure, without this test being told of it.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, Column, LargeBinary, String, Table, insert, select, text

import voicebot.outbound.tables  # noqa: F401 - its tables are looked through
from voicebot.app.person import KEPT, copy_of, erase, recordings_of
from voicebot.app.person_rows import TABLES, WHOSE
from voicebot.errors import VoicebotError
from voicebot.records.lessons import SEALED as LESSON
from voicebot.records.memory import Memory
from voicebot.records.person import about_person
from voicebot.records.recordings import FolderShelf
from voicebot.records.vault import Vault
from voicebot.records.writing import place, ticket_place
from voicebot.store.migrate import open_database
from voicebot.store.model import Model

NOW = datetime(2026, 11, 20, 10)
HIS, OTHER = "13800006612", "13912345678"
CAMPAIGNS = {"campaign_contacts", "campaign_dials", "consents", "do_not_call", "campaign_changes"}
"""Tables that write numbers as +86..."""
NOT_TOLD = {"calls.server", "calls.caller_digest"}
"""Columns that a copy leaves out: they say nothing of the person."""
REMAINS = {
    "tickets": {"number", "kind", "order_number", "item", "severity", "department", "status"},
    "satisfactions": set[str](),
    "ticket_notes": set[str](),
    "campaign_contacts": {"country", "state", "outcome"},
    "campaign_dials": {"id", "outcome"},
    "campaign_imports": {"digest", "name"},
    "campaign_changes": {"who", "campaign", "what"},
}
"""Columns of tables that are emptied only in part, and keep what says nothing of the person."""


class Filling:
    """Rows of one person (`n` is 1 or 2) in which every column that takes text has one that stands nowhere else."""

    def __init__(self, memory: Memory, phone: str, n: int) -> None:
        self.memory, self.phone, self.n = memory, phone, n
        self.texts: dict[str, str] = {}
        self.seals: list[bytes] = []
        self._count = itertools.count(1)
        self.call = f"call-of-{n}"

    def text(self, column: Column[Any]) -> str:
        """A text that fits, and stands nowhere else."""
        made = f"~{self.n}{next(self._count):03d}~"
        self.texts[made] = f"{column.table.name}.{column.name}"
        return made

    def row(self, table: Table) -> dict[str, Any]:
        """One row, as if the shop had filled it."""
        known = self.known(table)
        return {
            column.name: known[column.name] if column.name in known else self.value(column)
            for column in table.columns
        }

    def value(self, column: Column[Any]) -> Any:
        """Something of the column's type."""
        if type(column.type).__name__ == "Instant":
            return NOW.astimezone()
        if column.type.python_type is bool:
            return True
        if isinstance(column.type, LargeBinary):
            self.seals.append(self.sealed(column))
            return self.seals[-1]
        if isinstance(column.type, JSON):
            return {"said": self.text(column)}
        if isinstance(column.type, String):
            return self.text(column)
        simple: dict[type[Any], Any] = {int: self.n, float: 1.0, date: NOW.date(), datetime: NOW}
        return simple[column.type.python_type]

    def sealed(self, column: Column[Any]) -> bytes:
        """A text of its own, sealed as that column has it."""
        vault, said = self.memory.vault, self.text(column)
        if column.name == "caller":
            del self.texts[said]
            return vault.seal(self.phone.encode(), place("caller", self.call))
        texts: dict[str, tuple[Any, str]] = {
            "calls": (said, place("called", self.call)),
            "call_turns": ({"text": said}, place("turn", self.call, self.n)),
            "call_acts": ({"result": said}, place("act", self.call, self.n)),
            "call_corrections": ({"text": said, "remark": ""}, place("correction", self.call, self.n)),
            "ticket_notes": (said, ticket_place(f"t{self.n}")),
            "lessons": ({"text": said}, LESSON),
        }
        content, where = texts[column.table.name]  # a new sealed column: say here how it is sealed
        return vault.seal(
            content.encode() if isinstance(content, str) else json.dumps(content).encode(), where
        )

    def known(self, table: Table) -> dict[str, Any]:
        """What links this person's rows with each other, by column."""
        n = self.n
        phone = f"+86{self.phone}" if table.name in CAMPAIGNS else self.phone
        found = {
            "phone": phone,
            "caller_digest": self.memory.vault.phone(self.phone),
            "customer_id": n,
            "order_number": f"o{n}",
            "ticket": f"t{n}",
            "campaign_id": 1,
            "dial_id": f"d{n}",
            "product_code": "P",
            "country": "CN",
        }
        special: dict[str, dict[str, Any]] = {
            "orders": {"number": f"o{n}"},
            "tickets": {"number": f"t{n}", "caller": self.phone},
            "ticket_notes": {"kind": "comment"},
            "calls": {"name": self.call, "recording": f"{self.call}.wav.sealed"},
            "campaign_contacts": {"state": "waiting"},
            "campaign_dials": {"id": f"d{n}", "ringing": None},
            "campaign_imports": {"report": {"refused": [{"line": 3, "value": self.phone}]}},
            "done_keys": {"key": f"{self.call}/opt_out/1"},
            "audit": {"about": about_person(self.memory, self.phone)[0]},
        }
        if table.name == "campaign_changes":
            special["campaign_changes"] = {"details": {"phone": phone, "why": self.text(table.c.details)}}
        return {**found, **special.get(table.name, {})}


def fill(memory: Memory, people: Sequence[Filling]) -> None:
    """Give every table that holds somebody's data a row of each of these people."""
    product = {column.name: "" for column in Model.metadata.tables["products"].columns}
    simple = {"code": "P", "price_fen": 1, "warranty_months": 1, "aliases": [], "attributes": {}}
    simple |= dict.fromkeys(("custom_made", "fresh", "newspaper", "installation"), False)
    campaign = {
        "id": 1,
        "name": "c",
        "title": "c",
        "state": "done",
        "definition": {},
        "law": {},
        "source": "",
    }
    with memory.database.writing() as session:
        session.execute(insert(Model.metadata.tables["products"]), {**product, **simple})
        session.execute(insert(Model.metadata.tables["campaigns"]), {**campaign, "created": NOW.astimezone()})
        for table in personal():
            for one in people:
                session.execute(insert(table), one.row(table))


def personal() -> Iterator[Table]:
    """Every table that holds somebody's data, in the order in which they can be filled."""
    return (table for table in Model.metadata.sorted_tables if WHOSE[table.name] in {"person", "call"})


@pytest.fixture
def memory(either_url: str, tmp_path: Path) -> Iterator[Memory]:
    """An empty memory on a database of either kind."""
    database = open_database(either_url)
    yield Memory(database, Vault(bytes(32)), FolderShelf(tmp_path / "calls"))
    database.close()


@pytest.fixture
def people(memory: Memory, tmp_path: Path) -> tuple[Filling, Filling]:
    """Two people, each with a row in every table that holds somebody's data, and with files."""
    both = Filling(memory, HIS, 1), Filling(memory, OTHER, 2)
    fill(memory, both)
    for one in both:
        memory.recordings.keep(one.call, bytes(8000), bytes(8000))
        for ending in (".journal", ".0123abcd.caller.part", ".jsonl", ".wav"):
            (tmp_path / "calls" / f"{one.call}{ending}").write_bytes(b"private")
    return both


def dump(memory: Memory) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table."""
    with memory.database.reading() as session:
        return {
            table.name: [dict(row._mapping) for row in session.execute(select(table))]
            for table in Model.metadata.sorted_tables
        }


def test_every_table_is_told_whose_it_is() -> None:
    """A new table must be told, or the erasure would not know of it."""
    assert set(WHOSE) == {table.name for table in Model.metadata.sorted_tables}
    assert {name for name, whose in WHOSE.items() if whose == "person"} == set(TABLES)
    assert set(KEPT) <= set(TABLES)


def test_the_copy_holds_every_column(memory: Memory, people: tuple[Filling, Filling], tmp_path: Path) -> None:
    his, other = people
    told = json.dumps(copy_of(memory, "+86 138 0000 6612"), ensure_ascii=False, default=str)
    missing = {where for text, where in his.texts.items() if text not in told}
    assert missing <= NOT_TOLD
    assert len(his.texts) > 80
    assert not [where for text, where in other.texts.items() if text in told]
    assert OTHER not in told
    (wav,) = recordings_of(memory, HIS, tmp_path / "copy")
    assert wav.name == "call-of-1.wav"


def test_the_erasure_leaves_what_the_law_keeps_and_nothing_else(
    memory: Memory, people: tuple[Filling, Filling], tmp_path: Path
) -> None:
    his, other = people
    before = dump(memory)
    gone = erase(memory, HIS, tmp_path / "calls")
    assert gone["calls"] == gone["tickets"] == gone["lessons"] == gone["done_keys"] == 1
    after = dump(memory)
    for name, rows in after.items():
        for row in rows:
            for column, value in row.items():
                check(his, name, column, value)
    mine = {name: [row for row in rows if belongs(other, row)] for name, rows in before.items()}
    assert {name: [row for row in rows if belongs(other, row)] for name, rows in after.items()} == mine
    left = {path.name for path in (tmp_path / "calls").iterdir()}
    assert {name for name in left if "call-of-1" in name} == set()
    assert len(left) == 5
    assert erase(memory, HIS, tmp_path / "calls")["calls"] == 0


def check(his: Filling, table: str, column: str, value: Any) -> None:
    """May this stand there after the erasure?"""
    if table in KEPT:
        return
    assert value not in his.seals, (table, column)
    shown = json.dumps(value, ensure_ascii=False, default=str)
    assert HIS not in shown, (table, column, value)
    found = [text for text in his.texts if text in shown]
    assert not found or column in REMAINS.get(table, ()), (table, column, value)


def belongs(one: Filling, row: dict[str, Any]) -> bool:
    """Is this a row of this person?"""
    shown = json.dumps(row, ensure_ascii=False, default=str)
    return any(text in shown for text in one.texts) or one.phone in shown


def test_nobody_is_erased_while_he_is_being_rung(memory: Memory, people: tuple[Filling, Filling]) -> None:
    with memory.database.writing() as session:
        session.execute(text("UPDATE campaign_dials SET outcome = NULL WHERE id = 'd1'"))
    with pytest.raises(VoicebotError, match="ringing this number now"):
        erase(memory, HIS)
    assert len(copy_of(memory, HIS)["calls"]) == 1


@pytest.mark.parametrize("phone", ["", "-", "' OR 1=1 --", "%"])
def test_a_number_that_is_none_is_nobodys(
    memory: Memory, people: tuple[Filling, Filling], phone: str
) -> None:
    before = dump(memory)
    copy = copy_of(memory, phone)
    assert copy["calls"] == []
    assert not any(copy["shop"].values())
    assert not any(erase(memory, phone).values())
    assert dump(memory) == before


def test_a_caller_without_a_number_is_known_by_his_account(
    memory: Memory, people: tuple[Filling, Filling]
) -> None:
    with memory.database.writing() as session:
        session.execute(text("UPDATE calls SET caller = NULL, caller_digest = NULL"))
    assert [call["summary"]["name"] for call in copy_of(memory, HIS)["calls"]] == ["call-of-1"]
    assert erase(memory, HIS)["calls"] == 1
    assert len(copy_of(memory, OTHER)["calls"]) == 1
