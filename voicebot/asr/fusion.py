"""One transcript of what several decoders heard.

Their scores are log-likelihoods of the same audio under the same acoustic model, language model included, so they can
be laid in one scale. Every text of every list is an option; one that both decoders found gains; and there is the
option that none of them was said, likelier for long texts. The share of each option is its confidence.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from voicebot.asr.decoder import Reading
from voicebot.asr.digit_strings import in_arabic, rescored
from voicebot.asr.expecting import Expecting
from voicebot.asr.readings import alternatives, posteriors, text_of
from voicebot.events import Alternative, Source, Transcript
from voicebot.nlu.digits import SPOKEN_DIGITS

SHARPNESS = 0.69
AGREED = 1.2
NONE = -4.44
NONE_PER_LENGTH = 1.39
"""Fitted on 232 sentences of six synthetic voices at 8 kHz, half of them with noise at 15 dB; NONE is in nats beneath
the best option, and grows with the logarithm of the number of its characters."""


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
    """The transcript: every alternative of every decoder, and as its text the likeliest of them.

    Where digits were asked for, the decoder of digits has the word, unless it heard none.
    """
    if expecting.kind != "digits":
        return _transcript(_sentences(heard.free, heard.expected, kept))
    found = _sentences(heard.free, heard.besides, kept)
    if not heard.expected:
        return _transcript(found)
    shares = rescored(heard.expected, heard.pcm, expecting)
    digits = alternatives(heard.expected, shares, "domain", kept, same=in_arabic)
    if digits and _is_digits(digits[0]):
        return _transcript([*digits, *found])
    return _transcript([*found, *digits])


def _transcript(found: Sequence[Alternative]) -> Transcript:
    """The first is the text; the others follow by confidence."""
    if not found:
        return Transcript("", 0.0)
    rest = sorted(found[1:], key=lambda other: -other.confidence)
    best = found[0]
    return Transcript(best.text, best.confidence, best.words, (best, *rest))


def _sentences(free: Sequence[Reading], told: Sequence[Reading], kept: int) -> list[Alternative]:
    """Alternatives of the free decoder and of one that was told sentences or phrases, likeliest first."""
    options = _options(free, told)
    found: list[Alternative] = []
    sources: tuple[tuple[Sequence[Reading], Source], ...] = ((free, "free"), (told, "domain"))
    for readings, source in sources:
        shares = posteriors([reading.score for reading in readings], SHARPNESS)
        found += alternatives(readings, shares, source, kept, confidences=options)
    return sorted(found, key=lambda other: -other.confidence)


def _options(free: Sequence[Reading], told: Sequence[Reading]) -> Mapping[str, float]:
    """The share of each text among all options, that none was said included."""
    best: list[dict[str, float]] = []
    for readings in (free, told):
        scores: dict[str, float] = {}
        for reading in readings:
            text = text_of(reading)
            scores[text] = max(scores.get(text, -math.inf), SHARPNESS * reading.score)
        best.append(scores)
    one, two = best
    sums = {
        text: max(one.get(text, -math.inf), two.get(text, -math.inf)) + AGREED * (text in one and text in two)
        for text in (*one, *two)
        if text
    }
    if not sums:
        return {}
    top = max(sums, key=sums.__getitem__)
    none = math.exp(NONE + NONE_PER_LENGTH * math.log(len(top)))
    parts = {text: math.exp(value - sums[top]) for text, value in sums.items()}
    total = sum(parts.values()) + none
    return {text: part / total for text, part in parts.items()}


def _is_digits(found: Alternative) -> bool:
    return any(word.text in SPOKEN_DIGITS for word in found.words)
