"""What the human says who has the call, in words: his microphone's frames go the way that a caller's go."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from voicebot.call.ear import Border, Ear
from voicebot.call.options import EarOptions
from voicebot.events import Transcript
from voicebot.ports import Recognizer, VadStream
from voicebot.runtime.listener import Listener
from voicebot.runtime.workers import Workers

PAUSE_MS = 500
"""A pause of this length ends a line of the transcript."""
LONGEST_BYTES = 20 * 16000
"""So does this much audio, 20 s: nobody waits for a speech to be read."""


@dataclass(frozen=True, slots=True)
class Scribe:
    """What writes down what is said: shared with the calls."""

    recognizer: Recognizer
    workers: Workers
    vad: Callable[[], VadStream]


class HumanVoice:
    """One human's voice. `said` is told each line, in the event loop. To be closed."""

    def __init__(self, scribe: Scribe, said: Callable[[str], None]) -> None:
        self._scribe = scribe
        self._said = said
        self._ear = Ear(scribe.vad(), EarOptions(pause_ms=PAUSE_MS))
        self._listener: Listener | None = None
        self._fed = 0
        self._loop = asyncio.get_running_loop()

    def hear(self, frame: bytes) -> None:
        """20 ms: 320 bytes."""
        border = self._ear.hear(frame)
        if border is Border.PAUSED or self._fed > LONGEST_BYTES:
            self._conclude()
        elif self._listener is not None:
            self._feed(frame)
        elif border is not None:
            scribe = self._scribe
            self._listener = Listener(
                scribe.recognizer, None, scribe.workers, self._concluded, lambda _: None
            )
            self._feed(self._ear.preroll())

    def close(self) -> None:
        """Nothing more is said."""
        self._conclude()

    def _feed(self, pcm: bytes) -> None:
        if self._listener is not None:
            self._listener.feed(pcm)
            self._fed += len(pcm)

    def _conclude(self) -> None:
        listener, self._listener, self._fed = self._listener, None, 0
        self._ear.settle()
        if listener is not None:
            listener.conclude()

    def _concluded(self, transcript: Transcript) -> None:
        """In a worker's thread."""
        if transcript.text:
            self._loop.call_soon_threadsafe(self._said, transcript.text)
