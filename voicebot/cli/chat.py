"""`voicebot chat`: a conversation by text with the very same call machine."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from voicebot.cli.output import emit, remarks
from voicebot.errors import VoicebotError

if TYPE_CHECKING:
    from voicebot.replay.text import BotTurn


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("chat")(chat)


def chat(
    caller: Annotated[str | None, typer.Option(help="The number that rings.")] = None,
    asr: Annotated[bool, typer.Option("--asr", help="The text came from recognition.")] = False,
    database: Annotated[
        str | None, typer.Option(help="The shop's database; default: a demonstration shop of that day.")
    ] = None,
    at: Annotated[
        str | None, typer.Option(help="The shop's time, as 2026-11-20T10:30; default: now.")
    ] = None,
    config: Annotated[Path | None, typer.Option(help="Folder of the settings.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One object a turn of the bot.")] = False,
) -> None:
    """Talk by text: a line is one thing said, an empty line is silence until the bot speaks again."""
    from voicebot.app import App
    from voicebot.config import load
    from voicebot.replay.text import TextDriver

    app = App(load(config))
    now = app.now() if at is None else _time(at)
    with app.text_shop(database, now) as shop:
        call = app.call(f"chat-{now.isoformat()}", now, shop.catalogue())
        driver = TextDriver(call, shop, source="free" if asr else "text")
        _tell(driver.answer(caller), as_json)
        while not driver.over:
            if not as_json and sys.stdin.isatty():
                remarks.print("> ", end="")
            line = sys.stdin.readline()
            if not line:
                driver.hang_up()
                return
            text = line.strip()
            _tell(driver.say(text) if text else driver.silence(), as_json)


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError as error:
        raise VoicebotError(f"--at {text} is no time; write it as 2026-11-20T10:30") from error


def _tell(turn: BotTurn, as_json: bool) -> None:
    if as_json:
        emit(turn.as_json())
        return
    for text in turn.say:
        print(text)
    if turn.state != "open":
        remarks.print(f"[dim]({turn.state})[/dim]")
