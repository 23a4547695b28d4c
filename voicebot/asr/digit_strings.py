"""Which of the digit strings that a decoder holds likely was said.

The decoder's errors are few and of two kinds: a doubled digit is heard once (二二 -> 二), and a long vowel is heard
twice (五 -> 五五). Both leave traces that its acoustic model does not weigh: a digit said once takes about as
long as its neighbours and has no dip of loudness inside, and between two equal digits there is a dip. So each
string of the list gets, besides its log-likelihood, a few plain measures of its timing, and a weighted
sum of them says how likely it is: a softmax over the list (a conditional logit model).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from voicebot.asr.decoder import Reading, Timed
from voicebot.asr.loudness import Levels, contour, dip
from voicebot.nlu.digits import SPOKEN_DIGITS

FEATURES = ("likelihood", "digits", "inner_dips", "flat_doubles", "uneven", "missed", "other")
WEIGHTS = np.array([7.21, 0.56, 0.03, -0.31, -2.44, -2.59, -0.02])

_DEEP = 20.0
_CLEAR = 8.0
_LOUD = 15.0


def rescored(readings: Sequence[Reading], pcm: bytes) -> list[float]:
    """The probability of each reading of a digit decoder, given the audio (8 kHz) that it heard; sums to 1."""
    levels = contour(pcm)
    sums = np.array([measures(reading, levels) for reading in readings]) @ WEIGHTS
    parts = np.exp(sums - sums.max())
    return [float(part) for part in parts / parts.sum()]


def in_arabic(text: str) -> str:
    """The text with every spoken digit (幺, 两, 洞 ... included) as an Arabic one."""
    return "".join(SPOKEN_DIGITS.get(character, character) for character in text)


def measures(reading: Reading, levels: Levels) -> npt.NDArray[np.float64]:
    """The FEATURES of one reading, in that order, each scaled to the order of one."""
    said = [word for word in reading.words if word.text in SPOKEN_DIGITS]
    other = sum(word.end - word.start for word in reading.words) - sum(w.end - w.start for w in said)
    spans = [(round(word.start * 100), round(word.end * 100)) for word in said]
    return np.array(
        [
            reading.score / 10,
            len(said),
            sum(min(dip(levels, start, end), _DEEP) for start, end in spans) / 10,
            _flat_doubles(said, levels),
            _uneven(spans),
            _missed(spans, levels),
            other * 5,
        ]
    )


def _flat_doubles(said: Sequence[Timed], levels: Levels) -> float:
    """How many pairs of equal digits have no dip between them: 1 for a flat one, 0 for one 8 dB deep."""
    total = 0.0
    for one, two in pairwise(said):
        if SPOKEN_DIGITS[one.text] == SPOKEN_DIGITS[two.text]:
            middles = (round((word.start + word.end) * 50) for word in (one, two))
            start, end = middles
            total += max(0.0, 1.0 - dip(levels, start, end + 1) / _CLEAR)
    return total


def _uneven(spans: Sequence[tuple[int, int]]) -> float:
    """How far the digits' durations are from their median: the sum of squared logarithms of the ratios."""
    if not spans:
        return 0.0
    durations = np.array([max(1, end - start) for start, end in spans], dtype=np.float64)
    return float((np.log(durations / np.median(durations)) ** 2).sum())


def _missed(spans: Sequence[tuple[int, int]], levels: Levels) -> float:
    """Loud time that no digit accounts for, in units of 0.2 s."""
    if len(levels) == 0:
        return 0.0
    loud = levels > np.percentile(levels, 98) - _LOUD
    for start, end in spans:
        loud[start:end] = False
    return float(loud.sum()) / 20
