"""`voicebot campaign`: calls that the bot places; made, tried, begun, watched, and what came of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from voicebot.cli.campaign_options import (
    AsJson,
    Contacts,
    File,
    Name,
    Settings,
    Url,
    Who,
    app_of,
    files_of,
    opened,
    remembered,
)
from voicebot.cli.campaign_trying import dry_run, preview
from voicebot.cli.output import emit
from voicebot.errors import VoicebotError

if TYPE_CHECKING:
    from voicebot.outbound.importing import Imported


def register(app: typer.Typer) -> None:
    """Add the command group to the program."""
    group = typer.Typer(
        no_args_is_help=True, help="Calls that the bot places: campaigns and what came of them."
    )
    app.add_typer(group, name="campaign")
    for name, command in COMMANDS.items():
        group.command(name)(command)
    for move, says in MOVES.items():
        group.command(move, help=says)(_mover(move))


def create(
    file: File,
    contacts: Contacts = None,
    replace: Annotated[bool, typer.Option("--replace", help="Change the campaign of that name.")] = False,
    database: Url = None,
    config: Settings = None,
    who: Who = "",
    as_json: AsJson = False,
) -> None:
    """Check a campaign's files, and write it down with its contacts. Nobody is rung before `start`."""
    from voicebot.app.campaign_preview import audience_of
    from voicebot.outbound.importing import import_table

    app, files = files_of(file, config)
    audience = files.definition.audience
    with opened(app, database, who) as campaigns:
        wanted = contacts is not None or audience.file is not None or audience.query is not None
        table = audience_of(app, files, campaigns.database, contacts) if wanted else None
        make = campaigns.replace if replace else campaigns.create
        make(files.terms, str(files.path.resolve()))
        name = files.definition.name
        report = None if table is None else import_table(campaigns, name, table)
    if as_json:
        emit({"campaign": name, "imported": None if report is None else report.as_json()})
    else:
        print(f"{name} is ready: voicebot campaign start {name}")
        _tell_import(report)


def add(
    name: Name, contacts: Annotated[Path, typer.Argument(help="CSV or XLSX.")], database: Url = None,
    config: Settings = None, who: Who = "", as_json: AsJson = False,
) -> None:  # fmt: skip
    """Import more contacts into a campaign. The same table a second time changes nothing."""
    from voicebot.app.audience import read_table
    from voicebot.outbound.importing import import_table

    app = app_of(config)
    with opened(app, database, who) as campaigns:
        audience = campaigns.terms(name).definition.audience
        report = import_table(campaigns, name, read_table(contacts, audience, app.now()))
    if as_json:
        emit({"campaign": name, "imported": report.as_json()})
    else:
        _tell_import(report)


def listed(database: Url = None, config: Settings = None, as_json: AsJson = False) -> None:
    """Every campaign, the newest first."""
    with opened(app_of(config), database, "") as campaigns:
        for name, title, state in campaigns.all():
            emit({"campaign": name, "title": title, "state": state}) if as_json else print(
                f"{name:<30} {state:<8} {title}"
            )


def status(name: Name, database: Url = None, config: Settings = None, as_json: AsJson = False) -> None:
    """How a campaign stands: contacts, calls, the funnel, answers, and what keeps contacts waiting."""
    from voicebot.outbound.results import status as of

    with opened(app_of(config), database, "") as campaigns:
        found = of(campaigns.database, name, campaigns.now())
    if as_json:
        emit(found)
        return
    for key, value in found.items():
        shown = (
            "  ".join(f"{one} {count}" for one, count in value.items()) if isinstance(value, dict) else value
        )
        print(f"{key:<12} {shown if shown not in (None, '') else '-'}")


def results(
    name: Name,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write a CSV file (UTF-8 with a mark).")] = None,
    xlsx: Annotated[Path | None, typer.Option("--xlsx", help="Write a workbook with a summary.")] = None,
    database: Url = None,
    config: Settings = None,
    as_json: AsJson = False,
) -> None:
    """A row for each call, and for each contact who was not called."""
    from voicebot.files import write_whole
    from voicebot.outbound.exports import to_csv, to_xlsx
    from voicebot.outbound.results import results as of
    from voicebot.outbound.results import status as summary

    with opened(app_of(config), database, "") as campaigns:
        rows = of(campaigns.database, name)
        told = summary(campaigns.database, name, campaigns.now())
    if csv is not None:
        write_whole(csv, to_csv(rows))
    if xlsx is not None:
        write_whole(xlsx, to_xlsx(rows, told))
    for row in rows if (csv is None and xlsx is None) or as_json else ():
        emit(row) if as_json else print(
            f"{row['line']:>6}  {row['phone']:<16} {row['outcome'] or '-':<12} {row['contact_state']}"
        )


