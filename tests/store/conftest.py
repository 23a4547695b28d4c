"""A database of either kind, empty."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from voicebot.store.database import connectable, read_url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without tables; PostgreSQL only where VOICEBOT_TEST_POSTGRES names one."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'shop.db'}"
        return
    url = os.environ.get("VOICEBOT_TEST_POSTGRES")
    if not url:
        pytest.skip("VOICEBOT_TEST_POSTGRES names no PostgreSQL database to test on")
    clear(url)
    yield url
    clear(url)


def clear(url: str) -> None:
    """Remove everything from a PostgreSQL database."""
    engine = connectable(read_url(url))
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
