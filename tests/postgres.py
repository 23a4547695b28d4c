"""The PostgreSQL database that tests may use: VOICEBOT_TEST_POSTGRES names it, and everything in it is removed."""

from __future__ import annotations

import os

import pytest
from sqlalchemy import text

from voicebot.store.database import connectable, read_url


def database_url() -> str:
    """Its URL. Skips where there is none."""
    url = os.environ.get("VOICEBOT_TEST_POSTGRES", "")
    if not url:
        pytest.skip("VOICEBOT_TEST_POSTGRES names no PostgreSQL database to test on")
    return url


def clear(url: str) -> None:
    """Remove everything from it."""
    engine = connectable(read_url(url))
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
