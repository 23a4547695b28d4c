"""Bringing a database to the schema that this version of the program knows, and back."""

from __future__ import annotations

from hashlib import sha256
from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import ResolutionError
from alembic.util import CommandError
from sqlalchemy import URL, Connection

from voicebot.errors import VoicebotError
from voicebot.store.database import Database, connectable, explained, file_of, hidden, read_url

HINT = "run `voicebot database upgrade` (or `voicebot database prepare --demo` for the demo shop)"


def open_database(text: str) -> Database:
    """The database of this URL, ready for use. Raises VoicebotError if it is absent or has another schema."""
    url = read_url(text)
    file = file_of(url)
    if file is not None and not file.is_file():
        raise VoicebotError(f"there is no database at {hidden(url)}; {HINT} with --database {hidden(url)}")
    found, wanted = revision(text), newest()
    if found != wanted:
        state = "is empty" if found is None else f"has schema {found}"
        raise VoicebotError(f"the database {hidden(url)} {state}, but this version needs {wanted}; {HINT}")
    return Database(url)


def newest() -> str:
    """The revision that this version of the program needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


def shape() -> str:
    """Eight digits that change with the migrations: a database that was made by others than these is made anew."""
    steps = sorted(
        (files("voicebot.store") / "migrations" / "versions").iterdir(), key=lambda step: step.name
    )
    content = b"".join(step.read_bytes() for step in steps if step.name.endswith(".py"))
    return sha256(content).hexdigest()[:8]


def revision(text: str) -> str | None:
    """The revision that the database has; None when it has no tables of ours."""
    url = read_url(text)
    engine = connectable(url)
    try:
        with explained(url), engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def upgrade(text: str, to: str = "head") -> str:
    """Create or upgrade the tables; makes the folder of an SQLite file. Gives the revision reached."""
    url = read_url(text)
    file = file_of(url)
    if file is not None:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise VoicebotError(f"the folder {file.parent} cannot be made ({error.strerror})") from error
    _run(url, lambda config: command.upgrade(config, to))
    return revision(text) or to


def downgrade(text: str, to: str) -> str | None:
    """Go back to an earlier revision ("base" removes every table). Gives the revision reached."""
    _run(read_url(text), lambda config: command.downgrade(config, to))
    return revision(text)


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("voicebot.store") / "migrations"))
    config.attributes["connection"] = connection
    return config


def _run(url: URL, step: object) -> None:
    assert callable(step)
    engine = connectable(url)
    try:
        with explained(url), engine.execution_options(writing=True).begin() as connection:
            step(_config(connection))
    except (CommandError, ResolutionError) as error:
        raise VoicebotError(f"the database {hidden(url)} cannot be migrated: {error}") from error
    finally:
        engine.dispose()
