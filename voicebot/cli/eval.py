"""voicebot eval: how well sentences are understood, as text or through a telephone line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import track
from rich.table import Table

from voicebot.cli.output import emit, remarks

if TYPE_CHECKING:
    from voicebot.app import App
    from voicebot.events import Transcript
    from voicebot.nlu.evaluate import Evaluation, Judged
    from voicebot.nlu.examples import Example
    from voicebot.nlu.understand import Understander

TODAY = date(2026, 11, 20)
VOICES = ("zm_yunxi", "zf_xiaoxiao")
SILENCE = bytes(2 * 8000 * 3 // 10)


def register(app: typer.Typer) -> None:
    """Add the command `eval`."""
    app.command("eval")(eval_command)


def eval_command(
    sentences: Annotated[
        Path | None, typer.Argument(help="Folder of <intent>/*.yaml; the project's own by default.")
    ] = None,
    audio: Annotated[bool, typer.Option(help="Speak them, send them over a line, and hear them.")] = False,
    snr: Annotated[float, typer.Option(help="Voice over street noise on that line, in dB.")] = 15.0,
    most: Annotated[int | None, typer.Option(help="Sentences of each intent at most.")] = None,
    name: Annotated[str, typer.Option(help="Files of this name only, as callers.")] = "*",
    config: Annotated[Path | None, typer.Option(help="Folder of the settings.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One object on standard output.")] = False,
) -> None:
    """Accuracy, macro-F1, confusions and calibration on sentences that were kept out of training."""
    from voicebot.app import App
    from voicebot.config import ROOT, load
    from voicebot.nlu.evaluate import evaluate
    from voicebot.nlu.examples import load_examples

    bot = App(load(config))
    examples = some_of(load_examples(sentences or ROOT / "tests" / "grammars" / "zh-CN", name), most)
    heard = hear(bot, examples, snr) if audio else [_typed(example) for example in examples]
    judged = list(judge(bot.understander, examples, heard))
    found = evaluate(judged)
    if as_json:
        emit(_record(found, bot.understander, audio))
    else:
        _show(found, bot.understander)


def judge(
    understander: Understander, examples: Sequence[Example], heard: Iterable[Transcript]
) -> Iterable[Judged]:
    """What was understood of each sentence, and how sure that is."""
    from voicebot.nlu.evaluate import Judged

    for example, transcript in zip(examples, heard, strict=True):
        first = understander.understand(transcript, today=TODAY).intents[0]
        yield Judged(example.text, example.intents[0], first.name, first.confidence)


def hear(bot: App, examples: Sequence[Example], snr: float) -> Iterable[Transcript]:
    """Each sentence spoken, sent over a noisy line, and recognised; voices take turns."""
    from voicebot.replay.line import LineOptions, degrade

    voices = [bot.with_voice(voice).synthesizer for voice in VOICES]
    for number, example in enumerate(track(examples, "speaking and hearing", console=remarks)):
        clean = SILENCE + b"".join(voices[number % len(voices)].synthesize(example.text)) + SILENCE
        stream = bot.recognizer.stream(None)
        stream.accept(degrade(clean, LineOptions(noise="street", snr_db=snr, seed=number)))
        yield stream.finish()


def _typed(example: Example) -> Transcript:
    from voicebot.events import Transcript

    return Transcript.of(example.text)


def some_of(examples: Sequence[Example], most: int | None) -> list[Example]:
    """At most so many of each intent, spread over all of them."""
    by_intent: dict[str, list[Example]] = {}
    for example in examples:
        by_intent.setdefault(example.intents[0], []).append(example)
    return [
        one
        for group in by_intent.values()
        for one in (group if most is None else group[:: max(1, len(group) // most)][:most])
    ]


def _record(found: Evaluation, understander: Understander, audio: bool) -> dict[str, Any]:
    plain = asdict(found)
    plain["confusions"] = [
        {"wanted": wanted, "found": other, "times": times} for wanted, other, times in found.confusions
    ]
    return {"audio": audio, **plain, "thresholds": asdict(understander.thresholds)}


def _show(found: Evaluation, understander: Understander) -> None:
    table = Table("intent", "sentences", "precision", "recall", "F1")
    for name, of in found.intents.items():
        table.add_row(name, str(of.count), f"{of.precision:.3f}", f"{of.recall:.3f}", f"{of.f1:.3f}")
    remarks.print(table)
    for one in found.mistakes:
        print(f"{one.text}: {one.wanted}, understood as {one.found} ({one.confidence:.2f})")
    limits = understander.thresholds
    print(
        f"{found.count} sentences: accuracy {found.accuracy:.3f}, macro-F1 {found.macro_f1:.3f}, "
        f"calibration error {found.calibration_error:.3f}\n"
        f"out of scope: recall {found.out_of_scope_recall:.3f}, "
        f"false alarms {found.out_of_scope_false_alarms:.3f}\n"
        f"act from {limits.act}, confirm from {limits.confirm}, reject below {limits.reject}"
    )
