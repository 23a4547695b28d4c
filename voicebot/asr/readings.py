"""From a decoder's list to alternatives whose confidence is a probability.

The list holds the same sentence several times (split into other words, with other silences) and gives each a
log-likelihood. The share of a reading in the whole, its posterior, is computed from likelihoods flattened by
`sharpness`, since a decoder treats neighbouring frames as if they were independent and is too sure of itself.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from voicebot.asr.decoder import Reading, Timed
from voicebot.asr.lexicon import UNKNOWN
from voicebot.events import Alternative, Source, Word

_APART = 0.15


def posteriors(scores: Sequence[float], sharpness: float) -> list[float]:
    """Softmax of the scores (nats) times `sharpness`; empty for no scores."""
    best = max(scores, default=0.0)
    parts = [math.exp(sharpness * (score - best)) for score in scores]
    return [part / sum(parts) for part in parts]


def known(reading: Reading) -> list[Timed]:
    """The words of the reading without [unk]."""
    return [word for word in reading.words if word.text != UNKNOWN]


def text_of(reading: Reading) -> str:
    """The text of the reading without [unk] and without spaces."""
    return "".join(word.text for word in known(reading))


def alternatives(
    readings: Sequence[Reading],
    shares: Sequence[float],
    source: Source,
    keep: int,
    *,
    same: Callable[[str], str] = str,
    confidences: Mapping[str, float] | None = None,
) -> list[Alternative]:
    """At most `keep` different texts, likeliest first. `shares` are the posteriors of `readings`.

    Texts that `same` makes equal are one (幺 and 一 are one digit). The confidence is the text's part in
    `confidences`, else the sum of its shares; the share of time that the decoder gave to [unk] is taken off it:
    something else was said there.
    """
    merged: dict[str, list[int]] = {}
    for index, reading in enumerate(readings):
        merged.setdefault(same(text_of(reading)), []).append(index)
    found = []
    for indices in merged.values():
        first = readings[max(indices, key=shares.__getitem__)]
        text = text_of(first)
        share = sum(shares[index] for index in indices)
        confidence = share if confidences is None else confidences.get(text, 0.0)
        if text:
            found.append((confidence * (1.0 - _unknown_share(first)), text, first))
    found.sort(key=lambda item: -item[0])
    best = max(found[0][0], 1e-12) if found else 1.0
    places = _Places(readings, shares, same)
    return [
        Alternative(
            text,
            math.log(max(confidence, 1e-12) / best),
            confidence,
            source,
            tuple(places.word(word) for word in known(first)),
        )
        for confidence, text, first in found[:keep]
    ]


def _unknown_share(reading: Reading) -> float:
    total = sum(word.end - word.start for word in reading.words)
    unknown = sum(word.end - word.start for word in reading.words if word.text == UNKNOWN)
    return unknown / total if total > 0 else 0.0


class _Places:
    """Which readings have a word at which time.

    A list of 40 readings holds some 300 words: each is looked up once, not compared with all the others.
    """

    def __init__(
        self, readings: Sequence[Reading], shares: Sequence[float], same: Callable[[str], str]
    ) -> None:
        self._shares = shares
        self._same = same
        self._starts: dict[str, list[tuple[float, int]]] = defaultdict(list)
        self._told: dict[Timed, Word] = {}
        for index, reading in enumerate(readings):
            for word in reading.words:
                self._starts[same(word.text)].append((word.start, index))

    def word(self, word: Timed) -> Word:
        """The word with the share of all readings that have it at that time."""
        told = self._told.get(word)
        if told is None:
            having = {
                index
                for start, index in self._starts[self._same(word.text)]
                if abs(start - word.start) < _APART
            }
            share = sum(self._shares[index] for index in sorted(having))
            told = Word(word.text, round(word.start, 3), round(word.end, 3), min(1.0, share))
            self._told[word] = told
        return told
