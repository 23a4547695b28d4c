"""A recogniser that says what it is told to: for tests and for fast replay. Deterministic; no model, no clock."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from voicebot.events import Transcript

Hearing = Callable[[bytes, str | None], str | Transcript]
"""From the audio of a whole utterance and what was expected to what was said."""


class ScriptedRecognizer:
    """Gives the texts of a script in order, one an utterance, or what a function makes of the audio.

    A text that begins with "!" is a loss: `finish` raises RuntimeError with the rest of it. When the script
    is at its end, every utterance is empty.
    """

    def __init__(self, texts: Iterable[str | Transcript] | Hearing, partials: bool = True) -> None:
        """`partials`: whether `accept` tells more of the text as more audio comes, one character per 200 ms."""
        self._hear = texts if callable(texts) else None
        self._texts = iter(()) if callable(texts) else iter(texts)
        self._partials = partials
        self._lock = threading.Lock()

    def stream(self, expecting: str | None) -> ScriptedStream:
        """The next utterance."""
        if self._hear is not None:
            return ScriptedStream(self._hear, expecting, False)
        with self._lock:
            text = next(self._texts, "")
        return ScriptedStream(lambda _pcm, _asked: text, expecting, self._partials)


class ScriptedStream:
    """One utterance of the script."""

    _BYTES_PER_CHARACTER = 3200

    def __init__(self, hear: Hearing, expecting: str | None, partials: bool) -> None:
        self._hear = hear
        self._expecting = expecting
        self._partials = partials
        self._pcm = bytearray()

    def accept(self, pcm: bytes) -> str:
        """Take audio; the text so far."""
        self._pcm += pcm
        if not self._partials:
            return ""
        said = self._hear(b"", self._expecting)
        text = said if isinstance(said, str) else said.text
        return "" if text.startswith("!") else text[: len(self._pcm) // self._BYTES_PER_CHARACTER]

    def finish(self) -> Transcript:
        """The scripted transcript. Raises RuntimeError where the script has a loss."""
        said = self._hear(bytes(self._pcm), self._expecting)
        if isinstance(said, Transcript):
            return said
        if said.startswith("!"):
            raise RuntimeError(said[1:])
        return Transcript.of(said, "domain") if said else Transcript("", 0.0)

    def close(self) -> None:
        """Nothing to give back."""
