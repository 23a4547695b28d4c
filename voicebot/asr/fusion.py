"""One transcript of what several decoders heard.

Their scores are log-likelihoods of the same audio under the same acoustic model, language model included, so they can
be laid in one scale. Every text of every list is an option; one that both decoders found gains; and there is the
option that none of them was said, likelier for long texts. The share of each option is its confidence.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

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

PER_DIGIT = 3.0
DIGITS = 5.0
"""What a string of digits gains over a sentence (nats): the language model of digits makes each of them dear. Of 130
strings by eight voices 129 are taken for digits with this, and of 116 sentences two."""


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

    Where digits were asked for, the strings share what is likely to be digits at all, and sentences the rest.
    """
    if expecting.kind != "digits":
        return _transcript(_sentences(heard.free, heard.expected, kept))
    found = _sentences(heard.free, heard.besides, kept)
    if not heard.expected:
        return _transcript(found)
    shares = rescored(heard.expected, heard.pcm, expecting)
    strings = alternatives(heard.expected, shares, "domain", kept, same=in_arabic)
    likeliest = heard.expected[shares.index(max(shares))]
    digits = _digits_at_all(likeliest, [*heard.free[:1], *heard.besides[:1]])
    return _transcript([*_scaled(strings, digits), *_scaled(found, 1.0 - digits)])


def _digits_at_all(string: Reading, rivals: Sequence[Reading]) -> float:
    """The probability that digits were said, not one of the rivals."""
    if not rivals:
        return 1.0
    digits = sum(word.text in SPOKEN_DIGITS for word in string.words)
    margin = string.score - max(rival.score for rival in rivals) + PER_DIGIT * digits + DIGITS
    return 1.0 / (1.0 + math.exp(-max(-500.0, SHARPNESS * margin)))


def _scaled(found: Sequence[Alternative], part: float) -> list[Alternative]:
    return [replace(alternative, confidence=alternative.confidence * part) for alternative in found]


def _transcript(found: Sequence[Alternative]) -> Transcript:
    """All alternatives by confidence; the first is the text."""
    if not found:
        return Transcript("", 0.0)
    ranked = sorted(found, key=lambda alternative: -alternative.confidence)
    best = ranked[0]
    return Transcript(best.text, best.confidence, best.words, tuple(ranked))


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
