"""`voicebot hear`: what the recogniser makes of recorded speech."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from voicebot.errors import VoicebotError

if TYPE_CHECKING:
    from voicebot.asr.vosk import VoskRecognizer
    from voicebot.config import Config
    from voicebot.events import Transcript

Files = Annotated[
    list[Path], typer.Argument(metavar="WAV...", help="Recorded speech, any rate, 8 or 16 bits.")
]
ExpectingName = Annotated[
    str | None, typer.Option("--expecting", help="What was asked for: digits, order_number, yes_no ...")
]
Json = Annotated[bool, typer.Option("--json", help="One object a line on standard output.")]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("hear", help="Recognise recorded speech: text, words, endpoints and real-time factor.")(_hear)


def _hear(files: Files, expecting: ExpectingName = None, json: Json = False) -> None:
    from voicebot.cli.output import emit
    from voicebot.config import load

    config = load()
    recognizer = _recognizer(config, expecting)
    failed = False
    for file in files:
        try:
            record = _heard(config, recognizer, file, expecting)
        except VoicebotError as error:
            typer.echo(f"voicebot: {error}", err=True)
            failed = True
            continue
        if json:
            emit(record)
        else:
            _show(record)
    if failed:
        raise typer.Exit(1)


def _recognizer(config: Config, expecting: str | None) -> VoskRecognizer:
    """The recogniser that a call has, taught the same sentences."""
    from voicebot import models
    from voicebot.asr.expecting import load
    from voicebot.asr.vosk import VoskRecognizer
    from voicebot.nlu.grammars import domain_sentences, load_grammars

    grammars = config.path(config.paths.grammars)
    known = load(grammars / "expecting")
    if expecting is not None and expecting not in known:
        raise VoicebotError(f"--expecting {expecting} is not known; there are {', '.join(sorted(known))}.")
    sentences = domain_sentences(load_grammars(grammars))
    return VoskRecognizer(models.folder("vosk-model-small-cn-0.22"), known, sentences)


def _heard(config: Config, recognizer: VoskRecognizer, file: Path, expecting: str | None) -> dict[str, Any]:
    """Everything that is printed of one file. Raises VoicebotError when it is no usable WAV."""
    from voicebot.audio import duration_ms, read_wav

    pcm = read_wav(file)
    stream = recognizer.stream(expecting)
    began = time.perf_counter()
    for at in range(0, len(pcm), 3200):
        stream.accept(pcm[at : at + 3200])
    transcript = stream.finish()
    took = time.perf_counter() - began
    return {
        "file": str(file),
        "text": transcript.text,
        "digits": _digits(recognizer, transcript.text, expecting),
        "words": [
            {"word": word.text, "start": word.start, "end": word.end, "confidence": round(word.confidence, 3)}
            for word in transcript.words
        ],
        "confidence": round(transcript.confidence, 3),
        "rtf": round(took / (duration_ms(pcm) / 1000), 3),
        "alternatives": _alternatives(transcript),
        "endpoints": [{"start": start, "end": end} for start, end in _endpoints(config, pcm)],
    }


def _digits(recognizer: VoskRecognizer, text: str, expecting: str | None) -> str | None:
    """The digits of the text in Arabic, when digits were expected; else None."""
    from voicebot.nlu.digits import digits_of

    asked = recognizer.expecting(expecting)
    if asked.kind != "digits":
        return None
    return digits_of(text, asked.lengths[0] if len(asked.lengths) == 1 else None)


def _alternatives(transcript: Transcript) -> list[dict[str, Any]]:
    return [
        {
            "text": found.text,
            "source": found.source,
            "score": round(found.score, 3),
            "confidence": round(found.confidence, 3),
        }
        for found in transcript.alternatives
    ]


def _endpoints(config: Config, pcm: bytes) -> Iterator[tuple[float, float]]:
    """Where speech begins and ends, in seconds, as the ear of a call finds it."""
    from voicebot.app import App
    from voicebot.audio import FRAME_MS, frames
    from voicebot.call.ear import Ear

    ear = Ear(App(config).vad.stream(), config.call.ear)
    start: float | None = None
    last = 0.0
    for number, frame in enumerate(frames(pcm), start=1):
        border = ear.hear(frame)
        if ear.silent_ms == 0:
            last = number * FRAME_MS / 1000
        if border is None:
            continue
        if border.value == "paused" and start is not None:
            yield round(start, 2), round(last, 2)
            start = None
        elif border.value != "paused":
            start = (number - config.call.ear.onset_window) * FRAME_MS / 1000
    if start is not None:
        yield round(start, 2), round(last, 2)


def _show(record: dict[str, Any]) -> None:
    print(record["file"])
    print(f"  text        {record['text'] or '(nothing)'}   confidence {record['confidence']:.2f}")
    if record["digits"] is not None:
        print(f"  digits      {record['digits'] or '(none)'}")
    for word in record["words"]:
        print(f"  {word['start']:6.2f}-{word['end']:5.2f} s  {word['word']}  {word['confidence']:.2f}")
    others = [found for found in record["alternatives"] if found["text"] != record["text"]]
    for found in others[:5]:
        print(f"  or          {found['text']}   {found['source']}, confidence {found['confidence']:.2f}")
    spans = ", ".join(f"{span['start']:.2f}-{span['end']:.2f} s" for span in record["endpoints"])
    print(f"  speech      {spans or '(none)'}")
    print(f"  real time   x {record['rtf']:.3f}")
