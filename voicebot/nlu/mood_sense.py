"""A sense for anger and distress learnt from example sentences, for what no word list foresees.

A naive Bayes over one to three characters (with the ends of the sentence), as log-likelihood ratios: once of grave
against calm, once of distressed against angry. Learning is counting, so that it takes some ten milliseconds; a
sentence costs a dictionary look-up for each gram. Ratios are divided by the root of the number of grams, which keeps
long sentences from being sure of everything.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from voicebot.errors import VoicebotError
from voicebot.nlu.normalize import normalize
from voicebot.nlu.words import FOLDER, read_words

_ORDERS = (1, 2, 3)
_SMOOTH, _DOUBT = 0.5, 2.0


@dataclass(frozen=True, slots=True, eq=False)
class MoodSense:
    """Log-likelihood ratios by gram: `grave` against calm, `distress` against anger."""

    grave: Mapping[str, float] = field(repr=False)
    distress: Mapping[str, float] = field(repr=False)

    @staticmethod
    def learn(angry: Iterable[str], distressed: Iterable[str], calm: Iterable[str]) -> MoodSense:
        """From sentences of each kind."""
        angry_grams, distressed_grams, calm_grams = _counts(angry), _counts(distressed), _counts(calm)
        return MoodSense(
            _ratios(angry_grams + distressed_grams, calm_grams), _ratios(distressed_grams, angry_grams)
        )

    @staticmethod
    def load(folder: Path = FOLDER) -> MoodSense:
        """From mood_examples.yaml of `folder`: angry, distressed, calm and ordinary, one sentence a line."""
        data = read_words("mood_examples", folder)
        lines = {
            key: str(data.get(key) or "").split("\n") for key in ("angry", "distressed", "calm", "ordinary")
        }
        for key in ("angry", "distressed", "calm"):
            if not any(line.strip() for line in lines[key]):
                raise VoicebotError(
                    f"{folder / 'mood_examples.yaml'} has no sentences under `{key}`; add some."
                )
        return MoodSense.learn(lines["angry"], lines["distressed"], lines["calm"] + lines["ordinary"])

    def of(self, text: str) -> tuple[float, float]:
        """How grave a sentence sounds (0 undecided, above 1.5 plainly), and whether rather distressed than angry."""
        grams = _grams(text)
        size = math.sqrt(len(grams)) or 1.0
        grave = sum(self.grave.get(gram, 0.0) for gram in grams)
        distress = sum(self.distress.get(gram, 0.0) for gram in grams)
        return grave / size, distress / size


_TOTAL = ""  # under the empty gram stands the number of sentences


def _grams(text: str) -> set[str]:
    text = f"^{normalize(text).lower()}$"
    return {text[at : at + order] for order in _ORDERS for at in range(len(text) - order + 1)}


def _counts(sentences: Iterable[str]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for sentence in sentences:
        if sentence.strip():
            counts.update(_grams(sentence.strip()))
            counts[_TOTAL] += 1
    return counts


def _ratios(of: Counter[str], against: Counter[str]) -> dict[str, float]:
    """Smoothed log ratios; what was seen seldom says little, so each is shrunk by n / (n + _DOUBT)."""
    total, others = of[_TOTAL] + 1, against[_TOTAL] + 1
    ratios: dict[str, float] = {}
    for gram in of.keys() | against.keys():
        seen, elsewhere = of[gram], against[gram]
        ratio = math.log((seen + _SMOOTH) / total) - math.log((elsewhere + _SMOOTH) / others)
        ratios[gram] = ratio * (seen + elsewhere) / (seen + elsewhere + _DOUBT)
    ratios.pop(_TOTAL, None)
    return ratios
