"""One Vosk recogniser, used for one utterance after another.

    accept … accept   finish -> readings   accept … accept   finish -> readings

After FinalResult() Vosk drops the features, the speaker adaptation and the search of the utterance, and keeps only
the decoding graph, which it composes as it goes: that is what makes a used recogniser cheaper than a new one. Its
clock goes on, so the times of every utterance are brought back to its own beginning. An utterance given up
without FinalResult() would hand its speaker adaptation to the next caller, so giving up finishes it as well.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple, Protocol

from voicebot.asr.feed import MODEL_RATE


class Timed(NamedTuple):
    """A word and when it was said, in seconds since the utterance began."""

    text: str
    start: float
    end: float


class Reading(NamedTuple):
    """One line of a decoder's list: `score` is its log-likelihood (nats), comparable within the list."""

    score: float
    words: tuple[Timed, ...]

    @property
    def text(self) -> str:
        """The words without spaces, as Chinese is written."""
        return "".join(word.text for word in self.words)


class Engine(Protocol):
    """The part of vosk.KaldiRecognizer that is used here."""

    def AcceptWaveform(self, data: bytes) -> int: ...  # noqa: N802
    def PartialResult(self) -> str: ...  # noqa: N802
    def FinalResult(self) -> str: ...  # noqa: N802
    def Reset(self) -> None: ...  # noqa: N802


class Decoder:
    """A warm recogniser with one grammar, for one utterance at a time."""

    def __init__(self, engine: Engine, grammar: str) -> None:
        self._engine: Engine | None = engine
        self.grammar = grammar
        self.uses = 0
        self._samples_before = 0
        self._samples = 0

    def accept(self, pcm: bytes) -> None:
        """Search on through this audio: 16 kHz, 16-bit."""
        self._whole().AcceptWaveform(pcm)
        self._samples += len(pcm) // 2

    def partial(self) -> str:
        """The words found so far, separated by spaces."""
        return str(json.loads(self._whole().PartialResult()).get("partial", ""))

    def finish(self) -> list[Reading]:
        """Every alternative, best first; empty when nothing was heard. Ready for the next utterance."""
        engine = self._whole()
        result = json.loads(engine.FinalResult())
        engine.Reset()
        before = self._samples_before / MODEL_RATE
        self._samples_before += self._samples
        self._samples = 0
        self.uses += 1
        return [_reading(found, before) for found in result.get("alternatives", []) if found.get("result")]

    def free(self) -> None:
        """Let the engine go, and the graph that it has composed."""
        self._engine = None

    def _whole(self) -> Engine:
        if self._engine is None:
            raise RuntimeError("this decoder was let go")
        return self._engine


def _reading(found: dict[str, Any], before: float) -> Reading:
    words = (
        Timed(word["word"], max(0.0, word["start"] - before), max(0.0, word["end"] - before))
        for word in found["result"]
    )
    return Reading(float(found["confidence"]), tuple(words))
