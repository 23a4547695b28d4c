"""What a voice engine is to the rest of this package."""

from __future__ import annotations

from typing import Protocol


class Voice(Protocol):
    """Makes the audio of one part. Safe to call from several threads."""

    @property
    def identity(self) -> str:
        """Names everything but the text that shapes the audio: engine, model, voice, speed, recipe."""
        ...

    def speak(self, part: str) -> bytes:
        """Audio of one spoken part (no digits, closing punctuation included): 8 kHz, 16-bit, mono.

        Starts and ends with at most some 30 ms of silence. Empty where nothing in `part` can be spoken.
        """
        ...
