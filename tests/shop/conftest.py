"""The demonstration shop, made once and copied for each test that may change it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from voicebot.shop.demo.prepare import prepare_demo
from voicebot.shop.rules import Rules, load_rules
from voicebot.shop.shop import SqlShop
from voicebot.store.migrate import open_database

NOW = datetime(2026, 11, 20, 10, 0)


@pytest.fixture(scope="session")
def rules(root: Path) -> Rules:
    """The shop's rules as they are shipped."""
    return load_rules(root / "config" / "rules.yaml")


@pytest.fixture(scope="session")
def demo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration shop in an SQLite file that nobody changes."""
    file = tmp_path_factory.mktemp("demo") / "shop.db"
    prepare_demo(str(file))
    return file


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def shop(request: pytest.FixtureRequest, tmp_path: Path, rules: Rules) -> Iterator[SqlShop]:
    """A demonstration shop of one's own on either database, at ten o'clock on 2026-11-20."""
    if request.param == "sqlite":
        url = str(tmp_path / "shop.db")
        shutil.copy(request.getfixturevalue("demo_file"), url)
    else:
        url = os.environ.get("VOICEBOT_TEST_POSTGRES", "")
        if not url:
            pytest.skip("VOICEBOT_TEST_POSTGRES names no PostgreSQL database to test on")
        prepare_demo(url, renew=True)
    database = open_database(url)
    yield SqlShop(database, rules, lambda: NOW)
    database.close()


@pytest.fixture(scope="session")
def unchanged(demo_file: Path, rules: Rules) -> Iterator[SqlShop]:
    """A demonstration shop for tests that only look."""
    database = open_database(str(demo_file))
    yield SqlShop(database, rules, lambda: NOW)
    database.close()


@pytest.fixture(scope="session")
def listed(demo_file: Path) -> dict[str, list[dict[str, Any]]]:
    """Every list of the demonstration shop."""
    from voicebot.shop.listing import LISTS

    database = open_database(str(demo_file))
    with database.reading() as session:
        found = {name: list(rows(session)) for name, rows in LISTS.items()}
    database.close()
    return found
