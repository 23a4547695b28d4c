"""What is queued for the caller's ear, and how much of it was really heard.

A queue of speeches, each a growing row of 20 ms frames. One frame is taken every 20 ms by whoever paces the
line; the marks that it leaves say when a speech was first heard, and when it was heard to its end.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

FRAME_BYTES = 320
FRAME_MS = 20
SILENCE = bytes(FRAME_BYTES)


@dataclass(frozen=True, slots=True)
class Mark:
    """`heard_ms` of speech `utterance` have been heard; `finished` when nothing more of it will be."""

    utterance: int
    heard_ms: int
    finished: bool


@dataclass(slots=True)
class _Speech:
    utterance: int
    audio: deque[bytes] = field(default_factory=deque)
    rest: bytes = b""
    heard_ms: int = 0
    begun: bool = False
    complete: bool = False


class Playout:
    """The outgoing side of one line."""

    def __init__(self) -> None:
        self._queue: deque[_Speech] = deque()

    @property
    def busy(self) -> bool:
        """Is anything queued or promised?"""
        return bool(self._queue)

    def open(self, utterance: int, heard_ms: int = 0) -> None:
        """Promise a speech; its audio follows. `heard_ms` were heard before (a speech that is resumed)."""
        self._queue.append(_Speech(utterance, heard_ms=heard_ms))

    def push(self, utterance: int, pcm: bytes) -> None:
        """More audio of a promised speech; audio of one that was cleared is dropped."""
        speech = self._find(utterance)
        if speech is None:
            return
        data = speech.rest + pcm
        whole = len(data) - len(data) % FRAME_BYTES
        speech.audio.extend(data[i : i + FRAME_BYTES] for i in range(0, whole, FRAME_BYTES))
        speech.rest = data[whole:]

    def complete(self, utterance: int) -> None:
        """No more audio of this speech will come."""
        speech = self._find(utterance)
        if speech is None:
            return
        if speech.rest:
            speech.audio.append(speech.rest.ljust(FRAME_BYTES, b"\0"))
            speech.rest = b""
        speech.complete = True

    def take(self) -> tuple[bytes | None, list[Mark]]:
        """The next frame for the line (None: nothing to say now), and what is known to be heard by it."""
        marks: list[Mark] = []
        frame: bytes | None = None
        while self._queue and frame is None:
            speech = self._queue[0]
            if speech.audio:
                frame = speech.audio.popleft()
                speech.heard_ms += FRAME_MS
                if not speech.begun:
                    speech.begun = True
                    marks.append(Mark(speech.utterance, speech.heard_ms, False))
            elif not speech.complete:
                break
            if speech.complete and not speech.audio:
                self._queue.popleft()
                marks.append(Mark(speech.utterance, speech.heard_ms, True))
        return frame, marks

    def drop(self, utterance: int) -> None:
        """Nothing more of this speech will come or be played; it leaves no mark."""
        self._queue = deque(speech for speech in self._queue if speech.utterance != utterance)

    def clear(self) -> list[Mark]:
        """Drop everything; tells of each dropped speech how much of it was heard."""
        marks = [Mark(speech.utterance, speech.heard_ms, False) for speech in self._queue]
        self._queue.clear()
        return marks

    def _find(self, utterance: int) -> _Speech | None:
        return next((speech for speech in self._queue if speech.utterance == utterance), None)
