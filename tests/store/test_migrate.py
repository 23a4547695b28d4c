"""Migrations go up and down with data, and give the tables that the program declares."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

import voicebot.outbound.tables
import voicebot.records.tables  # noqa: F401
from tests.app.test_person import Filling, fill
from voicebot.errors import VoicebotError
from voicebot.records.memory import Memory
from voicebot.records.recordings import FolderShelf
from voicebot.records.vault import Vault
from voicebot.shop.demo.prepare import prepare_demo
from voicebot.store.database import connectable, read_url
from voicebot.store.migrate import downgrade, newest, open_database, revision, upgrade
from voicebot.store.model import Model


def test_the_tables_are_those_declared(empty_url: str) -> None:
    assert upgrade(empty_url) == newest()
    engine = connectable(read_url(empty_url))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Model.metadata) == []
    engine.dispose()


def test_up_and_down_with_data(empty_url: str) -> None:
    prepare_demo(empty_url)
    assert upgrade(empty_url) == newest()
    database = open_database(empty_url)
    with database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM orders")).scalar() >= 300
    database.close()
    assert downgrade(empty_url, "base") is None
    engine = connectable(read_url(empty_url))
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    engine.dispose()
    assert prepare_demo(empty_url)


def test_every_step_back_and_forth_keeps_what_it_can_hold(empty_url: str, tmp_path: Path) -> None:
    """Rows in every table that holds somebody's data: a step back loses what only the later schema can hold."""
    upgrade(empty_url)
    memory = Memory(open_database(empty_url), Vault(bytes(32)), FolderShelf(tmp_path))
    fill(memory, [Filling(memory, "13800006612", 1), Filling(memory, "13912345678", 2)])
    memory.database.close()
    whole = contents(empty_url)
    assert sum(bool(rows) for rows in whole.values()) >= 30
    for step in ("0002", "0001"):
        assert downgrade(empty_url, step) == step
        left = contents(empty_url)
        assert set(left) < set(whole)
        assert left == {name: whole[name] for name in left}
        assert upgrade(empty_url) == newest()
        again = contents(empty_url)
        assert set(again) == set(whole)
        assert again == {name: left.get(name, []) for name in whole}
        whole = again
    engine = connectable(read_url(empty_url))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Model.metadata) == []
    engine.dispose()


def contents(url: str) -> dict[str, list[str]]:
    """Every row of every table that is there, as text."""
    engine = connectable(read_url(url))
    with engine.connect() as connection:
        names = set(inspect(connection).get_table_names()) - {"alembic_version"}
        rows = {name: connection.execute(text(f"SELECT * FROM {name}")) for name in sorted(names)}
        found = {name: sorted(repr(tuple(row)) for row in told) for name, told in rows.items()}
    engine.dispose()
    return found


def test_a_database_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(VoicebotError, match="voicebot database upgrade"):
        open_database(str(tmp_path / "none.db"))
    assert not (tmp_path / "none.db").exists()


def test_a_database_without_tables(empty_url: str) -> None:
    upgrade(empty_url)
    downgrade(empty_url, "base")
    with pytest.raises(VoicebotError, match=r"is empty.*voicebot database upgrade"):
        open_database(empty_url)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    file = tmp_path / "shop.db"
    file.write_text("not a database, though it is long enough to be looked at as one" * 20, encoding="utf-8")
    with pytest.raises(VoicebotError, match="not a database"):
        open_database(str(file))


def test_a_server_that_does_not_answer() -> None:
    with pytest.raises(VoicebotError, match="cannot be used") as caught:
        open_database("postgresql://user:geheim@127.0.0.1:1/shop")
    assert "geheim" not in str(caught.value)


def test_an_unknown_revision(empty_url: str) -> None:
    upgrade(empty_url)
    with pytest.raises(VoicebotError, match="cannot be migrated"):
        downgrade(empty_url, "no-such-revision")
    assert revision(empty_url) == newest()
