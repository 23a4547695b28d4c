"""One transcript of what two decoders heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from voicebot.asr.decoder import Reading
from voicebot.asr.digit_strings import in_arabic, rescored
from voicebot.asr.expecting import Expecting
from voicebot.asr.readings import alternatives, posteriors
from voicebot.events import Alternative, Transcript
from voicebot.nlu.digits import SPOKEN_DIGITS

SHARPNESS = 0.2


@dataclass(frozen=True, slots=True)
class Heard:
    """The readings of both decoders, best first, and the audio (8 kHz) that they heard."""

    free: Sequence[Reading]
    expected: Sequence[Reading]
    pcm: bytes = field(repr=False)


def fuse(heard: Heard, expecting: Expecting, kept: int) -> Transcript:
    """The transcript: every alternative of both decoders, and as its text the likeliest of them.

    Where digits were asked for, the decoder of digits has the word, unless it heard none.
    """
    free = _alternatives(heard.free, kept) if heard.free else []
    expected = _expected(heard, expecting, kept) if heard.expected else []
    both = sorted([*free, *expected], key=lambda found: -found.confidence)
    if not both:
        return Transcript("", 0.0)
    best = both[0]
    if expecting.kind == "digits" and expected and _has_digits(expected[0]):
        best = expected[0]
    return Transcript(best.text, best.confidence, best.words, tuple(both))


def _alternatives(readings: Sequence[Reading], kept: int) -> list[Alternative]:
    shares = posteriors([reading.score for reading in readings], SHARPNESS)
    return alternatives(readings, shares, "free", kept)


def _expected(heard: Heard, expecting: Expecting, kept: int) -> list[Alternative]:
    if expecting.kind == "digits":
        shares = rescored(heard.expected, heard.pcm)
        return alternatives(heard.expected, shares, "domain", kept, in_arabic)
    shares = posteriors([reading.score for reading in heard.expected], SHARPNESS)
    return alternatives(heard.expected, shares, "domain", kept)


def _has_digits(found: Alternative) -> bool:
    return any(word.text in SPOKEN_DIGITS for word in found.words)
