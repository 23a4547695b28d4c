"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from tests.watchman import pytest_configure  # noqa: F401 - pytest calls it

os.environ.setdefault("OMP_NUM_THREADS", "1")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def testdata() -> Path:
    """Third-party recordings and tables that are not part of the project; skips where they are absent."""
    folder = Path(os.environ.get("VOICEBOT_TESTDATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no third-party test data in {folder}; set VOICEBOT_TESTDATA to its folder")
    return folder


@pytest.fixture(scope="session")
def empty_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite database with tables and nothing in them, to be copied."""
    from voicebot.store.migrate import upgrade

    file = tmp_path_factory.mktemp("empty") / "shop.db"
    upgrade(str(file))
    return file


_MADE: set[str] = set()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def either_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of either kind with tables and nothing in them: SQLite in `tmp_path`/shop.db, and PostgreSQL."""
    if request.param == "sqlite":
        empty: Path = request.getfixturevalue("empty_shop")
        (tmp_path / "shop.db").write_bytes(empty.read_bytes())
        return f"sqlite:///{tmp_path / 'shop.db'}"
    url = os.environ.get("VOICEBOT_TEST_POSTGRES")
    if not url:
        pytest.skip("VOICEBOT_TEST_POSTGRES names no PostgreSQL database to test on")
    _emptied(url)
    return url


def _emptied(url: str) -> None:
    """Made anew at the first time, and whenever another test has removed the tables; else only emptied."""
    from voicebot.store.database import connectable, read_url
    from voicebot.store.migrate import upgrade
    from voicebot.store.model import Model

    engine = connectable(read_url(url))
    with engine.begin() as connection:
        there = set(inspect(connection).get_table_names()) - {"alembic_version"}
        whole = url in _MADE and there == set(Model.metadata.tables)
        if whole:
            connection.execute(text(f"TRUNCATE {', '.join(sorted(there))} RESTART IDENTITY CASCADE"))
        else:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    if not whole:
        upgrade(url)
        _MADE.add(url)
