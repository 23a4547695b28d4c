"""Which of the digit strings that a decoder holds likely was said.

The decoder's errors are few and of two kinds: a doubled digit is heard once (二二 -> 二), and a long vowel is heard
twice (五 -> 五五). Both leave traces that its acoustic model does not weigh: a digit said once takes about as
long as its neighbours and has no dip of loudness inside, and between two equal digits said slowly there is one.
So each string of the list gets, besides its log-likelihood, a few plain measures of its timing, and a weighted sum
of them says how likely it is: a softmax over the list (a conditional logit model).

    loudness   ▂▆█▆▃▁▂▅██▆▂      a dip inside a long digit: two were said      (inner)
    heard      └──── 二 ────┘

    loudness   ▂▆████████▆▂      equal digits without a dip, said slowly: one was said      (flat)
    heard      └ 五 ─┘└ 五 ─┘
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from voicebot.asr.decoder import Reading
from voicebot.asr.expecting import Expecting
from voicebot.asr.loudness import Levels, contour, dip
from voicebot.nlu.digits import SPOKEN_DIGITS

WEIGHTS = {
    "likelihood": 8.54,
    "slowness": -0.62,
    "inner": -2.77,
    "doubles": 0.81,
    "slow_doubles": -2.16,
    "flat": -6.03,
    "uneven": -1.17,
    "missed": -4.45,
    "other": -2.26,
}
"""Fitted on strings of seeds 1-40 of both recorded speakers and on 180 of six synthetic voices, clean and noisy."""

LENGTH = 4.0
START = 2.0
"""What a string gains that is as long as was asked for, and one that then begins as it should (nats)."""

_DEEP = 20.0
_CLEAR = 8.0
_LOUD = 15.0
_USUAL = 25.0


@dataclass(frozen=True, slots=True)
class Span:
    """A digit heard, from step `start` to step `end` of the loudness (10 ms each)."""

    digit: str
    start: int
    end: int

    @property
    def middle(self) -> int:
        """The step in its middle."""
        return (self.start + self.end) // 2


def rescored(readings: Sequence[Reading], pcm: bytes, expecting: Expecting) -> list[float]:
    """The probability of each reading of a digit decoder, given the audio (8 kHz) that it heard; sums to 1."""
    levels = contour(pcm)
    sums = np.array([_sum(reading, levels, expecting) for reading in readings])
    parts = np.exp(sums - sums.max())
    return [float(part) for part in parts / parts.sum()]


def in_arabic(text: str) -> str:
    """The text with every spoken digit (幺, 两, 洞 ... included) as an Arabic one."""
    return "".join(SPOKEN_DIGITS.get(character, character) for character in text)


def measures(reading: Reading, levels: Levels) -> dict[str, float]:
    """What WEIGHTS weighs, each scaled to the order of one; `levels` as `loudness.contour` makes them."""
    spans = _spans(reading)
    durations = np.array([max(1, span.end - span.start) for span in spans] or [1], dtype=np.float64)
    typical = float(np.median(durations))
    lengthened = np.log(durations / typical)
    slow = float(np.log(typical / _USUAL))
    doubles = [(one, two) for one, two in pairwise(spans) if one.digit == two.digit]
    flat = sum(max(0.0, 1 - dip(levels, one.middle, two.middle + 1) / _CLEAR) for one, two in doubles)
    dips = [min(dip(levels, span.start, span.end), _DEEP) / 10 for span in spans]
    return {
        "likelihood": reading.score / 10,
        "slowness": len(spans) * slow,
        "inner": float(sum(depth * max(0.0, z) for depth, z in zip(dips, lengthened, strict=False))),
        "doubles": len(doubles),
        "slow_doubles": len(doubles) * slow,
        "flat": flat * slow,
        "uneven": float((lengthened**2).sum()),
        "missed": _missed(spans, levels),
        "other": 5 * _other_seconds(reading),
    }


def _sum(reading: Reading, levels: Levels, expecting: Expecting) -> float:
    measured = measures(reading, levels)
    total = sum(weight * measured[name] for name, weight in WEIGHTS.items())
    digits = "".join(span.digit for span in _spans(reading))
    if len(digits) in expecting.lengths:
        total += LENGTH + START * (expecting.starts != "" and digits.startswith(expecting.starts))
    return total


def _spans(reading: Reading) -> list[Span]:
    return [
        Span(SPOKEN_DIGITS[word.text], round(word.start * 100), round(word.end * 100))
        for word in reading.words
        if word.text in SPOKEN_DIGITS
    ]


def _other_seconds(reading: Reading) -> float:
    return sum(word.end - word.start for word in reading.words if word.text not in SPOKEN_DIGITS)


def _missed(spans: Sequence[Span], levels: Levels) -> float:
    """Loud time that no digit accounts for, in units of 0.2 s."""
    if len(levels) == 0:
        return 0.0
    loud: npt.NDArray[np.bool_] = levels > np.percentile(levels, 98) - _LOUD
    for span in spans:
        loud[span.start : span.end] = False
    return float(loud.sum()) / 20
