"""`voicebot say`: how a text is read, in which parts, and what it sounds like."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from voicebot.tts.parts import Part
    from voicebot.tts.speaker import Speaker

Texts = Annotated[list[str], typer.Argument(metavar="TEXT...", help="What to say, as it is written.")]
VoiceName = Annotated[
    str | None, typer.Option(help="zf_xiaoxiao, zm_yunxi ..., espeak or tone; default: the settings' voice.")
]
Speed = Annotated[
    float | None, typer.Option(min=0.5, max=2.0, help="Relative; default: the settings' speed.")
]
Out = Annotated[Path | None, typer.Option("--out", help="Write the speech to this WAV file (8 kHz, 16-bit).")]
Json = Annotated[bool, typer.Option("--json", help="One object on standard output.")]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("say", help="Speak a text with the bot's voice; show its reading and its parts.")(_say)


def _say(
    texts: Texts, voice: VoiceName = None, speed: Speed = None, out: Out = None, json: Json = False
) -> None:
    from voicebot.audio import write_wav
    from voicebot.cli.output import emit

    text = " ".join(texts)
    speaker = _speaker(voice, speed)
    pieces: list[bytes] = []
    parts = [_made(speaker, part, pieces) for part in speaker.parts(text)]
    audio = b"".join(pieces)
    if out is not None:
        write_wav(out, audio)
    record = _record(text, speaker.reading(text), parts, audio) | {"file": str(out) if out else None}
    if json:
        emit(record)
    else:
        _show(record)


def _speaker(voice: str | None, speed: float | None) -> Speaker:
    from voicebot.config import load
    from voicebot.models import folder
    from voicebot.tts.cache import PartCache
    from voicebot.tts.speaker import Speaker
    from voicebot.tts.voices import KOKORO, cache_folder, open_voice

    chosen = load().voice
    name = voice or (chosen.name if chosen.engine == "kokoro" else chosen.engine)
    opened = open_voice(name, speed or chosen.speed, lambda: folder(KOKORO))
    return Speaker(opened, PartCache(cache_folder(), chosen.cache_mb << 20))


def _made(speaker: Speaker, part: Part, pieces: list[bytes]) -> dict[str, Any]:
    """Make one part, add its audio to `pieces`, and say what it took."""
    from time import perf_counter

    from voicebot.audio import duration_ms, silence

    cached, start = speaker.cached(part), perf_counter()
    audio = speaker.part_audio(part)
    took = (perf_counter() - start) * 1000
    pieces.append(audio + silence(part.pause_ms))
    return {
        "text": part.text,
        "cached": cached,
        "kept": not part.passing,
        "made_ms": round(took, 1),
        "audio_ms": round(duration_ms(audio)),
        "pause_ms": part.pause_ms,
    }


def _record(text: str, reading: str, parts: list[dict[str, Any]], audio: bytes) -> dict[str, Any]:
    from voicebot.audio import duration_ms

    return {
        "text": text,
        "reading": reading.replace("\u2063", ""),
        "parts": parts,
        "audio_ms": round(duration_ms(audio)),
        "first_audio_ms": parts[0]["made_ms"] if parts else None,
    }


def _show(record: dict[str, Any]) -> None:
    print(record["reading"])
    for part in record["parts"]:
        cached = "cached" if part["cached"] else "made  "
        print(f"  {cached} {part['made_ms']:7.1f} ms for {part['audio_ms']:5} ms  {part['text']}")
    if record["file"]:
        print(f"{record['audio_ms'] / 1000:.2f} s in {record['file']}")
