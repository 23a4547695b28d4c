"""Learns to tell two wishes in one sentence from one, from sentences of both kinds.

The sentences of two are in the grammars' `_two.tsv`; those of one are what the intent model has not seen, since it is
surer of what it was taught than of what a caller will say.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from voicebot.nlu.clauses import ACTIONS, ASIDE, REASONS
from voicebot.nlu.intent import IntentModel
from voicebot.nlu.parting import SHORTEST, Parting, likeliest_cut, signs_of

_STRENGTH = 0.3
_FALSE = 0.02
"""The share of sentences of one wish that may be taken for two."""
_FOLDS = 4


def learn_parting(
    model: IntentModel, two: Sequence[tuple[tuple[str, ...], str]], one: Sequence[str]
) -> Parting | None:
    """The model for sentences of `two` wishes (their names, the bare sentence) against those of `one`.

    None where there are too few to learn from. Takes some seconds of one core.
    """
    seen = [signs for names, bare in two if (signs := _signs(model, bare, names)) and _apart(names)]
    single = [signs for bare in one if (signs := _signs(model, bare))]
    if min(len(seen), len(single)) < 10 * _FOLDS:
        return None
    rows = [*seen, *single]
    wanted = np.array([1] * len(seen) + [0] * len(single))
    return _fit(rows, wanted)


def _apart(names: Sequence[str]) -> bool:
    """Both are tasks, and the first is not told only as the reason of the second."""
    if len(names) != 2 or "human_agent" in names or ASIDE & set(names):
        return False
    return not (names[0] in REASONS and names[1] in ACTIONS)


def _signs(model: IntentModel, bare: str, names: Sequence[str] = ()) -> dict[str, float] | None:
    """What is seen of a sentence; None where it cannot be cut, or is cut into others than `names`."""
    cut = likeliest_cut(bare, model) if len(bare) >= SHORTEST else None
    if cut is None or (names and (cut.first, cut.second) != tuple(names)):
        return None
    return signs_of(bare, cut, model.probabilities(bare), model)


def _fit(rows: Sequence[dict[str, float]], wanted: np.ndarray) -> Parting:
    """Fits the weights, and the level by sentences that were left out in turn."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict

    names = DictVectorizer(dtype=np.float32)
    matrix = names.fit_transform(rows)
    learner = LogisticRegression(C=_STRENGTH, max_iter=1000)
    chances = cross_val_predict(learner, matrix, wanted, cv=_FOLDS, method="predict_proba")[:, 1]
    level = float(np.quantile(chances[wanted == 0], 1.0 - _FALSE))
    learner.fit(matrix, wanted)
    vocabulary = {str(name): row for row, name in enumerate(names.feature_names_)}
    weights = np.append(learner.coef_[0], learner.intercept_).astype(np.float32)
    return Parting(vocabulary, weights, level)
