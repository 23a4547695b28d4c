"""`voicebot knowledge`: bring entries in, and check those that are there."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from voicebot.cli.output import emit, remarks
from voicebot.errors import VoicebotError

Folder = Annotated[Path, typer.Option("--knowledge", help="The folder of the knowledge base.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line on standard output.")]
HERE = Path("config/knowledge")


def register(app: typer.Typer) -> None:
    """Add the command group to the program."""
    group = typer.Typer(no_args_is_help=True, help="Bring knowledge in, and check what is there.")
    app.add_typer(group, name="knowledge")
    group.command("import")(bring)
    group.command()(check)
    group.command()(learned)


def bring(
    files: Annotated[list[Path], typer.Argument(help="CSV, Markdown or YAML files.")],
    knowledge: Folder = HERE,
    dry: Annotated[bool, typer.Option("--dry-run", help="Only report; write nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Clean the entries of FILES, leave out duplicates, and write each file's entries to FOLDER/imported-NAME.yaml."""
    from voicebot.knowledge.entries import load_folder
    from voicebot.knowledge.importing import as_yaml, import_text

    library = load_folder(knowledge)
    known, synonyms = list(library.entries), dict(library.synonyms)
    for file in files:
        report = import_text(_text(file), file.name, known, synonyms)
        known += report.entries
        target = knowledge / f"imported-{file.stem}.yaml"
        if report.entries and not dry:
            if target.exists():
                raise VoicebotError(f"{target} is already there; move it away or rename {file}")
            target.write_text(as_yaml(report.entries), encoding="utf-8")
        summary = {"file": str(file), "taken": len(report.entries), "cleaned": report.cleaned}
        summary |= {"written": str(target) if report.entries and not dry else None}
        if as_json:
            emit({**summary, "remarks": [asdict(remark) for remark in report.remarks]})
            continue
        print(
            f"{file}: {len(report.entries)} taken, {report.cleaned} texts cleaned, {len(report.remarks)} left out"
        )
        for remark in report.remarks:
            remarks.print(f"  {remark.kind}: {remark.entry}: {remark.text}")


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise VoicebotError(f"{file} cannot be read as UTF-8 text: {error}") from error


def check(
    knowledge: Folder = HERE,
    today: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day that counts.")] = None,
    as_json: AsJson = False,
) -> None:
    """Read the knowledge base and say what is odd: shared questions, too few questions, expired entries."""
    from voicebot.knowledge.entries import load_folder
    from voicebot.knowledge.importing import Remark, duplicates

    library = load_folder(knowledge)
    day = today.date() if today else date.today()
    found = duplicates(library.entries, dict(library.synonyms))
    for entry in library.entries:
        if not entry.valid(day):
            found.append(Remark(entry.id, "expired", f"it is not said on {day}"))
        if len(entry.questions) < 3:
            found.append(
                Remark(entry.id, "few", "it has fewer than three questions and will be found seldom")
            )
    questions = sum(len(entry.questions) for entry in library.entries)
    if as_json:
        for remark in found:
            emit(asdict(remark))
    else:
        print(f"{len(library.entries)} entries, {questions} questions, {len(found)} remarks")
        for remark in found:
            print(f"  {remark.kind}: {remark.entry}: {remark.text}")
    if any(remark.kind == "duplicate" for remark in found):
        raise typer.Exit(1)


def learned(
    out: Annotated[Path, typer.Option(help="The folder of a language's grammars, such as grammars/zh-CN.")],
    config: Annotated[Path | None, typer.Option(help="Folder of the settings.")] = None,
    database: Annotated[str | None, typer.Option(help="Another database than the settings'.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write the sentences that were accepted in the console to OUT/INTENT/learned.yaml, as grammars of their own."""
    from voicebot.app import App
    from voicebot.app.memory import open_memory
    from voicebot.config import load
    from voicebot.files import write_whole
    from voicebot.nlu.extra import as_files
    from voicebot.records.lessons import Lessons

    memory = open_memory(App(load(config)).config, database)
    lessons = [one for one in Lessons(memory.database, memory.vault).all() if one.wanted]
    memory.database.close()
    for name, text in as_files((one.intent, one.text) for one in lessons).items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text.encode("utf-8"))
        if as_json:
            emit({"file": str(path)})
        else:
            print(path)
    remarks.print(f"{len(lessons)} sentences")
