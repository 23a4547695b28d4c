"""voicebot understand: what sentences mean."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from voicebot.cli.output import emit
from voicebot.errors import VoicebotError

if TYPE_CHECKING:
    from voicebot.nlu.understanding import Understanding


def register(app: typer.Typer) -> None:
    """Add the command `understand`."""
    app.command("understand")(understand_command)


def understand_command(
    expecting: Annotated[str | None, typer.Option(help="What was asked, as yes_no or order_number.")] = None,
    asr: Annotated[bool, typer.Option("--asr", help="The text was recognised, not typed.")] = False,
    today: Annotated[str | None, typer.Option(help="The day that 昨天 is counted from: 2026-11-20.")] = None,
    config: Annotated[Path | None, typer.Option(help="Folder of the settings.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a sentence.")] = False,
) -> None:
    """Say what the sentences on standard input mean, one a line."""
    from voicebot.app import App
    from voicebot.config import load
    from voicebot.events import Transcript

    bot = App(load(config))
    day = bot.now().date() if today is None else _day(today)
    for line in sys.stdin:
        if text := line.strip():
            heard = Transcript.of(text, "free" if asr else "text")
            _show(bot.understander.understand(heard, expecting=expecting, today=day), as_json)


def record(meant: Understanding) -> dict[str, Any]:
    """An understanding as plain data."""
    return {
        "text": meant.text,
        "intents": [{"name": one.name, "confidence": one.confidence} for one in meant.intents],
        "slots": {name: {"value": slot.value, "text": slot.text} for name, slot in meant.slots.items()},
        "mood": meant.mood,
        "turn": meant.turn,
    }


def _show(meant: Understanding, as_json: bool) -> None:
    if as_json:
        emit(record(meant))
        return
    wanted = ", ".join(f"{one.name} {one.confidence:.2f}" for one in meant.intents)
    details = ", ".join(f"{name} {slot.value}" for name, slot in meant.slots.items())
    print(f"{meant.text}  ->  {wanted}  [{details}]  {meant.mood}, {meant.turn}", flush=True)


def _day(today: str) -> date:
    try:
        return date.fromisoformat(today)
    except ValueError:
        raise VoicebotError(f"--today {today!r} is not a day; write it like 2026-11-20.") from None
