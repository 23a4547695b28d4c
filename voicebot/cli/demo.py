"""`voicebot demo`: one recorded call through the whole bot, in real time, told as it happens."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from voicebot.cli.output import bars, emit, remarks

if TYPE_CHECKING:
    from voicebot.app import App
    from voicebot.replay.log import Entry

NAME = "demo"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(demo_command)


def demo_command(
    out: Annotated[Path, typer.Option(help="Folder for recording, journal and report.")] = Path("var/demo"),
    config: Annotated[Path | None, typer.Option(help="Folder of the settings.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One object an event on standard output.")] = False,
) -> None:
    """Run a recorded call through the bot: an order, the return policy, and goodbye."""
    from voicebot.app import App
    from voicebot.config import ROOT, load
    from voicebot.files import write_whole
    from voicebot.replay.fixture import load_fixture
    from voicebot.replay.result import as_html
    from voicebot.replay.run import keep, replay

    app = App(load(config))
    fixture = load_fixture(ROOT / "audio_fixtures" / f"{NAME}.yaml")
    _warm(app)
    remarks.print(f"\n[bold]{fixture.script.title}[/bold]  ({fixture.path})\n")
    journal = out / f"{NAME}.jsonl"
    with app.stage(scripted=False) as stage:
        result = replay(
            fixture, stage, in_real_time=True, journal=journal, told=_as_json if as_json else _Teller()
        )
    recording = keep(result, out)
    report = out / "report.html"
    write_whole(report, as_html([result], {result.name: recording}).encode())
    gaps = " ".join(str(gap) for gap in result.gaps_ms)
    remarks.print(f"\nanswer gaps, from the caller's last sound to the bot's first: {gaps} ms")
    for what, path in (("recording", recording), ("journal", journal), ("report", report)):
        remarks.print(f"{what:9}  {path.resolve()}")
    if not result.held:
        failed = [verdict for verdict in result.verdicts if not verdict.held]
        remarks.print("\n".join(f"[red]not as expected:[/red] {v.what} - got: {v.got}" for v in failed))
        raise typer.Exit(1)


def _warm(app: App) -> None:
    """Load what the call needs, and make the openings of the bot's replies, with bars."""
    with bars() as progress:
        loading = app.warming()
        task = progress.add_task("", total=len(loading))
        for what, load_part in loading:
            progress.update(task, description=f"loading {what}")
            load_part()
            progress.advance(task)
        speech = progress.add_task("making the openings of the bot's replies", total=None)
        app.prepare_speech(lambda done, total: progress.update(speech, completed=done, total=total))


def _as_json(entry: Entry) -> None:
    emit({"at": round(entry.at, 2), "kind": entry.kind, **entry.data})


class _Teller:
    """Prints the conversation turn by turn."""

    def __init__(self) -> None:
        self._texts: dict[int, str] = {}
        self._gap = ""

    def __call__(self, entry: Entry) -> None:
        from voicebot.replay.result import understood

        data = entry.data
        if entry.kind == "say":
            self._texts[data["utterance"]] = data["text"]
        elif entry.kind == "answered":
            self._gap = f"  [dim](answered after {data['gap_ms']} ms)[/dim]"
        elif entry.kind == "playing" and data["utterance"] in self._texts:
            remarks.print(
                f"{entry.at:6.1f}  [blue]机器人[/blue]  {self._texts.pop(data['utterance'])}{self._gap}"
            )
            self._gap = ""
        elif entry.kind == "heard":
            remarks.print(
                f"{entry.at:6.1f}  [yellow]来电者[/yellow]  {data['text']}  [dim]({data['confidence']:.2f})[/dim]"
            )
        elif entry.kind == "understood":
            remarks.print(f"        [dim]understood: {data['text']} → {understood(data)}[/dim]")
        elif entry.kind in {"look", "do"}:
            remarks.print(f"        [dim]{entry.kind}: {data['name']}[/dim]")
        elif entry.kind in {"transfer", "hang_up", "failed"}:
            remarks.print(
                f"{entry.at:6.1f}  [magenta]{entry.kind}[/magenta]  {data.get('to') or data.get('why')}"
            )
