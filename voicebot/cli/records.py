"""`voicebot records`: what is kept of calls, for a person at a terminal and for programs."""

from __future__ import annotations

import json
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
Call = Annotated[str, typer.Argument(help="The call's name, as `records list` shows it.")]


def register(app: typer.Typer) -> None:
    """Add the command group to the program."""
    group = typer.Typer(
        no_args_is_help=True, help="List calls, show one, open its journal, make fixtures of it."
    )
    app.add_typer(group, name="records")
    group.command("list")(listed)
    group.command()(show)
    group.command()(journal)
    group.command()(fixtures)


def listed(
    caller: Annotated[str, typer.Option(help="Only calls of this number.")] = "",
    text: Annotated[str, typer.Option(help="Only calls in which the caller said this.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many.")] = 50,
    config: Config = None,
    database: Database = None,
    as_json: Annotated[bool, typer.Option("--json", help="One object a call.")] = False,
) -> None:
    """Show calls, the newest first, numbers masked."""
    from voicebot.console.showing import shown_summary
    from voicebot.records.archive import Sought

    _, memory = _opened(config, database)
    for call in memory.archive.find(Sought(caller=caller, text=text), limit).calls:
        told = shown_summary(call)
        if as_json:
            emit({**told, "began": call.began.isoformat()})
        else:
            print(
                f"{call.began:%Y-%m-%d %H:%M:%S}  {call.name:36} {told['caller']:12} {call.intent:18} {call.outcome}"
            )
    memory.database.close()


def show(call: Call, config: Config = None, database: Database = None) -> None:
    """Show one call, masked: who said what when, and what was done. One object a turn or act."""
    from voicebot.console.showing import shown_call

    _, memory = _opened(config, database)
    number = memory.archive.number(call)
    whole = memory.archive.call(number) if number is not None else None
    if whole is None:
        raise VoicebotError(f"there is no call {call}; `voicebot records list` shows which there are")
    told = shown_call(whole)
    for turn in told["turns"]:
        emit({name: turn[name] for name in ("at", "who", "text", "intent", "confidence", "mood", "gap_ms")})
    for act in told["acts"]:
        emit({name: act[name] for name in ("at", "kind", "name", "ok", "arguments")})
    memory.database.close()


def journal(
    call: Call,
    why: Annotated[str, typer.Option(help="The reason, for the audit.")],
    out: Annotated[Path, typer.Option(help="A new file for the journal, in clear.")],
    config: Config = None,
    database: Database = None,
) -> None:
    """Open the sealed journal of a call, so that it can be replayed; that it was opened stands in the audit."""
    from voicebot.records.audit import Deed
    from voicebot.records.journals import read_sealed_journal
    from voicebot.records.retention import journal_of

    app, memory = _opened(config, database)
    folder = app.config.path(app.config.recording.folder)
    if out.exists():
        raise VoicebotError(f"{out} is there already; name a new file")
    lines = list(read_sealed_journal(journal_of(memory, folder, call), memory.vault))
    memory.audit.note(Deed(app.now(), "command line", "reveal", f"journal {call}", why))
    out.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    memory.database.close()
    remarks.print(f"{len(lines)} lines were written to {out}")


def fixtures(
    why: Annotated[str, typer.Option(help="The reason, for the audit.")],
    out: Annotated[
        Path, typer.Option(help="A folder of your own for the fixtures: they hold callers' voices.")
    ],
    call: Annotated[str, typer.Option(help="Only marked turns of this call.")] = "",
    config: Config = None,
    database: Database = None,
    as_json: Annotated[bool, typer.Option("--json", help="One object a fixture.")] = False,
) -> None:
    """Make a fixture for `voicebot replay` of every turn that was marked as wrong: the call up to it, what it means."""
    from voicebot.app.training_office import fixture_of
    from voicebot.records.audit import Deed

    app, memory = _opened(config, database)
    made, turns = 0, _marked(memory, call)
    for name, turn in turns:
        try:
            fixture = fixture_of(memory, memory.archive.number(name) or 0, turn)
        except VoicebotError as error:
            remarks.print(f"{name} turn {turn}: {error}")
            continue
        memory.audit.note(Deed(app.now(), "command line", "export", f"call {name} turn {turn}", why))
        out.mkdir(parents=True, exist_ok=True, mode=0o700)
        (out / f"{fixture.name}.wav").write_bytes(fixture.wav)
        path = out / f"{fixture.name}.yaml"
        path.write_text(fixture.script, encoding="utf-8")
        made += 1
        if as_json:
            emit({"call": name, "turn": turn, "yaml": str(path)})
    memory.database.close()
    remarks.print(f"{made} of {len(turns)} marked turns are fixtures in {out}")
    if not made:
        raise typer.Exit(1)


def _marked(memory: Memory, call: str) -> list[tuple[str, int]]:
    """The call and the number of each turn of a caller that was marked as wrong, once."""
    found = memory.archive.corrected(unused_only=False)
    turns = ((name, turn.number) for _, name, turn, _ in found if turn.who == "caller" and call in {"", name})
    return list(dict.fromkeys(turns))


def _opened(config: Path | None, database: str | None) -> tuple[App, Memory]:
    from voicebot.app import App
    from voicebot.app.memory import open_memory
    from voicebot.config import load

    app = App(load(config))
    return app, open_memory(app.config, database)
