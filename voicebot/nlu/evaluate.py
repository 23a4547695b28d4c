"""How good understanding is: accuracy, macro-F1, confusions, out-of-scope and calibration, from pairs of names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Judged:
    """One sentence: what it means, what was understood, and how sure that was (0..1)."""

    text: str
    wanted: str
    found: str
    confidence: float

    @property
    def right(self) -> bool:
        """Was it understood as it was meant?"""
        return self.wanted == self.found


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one intent: precision, recall and F1 in 0..1, and the number of sentences that mean it."""

    precision: float
    recall: float
    f1: float
    count: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All figures of one set of sentences, in 0..1. `confusions` are (wanted, found, times), most frequent first."""

    count: int
    accuracy: float
    macro_f1: float
    calibration_error: float
    out_of_scope_recall: float
    out_of_scope_false_alarms: float
    intents: Mapping[str, Figures]
    confusions: tuple[tuple[str, str, int], ...]
    mistakes: tuple[Judged, ...]


def evaluate(judged: Sequence[Judged], out_of_scope: str = "out_of_scope") -> Evaluation:
    """The figures of these sentences. Raises ValueError when there are none."""
    if not judged:
        raise ValueError("there is nothing to evaluate")
    names = sorted({one.wanted for one in judged})
    intents = {name: _figures(judged, name) for name in names}
    outside = [one for one in judged if one.wanted == out_of_scope]
    inside = [one for one in judged if one.wanted != out_of_scope]
    wrong = Counter((one.wanted, one.found) for one in judged if not one.right)
    return Evaluation(
        count=len(judged),
        accuracy=_share([one.right for one in judged]),
        macro_f1=float(np.mean([figures.f1 for figures in intents.values()])),
        calibration_error=calibration_error(
            np.array([one.confidence for one in judged]), np.array([one.right for one in judged])
        ),
        out_of_scope_recall=_share([one.found == out_of_scope for one in outside]),
        out_of_scope_false_alarms=_share([one.found == out_of_scope for one in inside]),
        intents=intents,
        confusions=tuple((wanted, found, times) for (wanted, found), times in wrong.most_common()),
        mistakes=tuple(one for one in judged if not one.right),
    )


def calibration_error(
    confidence: npt.NDArray[np.float64], right: npt.NDArray[np.bool_], bins: int = 10
) -> float:
    """Expected calibration error: how far confidence and truth are apart, over bins of equal width."""
    places = np.minimum((confidence * bins).astype(int), bins - 1)
    error = 0.0
    for place in np.unique(places):
        inside = places == place
        error += float(inside.mean()) * abs(float(confidence[inside].mean()) - float(right[inside].mean()))
    return error


def _figures(judged: Sequence[Judged], name: str) -> Figures:
    wanted = [one for one in judged if one.wanted == name]
    hits = sum(one.right for one in wanted)
    claimed = sum(one.found == name for one in judged)
    precision = hits / claimed if claimed else 0.0
    recall = hits / len(wanted)
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    return Figures(precision, recall, f1, len(wanted))


def _share(truths: Sequence[bool]) -> float:
    return sum(truths) / len(truths) if truths else 0.0
