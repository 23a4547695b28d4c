"""`voicebot replay`: recorded calls through the very same code, each with a verdict."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from voicebot.cli.output import bars, emit, remarks
from voicebot.errors import VoicebotError

if TYPE_CHECKING:
    from voicebot.app import App
    from voicebot.replay.fixture import Fixture
    from voicebot.replay.result import CallResult
    from voicebot.replay.run import Stage

Report = Literal["html", "junit", "json"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("replay")(replay_command)


def replay_command(
    paths: Annotated[list[Path], typer.Argument(help="Fixtures (.yaml or .wav) or folders of them.")],
    realtime: Annotated[
        bool, typer.Option(help="At the speed of a call, so that answer gaps count.")
    ] = False,
    engine: Annotated[
        Literal["vosk", "scripted"], typer.Option(help="Recognise, or take the fixture's words as heard.")
    ] = "vosk",
    voice: Annotated[
        str | None, typer.Option(help="The bot's voice, e.g. tone; default: the settings'.")
    ] = None,
    noise: Annotated[
        str | None, typer.Option(help="Mix noise into every call: street, white or a WAV.")
    ] = None,
    snr: Annotated[float, typer.Option(help="The noise's distance below the caller's voice, in dB.")] = 15.0,
    report: Annotated[Report | None, typer.Option(help="Also write a report.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for reports, recordings and journals.")] = Path(
        "var/replay"
    ),
    config: Annotated[Path | None, typer.Option(help="Folder of the settings.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One object a call on standard output.")] = False,
) -> None:
    """Replay recorded calls and judge them; the exit status is 0 when every expectation held, else 1."""
    from voicebot.app import App
    from voicebot.config import load
    from voicebot.replay.fixture import noisy

    fixtures = _fixtures(paths)
    if noise is not None:
        fixtures = [noisy(fixture, noise, snr, seed=15) for fixture in fixtures]
    app = App(load(config)).with_voice(voice)
    if realtime:
        _prepare_speech(app)
    with app.stage(scripted=engine == "scripted") as stage:
        results = [_one(fixture, stage, realtime, out, report is not None, as_json) for fixture in fixtures]
    if report is not None:
        remarks.print(f"report: {_write_report(report, results, out)}")
    held = sum(result.held for result in results)
    remarks.print(f"{held} of {len(results)} calls held every expectation")
    raise typer.Exit(0 if held == len(results) else 1)


def _prepare_speech(app: App) -> None:
    """Make the openings of the bot's replies, as a bot does that has answered calls before."""
    with bars() as progress:
        task = progress.add_task("making the openings of the bot's replies", total=None)
        app.prepare_speech(lambda done, total: progress.update(task, completed=done, total=total))


def _fixtures(paths: list[Path]) -> list[Fixture]:
    from voicebot.replay.fixture import fixture_paths, load_fixture

    for path in paths:
        if not path.exists():
            raise VoicebotError(f"{path} does not exist; name a fixture (.yaml or .wav) or a folder of them")
    return [load_fixture(found) for path in paths for found in fixture_paths(path)]


def _one(
    fixture: Fixture, stage: Stage, realtime: bool, out: Path, keeping: bool, as_json: bool
) -> CallResult:
    from voicebot.replay.result import as_json as plain
    from voicebot.replay.run import keep, replay

    journal = out / f"{fixture.name}.jsonl" if keeping else None
    result = replay(fixture, stage, in_real_time=realtime, journal=journal)
    if keeping:
        keep(result, out)
    if as_json:
        emit(plain(result))
    else:
        _tell(result)
    return result


def _tell(result: CallResult) -> None:
    gaps = f"  gaps {result.gaps_ms} ms" if result.gaps_ms else ""
    mark = "ok  " if result.held else "FAIL"
    print(f"{mark} {result.name}  {result.length_s:.1f} s in {result.took_s:.2f} s{gaps}")
    for verdict in result.verdicts:
        if not verdict.held:
            where = "" if verdict.turn is None else f"turn {verdict.turn + 1}: "
            print(f"       {where}{verdict.what} - got: {verdict.got}")


def _write_report(kind: Report, results: list[CallResult], out: Path) -> Path:
    from voicebot.files import write_whole
    from voicebot.replay.result import as_html, as_junit
    from voicebot.replay.result import as_json as plain
    from voicebot.replay.run import json_lines

    out.mkdir(parents=True, exist_ok=True)
    if kind == "html":
        path = out / "report.html"
        text = as_html(results, {result.name: out / f"{result.name}.wav" for result in results})
    elif kind == "junit":
        path, text = out / "report.xml", as_junit(results)
    else:
        path, text = out / "report.jsonl", json_lines([plain(result) for result in results])
    write_whole(path, text.encode())
    return path
