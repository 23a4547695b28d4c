"""A memory on a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import clear, database_url
from voicebot.records.memory import Memory
from voicebot.records.recordings import FolderShelf
from voicebot.records.vault import Vault
from voicebot.store.migrate import open_database, upgrade


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with tables and nothing in them, to be copied."""
    file = tmp_path_factory.mktemp("records") / "empty.db"
    upgrade(str(file))
    return file


@pytest.fixture
def memory(empty: Path, tmp_path: Path) -> Iterator[Memory]:
    """A memory with the key of zeros."""
    file = tmp_path / "shop.db"
    file.write_bytes(empty.read_bytes())
    database = open_database(str(file))
    yield Memory(database, Vault(bytes(32)), FolderShelf(tmp_path / "calls"))
    database.close()


@pytest.fixture
def on_postgres(tmp_path: Path) -> Iterator[Memory]:
    """A memory on PostgreSQL, only where VOICEBOT_TEST_POSTGRES names a database for tests."""
    url = database_url()
    clear(url)
    upgrade(url)
    database = open_database(url)
    yield Memory(database, Vault(bytes(32)), FolderShelf(tmp_path / "calls"))
    database.close()
    clear(url)
