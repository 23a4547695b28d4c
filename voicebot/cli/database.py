"""`voicebot database`: make, upgrade and look at the database of the shop."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from voicebot.cli.output import emit, remarks
from voicebot.store.database import DEFAULT_URL

Url = Annotated[
    str,
    typer.Option(
        "--database",
        envvar="VOICEBOT_DATABASE",
        help="sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]


def register(app: typer.Typer) -> None:
    """Add the command group to the program."""
    group = typer.Typer(no_args_is_help=True, help="Make, upgrade and look at the shop's database.")
    app.add_typer(group, name="database")
    group.command()(upgrade)
    group.command()(downgrade)
    group.command()(current)
    group.command()(prepare)


def upgrade(
    database: Url = DEFAULT_URL,
    to: Annotated[str, typer.Option(help="The revision to reach.")] = "head",
    as_json: AsJson = False,
) -> None:
    """Create the tables, or bring them to what this version needs; data are kept."""
    from voicebot.store import migrate

    _tell(database, migrate.upgrade(database, to), as_json)


def downgrade(
    to: Annotated[str, typer.Argument(help='The revision to go back to; "base" removes every table.')],
    database: Url = DEFAULT_URL,
    as_json: AsJson = False,
) -> None:
    """Go back to an earlier schema; what only the later one can hold is lost."""
    from voicebot.store import migrate

    _tell(database, migrate.downgrade(database, to), as_json)


def current(database: Url = DEFAULT_URL, as_json: AsJson = False) -> None:
    """Say which schema the database has."""
    from voicebot.store import migrate

    migrate.open_database(database).close()
    _tell(database, migrate.revision(database), as_json)


def prepare(
    demo: Annotated[bool, typer.Option("--demo", help="Fill it with the demonstration shop.")] = False,
    database: Url = DEFAULT_URL,
    today: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The demonstration's day.", show_default="2026-11-20"),
    ] = None,
    renew: Annotated[bool, typer.Option("--renew", help="Write the demonstration anew.")] = False,
    as_json: AsJson = False,
) -> None:
    """Create and upgrade the database, learn what is bought together, or fill it with the demonstration shop."""
    from voicebot.shop.demo.prepare import ANCHOR, prepare_demo
    from voicebot.shop.pairings import learn
    from voicebot.store import migrate

    if demo:
        written = prepare_demo(database, today.date() if today else ANCHOR, renew)
        remarks.print("the demonstration shop was written" if written else "the demonstration shop is there")
    else:
        migrate.upgrade(database)
        store = migrate.open_database(database)
        with store.writing() as session:
            remarks.print(f"{learn(session)} rules of what is bought together")
        store.close()
    _tell(database, migrate.revision(database), as_json)


def _tell(url: str, revision: str | None, as_json: bool) -> None:
    from voicebot.store.database import hidden, read_url

    shown = hidden(read_url(url))
    if as_json:
        emit({"database": shown, "revision": revision})
    else:
        print(f"{shown}: {'no tables' if revision is None else f'schema {revision}'}")
