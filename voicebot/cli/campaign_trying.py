"""Campaigns before they begin: a call by text and as sound, and who would be rung when."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from voicebot.cli.campaign_options import AsJson, Contacts, File, Settings, Url, files_of, if_there
from voicebot.cli.output import emit, remarks
from voicebot.errors import VoicebotError

if TYPE_CHECKING:
    from voicebot.app import App
    from voicebot.app.campaign_files import CampaignFiles


def preview(
    file: File,
    say: Annotated[
        list[str] | None, typer.Option("--say", help="What the customer says, turn by turn.")
    ] = None,
    line: Annotated[int | None, typer.Option(help="The contact in this line of the table.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the bot's speech to this WAV file.")
    ] = None,
    voice: Annotated[str | None, typer.Option(help="The bot's voice; default: the settings'.")] = None,
    contacts: Contacts = None,
    config: Settings = None,
    as_json: AsJson = False,
) -> None:
    """Hear a call before anybody is rung: by text, and as sound with --out. An empty line is silence."""
    from voicebot.app.campaign_preview import rehearse, shop_for_trying

    app, files = files_of(file, config)
    contact = _contact(app, files, contacts, line)
    now, spoken = app.now(), []
    with shop_for_trying(app, now) as shop:
        call = rehearse(app, files, contact, shop, now)
        turn = call.begin()
        sayings = iter(say) if say is not None else _typed()
        while True:
            spoken += turn.say
            emit(turn.as_json()) if as_json else print("\n".join(f"机器人：{text}" for text in turn.say))
            text = None if call.driver.over else next(sayings, None)
            if text is None:
                break
            if say is not None and not as_json:
                print(f"客户：{text}")
            turn = call.driver.say(text) if text else call.driver.silence()
    if out is not None:
        _speak(app.with_voice(voice), spoken, out)


def dry_run(
    file: File,
    contacts: Contacts = None,
    database: Url = None,
    config: Settings = None,
    as_json: AsJson = False,
) -> None:
    """Who would be rung when, and who not and why; nothing is written down."""
    from collections import Counter

    from voicebot.app.campaign_preview import audience_of
    from voicebot.app.campaign_preview import dry_run as rows_of

    app, files = files_of(file, config)
    known = if_there(app, database)
    try:
        rows = rows_of(app, files, audience_of(app, files, known, contacts), known)
    finally:
        if known is not None:
            known.close()
    for row in rows:
        if as_json:
            emit(row)
        else:
            print(f"{row['line']:>6}  {row['phone']:<16} {row['when'] or '-':<26} {row['because']}")
    counted = Counter("rung" if row["when"] else "not rung" for row in rows)
    remarks.print(f"{counted['rung']} would be rung, {counted['not rung']} not; nobody was")


def _contact(app: App, files: CampaignFiles, contacts: Path | None, line: int | None) -> Any:
    from voicebot.app.campaign_preview import table_of

    if contacts is None and files.definition.audience.file is None:
        return None
    table = table_of(files, contacts, app.now())
    found = [one for one in table.contacts.contacts if line is None or one.line == line]
    if not found:
        raise VoicebotError(
            f"{table.name} has no contact in line {line}" if line else f"{table.name} has no contact"
        )
    return found[0]


def _typed() -> Iterator[str]:
    import sys

    for text in sys.stdin:
        yield text.strip()


def _speak(app: App, texts: list[str], out: Path) -> None:
    from voicebot.app.campaign_preview import speech
    from voicebot.audio import write_wav

    write_wav(out, speech(app, texts))
    remarks.print(f"the bot's side of the call is in {out}")
