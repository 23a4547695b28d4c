"""One transcript of what several decoders heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from voicebot.asr.decoder import Reading
from voicebot.asr.digit_strings import in_arabic, rescored
from voicebot.asr.expecting import Expecting
from voicebot.asr.readings import alternatives, posteriors
from voicebot.events import Alternative, Source, Transcript
from voicebot.nlu.digits import SPOKEN_DIGITS

SHARPNESS = 0.2


@dataclass(frozen=True, slots=True)
class Heard:
    """The audio (8 kHz) that the decoders heard, and the readings of each, best first.

    `besides` are those of the decoder of anything, where digits were expected.
    """

    pcm: bytes = field(repr=False)
    free: Sequence[Reading]
    expected: Sequence[Reading]
    besides: Sequence[Reading] = ()


def fuse(heard: Heard, expecting: Expecting, kept: int) -> Transcript:
    """The transcript: every alternative of both decoders, and as its text the likeliest of them.

    Where digits were asked for, the decoder of digits has the word, unless it heard none.
    """
    free = _alternatives(heard.free, "free", kept)
    besides = _alternatives(heard.besides, "domain", kept)
    expected = _expected(heard, expecting, kept)
    both = sorted([*free, *expected, *besides], key=lambda found: -found.confidence)
    if not both:
        return Transcript("", 0.0)
    best = both[0]
    if expecting.kind == "digits" and expected and _has_digits(expected[0]):
        best = expected[0]
    return Transcript(best.text, best.confidence, best.words, tuple(both))


def _alternatives(readings: Sequence[Reading], source: Source, kept: int) -> list[Alternative]:
    if not readings:
        return []
    shares = posteriors([reading.score for reading in readings], SHARPNESS)
    return alternatives(readings, shares, source, kept)


def _expected(heard: Heard, expecting: Expecting, kept: int) -> list[Alternative]:
    if expecting.kind != "digits" or not heard.expected:
        return _alternatives(heard.expected, "domain", kept)
    shares = rescored(heard.expected, heard.pcm)
    return alternatives(heard.expected, shares, "domain", kept, in_arabic)


def _has_digits(found: Alternative) -> bool:
    return any(word.text in SPOKEN_DIGITS for word in found.words)
