"""`voicebot users`: who may use the console."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from voicebot.cli.output import emit, remarks

if TYPE_CHECKING:
    from voicebot.app import App
    from voicebot.records.memory import Memory

Config = Annotated[Path | None, typer.Option(help="Folder of the settings.")]
Database = Annotated[str | None, typer.Option(help="Another database than the settings'.")]
Name = Annotated[str, typer.Argument(help="The user's name.")]


def register(app: typer.Typer) -> None:
    """Add the command group to the program."""
    group = typer.Typer(no_args_is_help=True, help="Add, list and remove the users of the console.")
    app.add_typer(group, name="users")
    group.command("list")(listed)
    group.command()(add)
    group.command()(password)
    group.command()(remove)


def listed(
    config: Config = None,
    database: Database = None,
    as_json: Annotated[bool, typer.Option("--json", help="One object a user.")] = False,
) -> None:
    """Show everybody with role and skills."""
    _, memory = _memory(config, database)
    for user in memory.users.listed():
        if as_json:
            emit({"name": user.name, "role": user.role, "skills": list(user.skills)})
        else:
            print(f"{user.name:20} {user.role:12} {' '.join(user.skills)}".rstrip())
    memory.database.close()


def add(
    name: Name,
    role: Annotated[str, typer.Option(help="agent, operations or admin.")] = "agent",
    skill: Annotated[list[str] | None, typer.Option(help="A topic for which callers are brought.")] = None,
    config: Config = None,
    database: Database = None,
) -> None:
    """Add a user. The password is asked for; an empty one lets one be made, which is printed once."""
    app, memory = _memory(config, database)
    secret, made = _password()
    memory.users.add(name, role, secret, app.now(), skill or ())
    _noted(app, memory, f"add {name}", role)
    _tell_password(name, secret, made)


def password(name: Name, config: Config = None, database: Database = None) -> None:
    """Give a new password; the user's logins end."""
    app, memory = _memory(config, database)
    secret, made = _password()
    memory.users.change_password(name, secret)
    _noted(app, memory, f"password {name}", "")
    _tell_password(name, secret, made)


def remove(name: Name, config: Config = None, database: Database = None) -> None:
    """Remove a user with its logins and tokens."""
    app, memory = _memory(config, database)
    memory.users.remove(name)
    _noted(app, memory, f"remove {name}", "")
    remarks.print(f"{name} was removed")


def _memory(config: Path | None, database: str | None) -> tuple[App, Memory]:
    from voicebot.app import App
    from voicebot.app.memory import open_memory
    from voicebot.config import load

    app = App(load(config))
    return app, open_memory(app.config, database)


def _password() -> tuple[str, bool]:
    import secrets
    import sys

    if sys.stdin.isatty():
        given = typer.prompt("password (empty: one is made)", default="", hide_input=True, show_default=False)
    else:
        given = sys.stdin.readline().rstrip("\n")
    return (given, False) if given else (secrets.token_urlsafe(12), True)


def _tell_password(name: str, secret: str, made: bool) -> None:
    if made:
        print(secret)
        remarks.print(f"this is the password of {name}; it is not shown again")
    else:
        remarks.print(f"the password of {name} was set")


def _noted(app: App, memory: Memory, about: str, why: str) -> None:
    from voicebot.records.audit import Deed

    memory.audit.note(Deed(app.now(), "command line", "users", about, why))
    memory.database.close()
