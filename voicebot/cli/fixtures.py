"""`voicebot fixtures make`: calls to replay, made from text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from voicebot.replay.casting import Voices

Scripts = Annotated[
    list[Path],
    typer.Argument(
        metavar="SCRIPT.yaml...", help="Who says what, and what the bot must do; without segments."
    ),
]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Where NAME.wav and NAME.yaml go.")]
Json = Annotated[bool, typer.Option("--json", help="One object a line on standard output.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    group = typer.Typer(help="Make calls that can be replayed.", no_args_is_help=True)

    @group.callback()
    def fixtures() -> None:
        """Make calls that can be replayed."""

    group.command(
        "make",
        help="Speak the caller's part of a script with caller voices and send it over a simulated line. "
        "The same script gives the same call. A fixture's own YAML is a script too.",
    )(_make)
    app.add_typer(group, name="fixtures")


def _make(scripts: Scripts, out: Out = Path("audio_fixtures"), json: Json = False) -> None:
    from voicebot.audio import duration_ms
    from voicebot.cli.output import emit, remarks
    from voicebot.replay.casting import make, read_script

    voices = _kokoro()
    for script in [read_script(path) for path in scripts]:
        with remarks.status(f"{script.path}: speaking"):
            fixture = make(script, voices, out)
        wav, seconds = fixture.path.with_suffix(".wav"), round(duration_ms(fixture.pcm) / 1000, 2)
        if json:
            emit({"wav": str(wav), "yaml": str(fixture.path), "seconds": seconds})
        else:
            print(f"{wav}  {fixture.path}  {seconds} s")


def _kokoro() -> Voices:
    """The caller voices, each loaded when it is first asked for."""
    from functools import cache

    from voicebot.errors import VoicebotError
    from voicebot.models import folder
    from voicebot.ports import Synthesizer
    from voicebot.replay.casting import CALLER_VOICES
    from voicebot.tts.kokoro import KokoroOptions, KokoroVoice
    from voicebot.tts.speaker import Speaker

    @cache
    def voice(name: str, speed: float) -> Synthesizer:
        if name not in CALLER_VOICES:
            known = ", ".join(CALLER_VOICES)
            raise VoicebotError(f"{name!r} is no caller's voice; the voices of callers are {known}.")
        return Speaker(KokoroVoice(folder("kokoro-82m"), KokoroOptions(voice=name, speed=speed)))

    return voice
