"""`voicebot privacy`: one person's copy and erasure, what is too old, and another key."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from voicebot.cli.output import emit, remarks
from voicebot.errors import VoicebotError

if TYPE_CHECKING:
    from voicebot.app import App
    from voicebot.records.memory import Memory

Config = Annotated[Path | None, typer.Option(help="Folder of the settings.")]
Database = Annotated[str | None, typer.Option(help="Another database than the settings'.")]
Phone = Annotated[str, typer.Option(help="The person's telephone number.")]
Why = Annotated[str, typer.Option(help="The reason, for the audit.")]


def register(app: typer.Typer) -> None:
    """Add the command group to the program."""
    group = typer.Typer(
        no_args_is_help=True,
        help="Export or erase one person's data; clear what is too old; change the key.",
    )
    app.add_typer(group, name="privacy")
    group.command()(export)
    group.command()(erase)
    group.command()(purge)
    group.command()(rotate)


def export(
    phone: Phone,
    out: Annotated[Path, typer.Option(help="A new folder for the copy.")],
    why: Why = "本人要求（个人信息保护法第四十五条）",
    config: Config = None,
    database: Database = None,
) -> None:
    """Write everything that is held of this number into a folder: person.json and the recordings, in clear."""
    from voicebot.app.person import copy_of, messages_of, recordings_of

    app, memory = _opened(config, database)
    _check(phone)
    if out.exists():
        raise VoicebotError(f"{out} is there already; name a new folder")
    copy = {**copy_of(memory, phone), "messages": messages_of(app.config, phone)}
    out.mkdir(parents=True, mode=0o700)
    handle = os.open(out / "person.json", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(copy, file, ensure_ascii=False, indent=1, default=str)
    files = recordings_of(memory, phone, out / "recordings")
    _noted(app, memory, "export", phone, why)
    remarks.print(f"{len(copy['calls'])} calls and {len(files)} recordings were written to {out}")


def erase(
    phone: Phone,
    why: Why = "本人要求（个人信息保护法第四十七条）",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    config: Config = None,
    database: Database = None,
    as_json: Annotated[bool, typer.Option("--json", help="One object with the counts.")] = False,
) -> None:
    """Erase the calls of this number and what it said; orders stay, as the law wants it."""
    from voicebot.app.person import erase as erase_all
    from voicebot.app.person import forget_messages

    app, memory = _opened(config, database)
    _check(phone)
    if not yes and not typer.confirm("erase everything that this number said? It cannot be undone"):
        raise typer.Exit(1)
    gone = erase_all(memory, phone, app.config.path(app.config.recording.folder))
    gone["messages"] = forget_messages(app.config, phone)
    _noted(app, memory, "erase", phone, why)
    if as_json:
        emit(gone)
    else:
        print(", ".join(f"{count} {name}" for name, count in gone.items()))
    remarks.print(
        "orders, the account and the wish not to be rung stay; copies in backups stay until they expire"
    )


def purge(
    config: Config = None,
    database: Database = None,
    as_json: Annotated[bool, typer.Option("--json", help="One object with the counts.")] = False,
) -> None:
    """Clear what is older than the settings' section privacy.keep says; the server does it by itself once a day."""
    import dataclasses

    from voicebot.app.retaining import clear

    app, memory = _opened(config, database)
    gone = clear(app.config, memory, app.now(), "command line")
    memory.database.close()
    counts = dataclasses.asdict(gone)
    if as_json:
        emit(counts)
    else:
        print(", ".join(f"{count} {name}" for name, count in counts.items()))


def rotate(
    config: Config = None,
    database: Database = None,
    as_json: Annotated[bool, typer.Option("--json", help="One object with the counts.")] = False,
) -> None:
    """Make a new key and seal everything with it; calls go on. Interrupted, it goes on when it is run again."""
    import dataclasses

    from voicebot.app import App
    from voicebot.app.rotating import rotate as rotate_all
    from voicebot.config import load

    def told(what: str, count: int) -> None:
        remarks.print(f"{count} {what}")

    app = App(load(config))
    counts = dataclasses.asdict(rotate_all(app.config, database, app.now(), told))
    if as_json:
        emit(counts)
    else:
        print(", ".join(f"{count} {name}" for name, count in counts.items()))
    remarks.print("the new key holds, and nothing is left that the old one opens; keep a copy of the new one")


def _opened(config: Path | None, database: str | None) -> tuple[App, Memory]:
    from voicebot.app import App
    from voicebot.app.memory import open_memory
    from voicebot.config import load

    app = App(load(config))
    return app, open_memory(app.config, database)


def _check(phone: str) -> None:
    from voicebot.records.vault import plain_phone

    if len(plain_phone(phone)) < 5:
        raise VoicebotError("--phone needs a whole telephone number, such as 13800138000")


def _noted(app: App, memory: Memory, what: str, phone: str, why: str) -> None:
    from voicebot.records.audit import Deed
    from voicebot.records.person import about_person

    memory.audit.note(Deed(app.now(), "command line", what, about_person(memory, phone)[0], why))
    memory.database.close()
