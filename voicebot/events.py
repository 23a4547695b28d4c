"""Everything that can happen to a call, in the past tense.

Every event is frozen and carries `at`, the seconds since the call began. Time enters a call in no other way.
Durations of speech are counted in samples at 8 kHz, or in milliseconds of audio, never read from a clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Source = Literal["free", "domain", "keys", "text"]
"""Who heard it: the free decoder, the decoder that was told what to expect, the keypad, or a typed line."""


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word; `start` and `end` in seconds since the utterance began, `confidence` in 0..1."""

    text: str
    start: float
    end: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Alternative:
    """One reading of an utterance.

    `score` is comparable within one source only: a log-likelihood relative to that source's best reading (0.0
    for the best, negative for the others). `confidence` in 0..1 is comparable across sources.
    """

    text: str
    score: float
    confidence: float
    source: Source
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Transcript:
    """What recognition made of one utterance: the best reading, and every alternative of every decoder."""

    text: str
    confidence: float
    words: tuple[Word, ...] = ()
    alternatives: tuple[Alternative, ...] = ()

    @staticmethod
    def of(text: str, source: Source = "text") -> Transcript:
        """A transcript that is certain, as typed text is."""
        return Transcript(text, 1.0, (), (Alternative(text, 0.0, 1.0, source),))


@dataclass(frozen=True, slots=True)
class Answered:
    """The line is open. `caller` and `called` are numbers as the line signalled them, or None."""

    at: float
    caller: str | None = None
    called: str | None = None
    line: str = "file"


@dataclass(frozen=True, slots=True)
class Heard:
    """20 ms of the caller's audio: 320 bytes, 8 kHz, 16-bit little-endian, mono.

    `sent` is all that was sent to him since the frame before, silence too, in whole frames; a line that brings no echo
    of it may leave it out.
    """

    at: float
    pcm: bytes = field(repr=False)
    sent: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Transcribed:
    """The recogniser's reading of an utterance. `final` is False for a reading of speech that goes on."""

    at: float
    utterance: int
    transcript: Transcript
    final: bool


@dataclass(frozen=True, slots=True)
class RecognitionFailed:
    """The recogniser was lost while it listened to this utterance; the audio can be fed again."""

    at: float
    utterance: int
    why: str


@dataclass(frozen=True, slots=True)
class RecognitionLate:
    """The recogniser has too much to do: this utterance's transcript will come, but later."""

    at: float
    utterance: int


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key: one of 0-9, *, #, A-D. `signalled` is False when it was found in the audio."""

    at: float
    key: str
    signalled: bool = True


@dataclass(frozen=True, slots=True)
class Synthesized:
    """All audio of this speech exists; it lasts `duration_ms`."""

    at: float
    utterance: int
    duration_ms: int


@dataclass(frozen=True, slots=True)
class SynthesisFailed:
    """This speech cannot be made; nothing more of it will be played."""

    at: float
    utterance: int
    why: str


@dataclass(frozen=True, slots=True)
class Played:
    """The caller has really heard `heard_ms` of this speech, and `finished` says whether that was all."""

    at: float
    utterance: int
    heard_ms: int
    finished: bool


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a Look or a Do. `result` is plain data (JSON-able); `error` is None when it worked."""

    at: float
    query: int
    result: Mapping[str, Any]
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Transferred:
    """A human has the caller."""

    at: float


@dataclass(frozen=True, slots=True)
class TransferFailed:
    """No human took the caller: busy, no answer, declined, closed, or failed."""

    at: float
    why: str


@dataclass(frozen=True, slots=True)
class Prompted:
    """Whoever watches the call wants the bot to say this next."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class TakenOver:
    """A human speaks with the caller on this line from here on; `by` is his name in the console."""

    at: float
    by: str


@dataclass(frozen=True, slots=True)
class HumanSaid:
    """The human who has the call has said or typed this."""

    at: float
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class HandedBack:
    """The human gives the caller back to the bot; `note` is what the bot should know."""

    at: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Noted:
    """Somebody at the console has noted this about the call; nobody in it hears of it."""

    at: float
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Woke:
    """The call's deadline has come."""

    at: float


@dataclass(frozen=True, slots=True)
class HungUp:
    """The line is gone. `by` says who ended it."""

    at: float
    by: Literal["caller", "bot", "line"]


Event = (
    Answered
    | Heard
    | Transcribed
    | RecognitionFailed
    | RecognitionLate
    | Pressed
    | Synthesized
    | SynthesisFailed
    | Played
    | Found
    | Transferred
    | TransferFailed
    | Prompted
    | TakenOver
    | HumanSaid
    | HandedBack
    | Noted
    | Woke
    | HungUp
)
