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
    from voicebot.nlu.catalogue import Catalogue
    from voicebot.nlu.understanding import Intent, Understanding


def register(app: typer.Typer) -> None:
    """Add the command `understand`."""
    app.command("understand")(understand_command)


def understand_command(
    expecting: Annotated[str | None, typer.Option(help="What was asked, as yes_no or order_number.")] = None,
    asr: Annotated[bool, typer.Option("--asr", help="The text was recognised, not typed.")] = False,
    today: Annotated[str | None, typer.Option(help="The day that 昨天 is counted from: 2026-11-20.")] = None,
    config: Annotated[Path | None, typer.Option(help="Folder of the settings.")] = None,
    database: Annotated[
        str | None,
        typer.Option(envvar="VOICEBOT_DATABASE", help="A shop whose goods are known by their names."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a sentence.")] = False,
) -> None:
    """Say what the sentences on standard input mean, one a line.

    A sentence that only gives a detail (尾号一三八八) has the intent that it most likely belongs to, or none.
    """
    from voicebot.app import App
    from voicebot.config import load
    from voicebot.events import Transcript

    bot = App(load(config))
    day = bot.now().date() if today is None else _day(today)
    catalogue = _catalogue(database) if database else None
    understander = bot.understander
    for line in sys.stdin:
        if text := line.strip():
            heard = Transcript.of(text, "free" if asr else "text")
            meant = understander.understand(heard, expecting=expecting, today=day, catalogue=catalogue)
            _show(meant, as_json, understander.thresholds.confirm)


def _catalogue(database: str) -> Catalogue:
    from voicebot.nlu.catalogue import Catalogue, Product
    from voicebot.shop.goods import goods_of
    from voicebot.store.migrate import open_database

    goods = goods_of(open_database(database))
    return Catalogue.of(Product(one.code, one.name, (one.short, *one.aliases)) for one in goods)


def record(meant: Understanding, least: float = 0.5) -> dict[str, Any]:
    """An understanding as plain data, with no intents but those of the interface.

    A bare detail has the intents that its words would have with nothing asked, as far as they reach `least`.
    """
    return {
        "text": meant.text,
        "intents": [{"name": one.name, "confidence": one.confidence} for one in _named(meant, least)],
        "slots": {name: {"value": slot.value, "text": slot.text} for name, slot in meant.slots.items()},
        "mood": meant.mood,
        "turn": meant.turn,
    }


def _named(meant: Understanding, least: float) -> tuple[Intent, ...]:
    from voicebot.nlu.intent import INFORM, OUT_OF_SCOPE

    if meant.intent != INFORM:
        return meant.intents
    return tuple(one for one in meant.unasked if one.confidence >= least and one.name != OUT_OF_SCOPE)


def _show(meant: Understanding, as_json: bool, least: float) -> None:
    if as_json:
        emit(record(meant, least))
        return
    wanted = ", ".join(f"{one.name} {one.confidence:.2f}" for one in _named(meant, least)) or "a detail"
    details = ", ".join(f"{name} {slot.value}" for name, slot in meant.slots.items())
    print(f"{meant.text}  ->  {wanted}  [{details}]  {meant.mood}, {meant.turn}", flush=True)


def _day(today: str) -> date:
    try:
        return date.fromisoformat(today)
    except ValueError:
        raise VoicebotError(f"--today {today!r} is not a day; write it like 2026-11-20.") from None