def log(
    name: Annotated[str | None, typer.Argument(help="Default: all campaigns and the lists.")] = None,
    database: Url = None,
    config: Settings = None,
    as_json: AsJson = False,
) -> None:
    """Who changed what."""
    with opened(app_of(config), database, "") as campaigns:
        for row in campaigns.changes(name):
            rest = {key: value for key, value in row.items() if key not in {"at", "who", "campaign", "what"}}
            emit(row) if as_json else print(
                f"{row['at'][:19]}  {row['who']:<12} {row['campaign']:<20} {row['what']:<12} {rest}"
            )


def opt_out(
    phone: Annotated[str | None, typer.Argument(help="The number.")] = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="A file with a number a line, such as a register's.")
    ] = None,
    country: Annotated[str, typer.Option(help="Where numbers without a country code are.")] = "CN",
    source: Annotated[str, typer.Option(help="Where he said so, or the register's name.")] = "operator",
    allow: Annotated[
        bool, typer.Option("--allow", help="The contrary: its owner has asked for calls again.")
    ] = False,
    database: Url = None,
    config: Settings = None,
    who: Who = "",
) -> None:
    """Ring a number no more (or all of a file's), for any campaign, from now on."""
    from voicebot.campaign.phones import NoNumberError, read_number

    written = [] if phone is None else [phone]
    written += [] if file is None else [line.strip() for line in _lines(file) if line.strip()]
    try:
        numbers = [read_number(one, country).e164 for one in written]
    except NoNumberError as error:
        raise VoicebotError(f"{error}; nothing was changed") from None
    with opened(app_of(config), database, who) as campaigns:
        if allow:
            changed = sum(campaigns.allow_again(number, source) for number in numbers)
        else:
            changed = campaigns.opt_out(numbers, source)
    print(f"{changed} of {len(numbers)} numbers changed")


def dial(
    simulated: Annotated[
        Path | None, typer.Option(help="The simulated carrier's log; default: the one of `serve`.")
    ] = None,
    lines: Annotated[int, typer.Option(help="Lines of the simulated carrier.", min=1)] = 50,
    database: Url = None,
    config: Settings = None,
) -> None:
    """Dial for campaigns on the line `simulated` until they are done; nobody is rung. Live lines: `voicebot serve`."""
    import asyncio

    from voicebot.app.campaigns import SIMULATED, simulate

    app = app_of(config)
    with opened(app, database, "dialler") as campaigns:
        asyncio.run(simulate(campaigns, simulated or app.config.path(SIMULATED), lines))


def forget(database: Url = None, config: Settings = None, who: Who = "", as_json: AsJson = False) -> None:
    """Remove what is older than the law allows: recordings, answers, proof of consent. `serve` does it by itself."""
    from voicebot.app.retaining import removing
    from voicebot.outbound.retention import forget_old

    app = app_of(config)
    with remembered(app, database, who) as (campaigns, memory):
        removed = forget_old(campaigns, removing(memory, app.config.path(app.config.recording.folder)))
    emit(removed) if as_json else print("  ".join(f"{name} {count}" for name, count in removed.items()))


COMMANDS: dict[str, Callable[..., None]] = {
    "create": create,
    "import": add,
    "preview": preview,
    "dry-run": dry_run,
    "list": listed,
    "status": status,
    "results": results,
    "log": log,
    "opt-out": opt_out,
    "dial": dial,
    "forget": forget,
}
MOVES = {
    "start": "Begin: from now on its contacts are rung.",
    "pause": "Ring nobody more; calls that go on go on.",
    "resume": "Go on with a campaign that was paused, stopped or done.",
    "stop": "End it; it can be resumed.",
}


def _mover(move: str) -> Any:
    def command(
        name: Name, database: Url = None, config: Settings = None, who: Who = "", as_json: AsJson = False
    ) -> None:
        with opened(app_of(config), database, who) as campaigns:
            state = campaigns.move(name, move)
        emit({"campaign": name, "state": state}) if as_json else print(f"{name}: {state}")

    return command


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise VoicebotError(
            f"{file} cannot be read ({error}); it should be text with a number a line"
        ) from error


def _tell_import(report: Imported | None) -> None:
    if report is None:
        return
    if report.before is not None:
        print(f"the same table was imported at {report.before[:19]}: nothing was added")
        return
    for one in (*report.refused, *report.barred):
        print(f"  line {one.line}: {one.value or '-'}: {one.reason}")
    refused = f"{len(report.refused)} rows refused, {len(report.barred)} not to be rung"
    print(f"{report.added} contacts ({report.encoding}), {refused}")
