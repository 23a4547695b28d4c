"""`voicebot talk`: a call over this machine's microphone and loudspeaker."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from voicebot.cli.output import remarks

if TYPE_CHECKING:
    from voicebot.app import App
    from voicebot.replay.log import Entry
    from voicebot.telephony.microphone import Card, MicrophoneLine


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("talk")(talk)


def talk(
    caller: Annotated[str | None, typer.Option(help="The number that the call comes from.")] = None,
    config: Annotated[Path | None, typer.Option(help="Folder of the settings.")] = None,
    voice: Annotated[str | None, typer.Option(help="The bot's voice; default: the settings'.")] = None,
) -> None:
    """Speak with the bot. The call is kept like any other.

    A line of keys (12#) presses them; an empty line, or Ctrl-C, hangs up. Use a headset.
    """
    from voicebot.app import App
    from voicebot.config import load
    from voicebot.telephony.microphone import system_card

    app, card = App(load(config)).with_voice(voice), system_card()
    for name, make in app.warming():
        remarks.print(f"loading {name}")
        make()
    asyncio.run(_talk(app, card, caller))


async def _talk(app: App, card: Card, caller: str | None) -> None:
    from voicebot.app.engines import close
    from voicebot.app.house import house, remembering_of
    from voicebot.replay.log import CallLog
    from voicebot.runtime.lobby import Lobby
    from voicebot.runtime.metrics import Metrics
    from voicebot.telephony.microphone import MicrophoneLine
    from voicebot.telephony.reception import Ring

    engines, remembering = app.engines(), remembering_of(app)
    remembering.tidy()
    line = MicrophoneLine(card)
    lobby = Lobby(house(app, engines, remembering), Metrics())
    ring = Ring(f"talk-{app.now():%Y%m%d-%H%M%S}", "microphone", caller)
    line.call = lobby.admit(ring, line, CallLog(_show))
    keyboard = asyncio.create_task(_keys(line))
    try:
        await line.over.wait()
    except asyncio.CancelledError:
        line.put_down()
        await line.over.wait()
    finally:
        keyboard.cancel()
        close(engines)
        remembering.close()
        remembering.memory.database.close()


async def _keys(line: MicrophoneLine) -> None:
    reader = asyncio.StreamReader()
    with contextlib.suppress(OSError, ValueError):
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
        )
        while text := (await reader.readline()).decode(errors="replace"):
            if not text.strip():
                line.put_down()
            for key in text.strip():
                line.press(key)


def _show(entry: Entry) -> None:
    match entry.kind:
        case "say":
            print(f"bot     {entry.data['text']}")
        case "understood":
            print(f"caller  {entry.data['text']}")
        case "keyed":
            print(f"keys    {entry.data['keys']}")
        case "ended":
            remarks.print(f"ended by {entry.data['by']}")
