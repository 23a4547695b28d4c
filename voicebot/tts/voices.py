"""Voices by name: one of Kokoro's, or "espeak", or "tone"."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import platformdirs

from voicebot.tts.voice import Voice

KOKORO = "kokoro-82m"
"""The name of Kokoro's model folder."""


def open_voice(name: str, speed: float, kokoro: Callable[[], Path]) -> Voice:
    """The voice `name` at a relative `speed`; `kokoro` tells Kokoro's folder and is asked only if need be.

    Raises VoicebotError where there is no such voice, or it cannot be loaded.
    """
    if name == "espeak":
        from voicebot.tts.espeak import EspeakVoice

        return EspeakVoice(speed)
    if name == "tone":
        from voicebot.tts.tone import ToneVoice

        return ToneVoice(speed)
    from voicebot.tts.kokoro import KokoroOptions, KokoroVoice

    return KokoroVoice(kokoro(), KokoroOptions(name, speed))


def open_there(name: str, speed: float, kokoro: Path) -> Voice:
    """As open_voice, with what another process can be given: Kokoro's folder."""
    return open_voice(name, speed, lambda: kokoro)


def cache_folder() -> Path:
    """Where made speech is kept on this platform."""
    return platformdirs.user_cache_path("voicebot") / "speech"
