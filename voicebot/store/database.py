"""A database by its URL: SQLite in a file by default, PostgreSQL by changing the URL.

SQLite runs in WAL mode, so that readers never wait for the one writer; a writing session takes the write lock
when it begins (BEGIN IMMEDIATE), so that two writers queue up instead of failing half-way. Sessions are short:
open one, read or write, close it. Every method is safe to call from several threads.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.orm import Session, sessionmaker

from voicebot.errors import VoicebotError

DEFAULT_URL = "sqlite:///var/voicebot.db"
"""Where the shop's data lie unless told otherwise: a file under the working directory."""

PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=10000")
DRIVERS = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg", "sqlite": "sqlite"}


def read_url(text: str) -> URL:
    """The URL that `text` means; a bare path means an SQLite file. Raises VoicebotError for anything else."""
    try:
        url = make_url(text if "://" in text else f"sqlite:///{text}")
    except ArgumentError:
        raise VoicebotError(
            f"the database URL {text.rpartition('@')[2]!r} cannot be read; "
            "write sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME"
        ) from None
    url = url.set(drivername=DRIVERS.get(url.drivername, url.drivername))
    if url.drivername not in {"sqlite", "postgresql+psycopg"}:
        raise VoicebotError(
            f"the database URL {hidden(url)} names {url.drivername!r}; only sqlite and postgresql are supported"
        )
    return url


def hidden(url: URL | str) -> str:
    """The URL as it may be shown: without the password."""
    return (make_url(url) if isinstance(url, str) else url).render_as_string(hide_password=True)


def file_of(url: URL) -> Path | None:
    """The SQLite file that the URL names, or None for another kind of database."""
    if url.drivername != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return Path(url.database)


def connectable(url: URL) -> Engine:
    """An engine for the URL: pooled, and for SQLite with foreign keys, WAL and explicit transactions."""
    try:
        if url.drivername == "sqlite":
            engine = create_engine(url, pool_size=8, max_overflow=24)
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        return create_engine(url, pool_size=8, max_overflow=8, pool_pre_ping=True, connect_args=_patience())
    except NoSuchModuleError:
        raise VoicebotError(f"the database URL {hidden(url)} needs a driver that is not installed") from None


def _patience() -> dict[str, Any]:
    return {"connect_timeout": 10}


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


class Database:
    """An open database whose schema is known to be right. Build it with `migrate.open_database`."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self.engine = connectable(url)
        self._reads = sessionmaker(self.engine, expire_on_commit=False)
        self._writes = sessionmaker(self.engine.execution_options(writing=True), expire_on_commit=False)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A short session that changes nothing."""
        with explained(self.url), self._reads() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A short session in one transaction: committed at the end, rolled back on any error."""
        with explained(self.url), self._writes.begin() as session:
            yield session

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


@contextmanager
def explained(url: URL) -> Iterator[None]:
    """Turn the failures of a database that cannot be used into one sentence; others pass through."""
    try:
        yield
    except DBAPIError as error:
        if type(error).__name__ not in {"OperationalError", "ProgrammingError", "DatabaseError"}:
            raise
        reason = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else "no reason given"
        raise VoicebotError(
            f"the database {hidden(url)} cannot be used ({reason}); check that it exists and can be reached, "
            "then run `voicebot database upgrade`"
        ) from error
