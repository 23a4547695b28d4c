"""Databases by URL: what is refused, what is hidden, what SQLite is told, and threads."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from voicebot.errors import VoicebotError
from voicebot.store.database import file_of, hidden, read_url
from voicebot.store.migrate import open_database, upgrade


def test_a_bare_path_is_an_sqlite_file() -> None:
    assert file_of(read_url("var/shop.db")) == Path("var/shop.db")


@pytest.mark.parametrize(
    "text", ["postgres://a:b@h/n", "postgresql://a:b@h/n", "postgresql+psycopg://a:b@h/n"]
)
def test_postgres_urls_name_the_driver_that_is_installed(text: str) -> None:
    assert read_url(text).drivername == "postgresql+psycopg"


def test_a_password_is_never_shown() -> None:
    assert "geheim" not in hidden(read_url("postgresql://user:geheim@host/name"))


@pytest.mark.parametrize("text", ["mysql://u:geheim@h/x", "://u:geheim@h", "oracle+x://u:geheim@h/x"])
def test_other_urls_are_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(VoicebotError, match=r"sqlite") as caught:
        read_url(text)
    assert "geheim" not in str(caught.value)


def test_sqlite_checks_foreign_keys_and_writes_ahead(tmp_path: Path) -> None:
    url = str(tmp_path / "shop.db")
    upgrade(url)
    database = open_database(url)
    with database.reading() as session:
        assert session.execute(text("PRAGMA foreign_keys")).scalar() == 1
        assert session.execute(text("PRAGMA journal_mode")).scalar() == "wal"
    with pytest.raises(IntegrityError), database.writing() as session:
        session.execute(
            text("INSERT INTO variants (product_code, colour, size, stock) VALUES ('X', '', '', 1)")
        )
    database.close()


def test_a_failed_transaction_leaves_nothing(empty_url: str) -> None:
    upgrade(empty_url)
    database = open_database(empty_url)

    def fail() -> None:
        with database.writing() as session:
            session.execute(text("INSERT INTO facts (key, value) VALUES ('a', 'b')"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM facts")).scalar() == 0
    database.close()


def test_many_threads_write_without_losing_anything(empty_url: str) -> None:
    upgrade(empty_url)
    database = open_database(empty_url)

    def write(name: int) -> None:
        for step in range(5):
            with database.writing() as session:
                session.execute(
                    text("INSERT INTO facts (key, value) VALUES (:key, 'x')"), {"key": f"{name}.{step}"}
                )

    threads = [threading.Thread(target=write, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM facts")).scalar() == 40
    database.close()
