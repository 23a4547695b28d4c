"""What the commands of campaigns share: their options, and how the settings, files and database are opened."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from voicebot.cli.output import remarks
from voicebot.errors import VoicebotError

if TYPE_CHECKING:
    from voicebot.app import App
    from voicebot.app.campaign_files import CampaignFiles
    from voicebot.outbound.campaigns import Campaigns
    from voicebot.records.memory import Memory
    from voicebot.store.database import Database

File = Annotated[Path, typer.Argument(help="The campaign's YAML file.")]
Name = Annotated[str, typer.Argument(help="The campaign's name.")]
Url = Annotated[
    str | None,
    typer.Option("--database", envvar="VOICEBOT_DATABASE", help="Default: the settings' database."),
]
Settings = Annotated[Path | None, typer.Option("--config", help="Folder of the settings.")]
Who = Annotated[
    str, typer.Option("--as", help="Who does it, for the log; default: the login.", show_default=False)
]
Contacts = Annotated[
    Path | None, typer.Option("--contacts", help="A CSV or XLSX file instead of the campaign's.")
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line on standard output.")]


def app_of(config: Path | None) -> App:
    """The shop of these settings."""
    from voicebot.app import App
    from voicebot.config import load

    return App(load(config))


def files_of(file: Path, config: Path | None) -> tuple[App, CampaignFiles]:
    """A campaign's files, checked."""
    from voicebot.app.campaign_files import read_files

    app = app_of(config)
    return app, read_files(app, file)


@contextmanager
def opened(app: App, url: str | None, who: str) -> Iterator[Campaigns]:
    """The campaigns of a database; `who` changes them (default: the login)."""
    from voicebot.app.campaigns import instant
    from voicebot.outbound.campaigns import Campaigns
    from voicebot.store.migrate import open_database

    database = open_database(url or app.config.shop.database)
    try:
        yield Campaigns(database, who or getpass.getuser(), lambda: instant(app))
    finally:
        database.close()


@contextmanager
def remembered(app: App, url: str | None, who: str) -> Iterator[tuple[Campaigns, Memory]]:
    """The campaigns of a database, and the memory of the calls in it."""
    from voicebot.app.campaigns import instant
    from voicebot.app.memory import open_memory
    from voicebot.outbound.campaigns import Campaigns

    memory = open_memory(app.config, url)
    try:
        yield Campaigns(memory.database, who or getpass.getuser(), lambda: instant(app)), memory
    finally:
        memory.database.close()


def if_there(app: App, url: str | None) -> Database | None:
    """The database, or None when none was named and the settings' is not there."""
    from voicebot.store.migrate import open_database

    try:
        return open_database(url or app.config.shop.database)
    except VoicebotError:
        if url is not None:
            raise
        remarks.print("without a database: do-not-call lists and consent that was given before are not known")
        return None
