"""Which entry answers a sentence, and how sure that is.

Entries are ranked by how much of the sentence their questions cover (by characters, words, sounds), by a classifier
over these three channels, and, where there is a sentence encoder, by a classifier over meanings and the nearest
question in meaning. The classifiers are kernel ridge regressions over all questions; sentences known to have no answer
are a class of their own.

How probable it is that the best one is right comes from a logistic regression, fitted on what the knowledge base says
about itself, so that it holds for whatever entries there are: each question, and each sentence without an answer,
is asked as if it were not there. Leaving one out needs no refitting: for ridge regression the prediction without
row i is y_i - (y_i - f_i) / (1 - H_ii), with the hat matrix H = K (K + ridge I)^-1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from voicebot.knowledge.signs import Channel, Numbers, Places, Signs

Encode = Callable[[Sequence[str]], NDArray[Any]]
"""Sentences as rows of length one."""

Learned = Mapping[str, NDArray[Any]]

RIDGE_SIGNS, RIDGE_MEANING = 1.0, 0.5
COVERED = (1.0, 0.5, 0.5)
SIGNS, MEANING, NEAREST = 1.0, 2.0, 1.0
"""What counts how much in the ranking: coverage by characters, words, sounds; classifiers; the nearest question."""

ANSWERED_WRONGLY = 0.1
"""This share of the sentences without an answer may be answered: it sets the threshold."""


class Classifier:
    """Kernel ridge regression on rows whose kernel with themselves is given; `targets` has a column per class."""

    def __init__(self, alpha: Numbers) -> None:
        self.alpha = alpha

    @staticmethod
    def train(kernel: Numbers, targets: Numbers, ridge: float) -> tuple[Classifier, Numbers]:
        """The classifier, and what it would give each row had it not seen it."""
        inverse = np.linalg.inv(kernel + ridge * np.eye(len(kernel)))
        alpha = inverse @ targets
        leverage = np.einsum("ij,ji->i", kernel, inverse)
        return Classifier(alpha), targets - (targets - kernel @ alpha) / (1.0 - leverage)[:, None]

    def __call__(self, kernel: Numbers) -> Numbers:
        """What each class is given, from the kernel with every row."""
        scores: Numbers = kernel @ self.alpha
        return scores


@dataclass(frozen=True, slots=True)
class Judged:
    """What the judges say, entry by entry in the last axis; the column after the last entry means "no answer"."""

    signs: Numbers
    covered: tuple[Numbers, ...]
    alike: Numbers
    meaning: Numbers
    nearest: Numbers

    @property
    def score(self) -> Numbers:
        """By which entries are ranked (without the last column)."""
        total = SIGNS * self.signs + MEANING * self.meaning + NEAREST * self.nearest
        for weight, part in zip(COVERED, self.covered, strict=True):
            total = total + weight * part
        entries: Numbers = total[..., :-1]
        return entries


class Ranking:
    """Ranks entries by their questions; `owner[i]` is the entry of question i, in rising order."""

    def __init__(
        self,
        signs: Signs,
        questions: Sequence[str],
        owner: Places,
        answers: Sequence[str],
        *,
        unanswerable: Sequence[str] = (),
        encode: Encode | None = None,
        learned: Learned | None = None,
    ) -> None:
        self._signs, self._encode = signs, encode
        texts = [*questions, *unanswerable]
        self._owner = np.concatenate([owner, np.full(len(unanswerable), len(answers))])
        self._starts = np.searchsorted(owner, np.arange(len(answers)))
        self._last = len(questions)
        asked, told = [signs.of(text) for text in texts], [*map(signs.of, answers), (frozenset[str](),) * 3]
        self._channels = [
            Channel([row[at] for row in asked], self._owner, [row[at] for row in told]) for at in range(3)
        ]
        if learned is None:
            self._meanings = np.asarray(encode([signs.spoken(text) for text in texts])) if encode else None
            self._calibrate(self._fit(len(answers)))
        else:
            self._recall(learned)

    @property
    def learned(self) -> Learned:
        """Everything that was computed from the texts and takes time; give it back with the very same texts."""
        sure = self._sure
        found = {"signs": self._by_signs.alpha, "middle": sure.middle, "spread": sure.spread}
        found |= {"weights": sure.weights, "bias": np.array(sure.bias), "threshold": np.array(self.threshold)}
        if self._meanings is not None:
            found |= {"vectors": self._meanings, "meaning": self._by_meaning.alpha}
        return found

    def _recall(self, learned: Learned) -> None:
        self._by_signs = Classifier(learned["signs"])
        self._meanings = learned.get("vectors")
        if self._meanings is not None:
            self._by_meaning = Classifier(learned["meaning"])
        bias = float(learned["bias"])
        self._sure = Regression(learned["middle"], learned["spread"], learned["weights"], bias)
        self.threshold = float(learned["threshold"])

    def _fit(self, entries: int) -> Judged:
        """Train the classifiers; what the judges say of each sentence as if it were not there."""
        targets = np.eye(entries + 1)[self._owner]
        likeness = sum((channel.unit @ channel.unit.T).toarray() for channel in self._channels) / 3
        self._by_signs, unseen = Classifier.train(likeness, targets, RIDGE_SIGNS)
        np.fill_diagonal(likeness, 0.0)
        alike = self._by_entry(likeness)
        covered = tuple(channel.covered_by_others() for channel in self._channels)
        meaning = nearest = np.zeros_like(targets)
        if self._meanings is not None:
            kernel = (self._meanings @ self._meanings.T).astype(np.float64)
            self._by_meaning, meaning = Classifier.train(kernel, targets, RIDGE_MEANING)
            np.fill_diagonal(kernel, 0.0)
            nearest = self._by_entry(kernel)
        return Judged(unseen, covered, alike, meaning, nearest)

    def _by_entry(self, likeness: Numbers) -> Numbers:
        """The greatest likeness with any sentence of each entry, and with any that has no answer."""
        best = np.maximum.reduceat(likeness[..., : self._last], self._starts, axis=-1)
        none = likeness[..., self._last :].max(axis=-1, keepdims=True, initial=0.0)
        result: Numbers = np.concatenate([best, none], axis=-1)
        return result

    def judge(self, text: str) -> Judged:
        """What the judges say of a sentence."""
        looks = [channel.look(row) for channel, row in zip(self._channels, self._signs.of(text), strict=True)]
        likeness = (looks[0][0] + looks[1][0] + looks[2][0]) / 3
        signs, covered = self._by_signs(likeness), tuple(look[1] for look in looks)
        meaning = nearest = np.zeros_like(signs)
        if self._encode is not None and self._meanings is not None:
            kernel = self._meanings @ self._encode([self._signs.spoken(text)])[0]
            meaning, nearest = self._by_meaning(kernel), self._by_entry(kernel)
        return Judged(signs, covered, self._by_entry(likeness), meaning, nearest)

    def _calibrate(self, unseen: Judged) -> None:
        best, shown = self._verdict(unseen)
        truth = (best == self._owner).astype(np.float64)
        without = len(truth) - self._last
        weight = np.ones(len(truth))
        if without:
            weight[self._last :] = self._last / without
        self._sure = _regression(shown, truth, weight)
        wrong = self._sure.probability(shown[self._last :] if without else shown[truth == 0])
        self.threshold = float(np.quantile(wrong, 1 - ANSWERED_WRONGLY)) if len(wrong) else 0.5

    def _verdict(self, judged: Judged, allowed: NDArray[np.bool_] | None = None) -> tuple[Places, Numbers]:
        """The best entry, and what the calibration looks at, shape (rows, 8)."""
        score = np.atleast_2d(judged.score)
        score = score if allowed is None else np.where(allowed, score, -9.0)
        rows, best = np.arange(len(score)), score.argmax(axis=1)
        columns = [score[rows, best], score[rows, best] - np.partition(score, -2, axis=1)[:, -2]]
        for part in (judged.signs, judged.meaning, judged.nearest, judged.alike):
            table = np.atleast_2d(part)
            columns += [table[rows, best], table[rows, best] - table[:, -1]]
        columns += [np.maximum(*(np.atleast_2d(judged.covered[at])[rows, best] for at in (0, 2)))]
        return best, np.stack(columns, axis=1)

    def best(self, text: str, allowed: NDArray[np.bool_] | None = None) -> tuple[int, float]:
        """The entry that answers best among those allowed, and the probability that it is right."""
        best, signs = self._verdict(self.judge(text), allowed)
        return int(best[0]), float(self._sure.probability(signs)[0])


@dataclass(frozen=True, slots=True)
class Regression:
    """A logistic regression over scaled columns."""

    middle: Numbers
    spread: Numbers
    weights: Numbers
    bias: float

    def probability(self, columns: Numbers) -> Numbers:
        """Probability of each row."""
        logit = ((columns - self.middle) / self.spread) @ self.weights + self.bias
        result: Numbers = 1.0 / (1.0 + np.exp(-logit))
        return result


def _regression(columns: Numbers, right: Numbers, weight: Numbers) -> Regression:
    middle, spread = columns.mean(axis=0), columns.std(axis=0) + 1e-9
    if right.min() == right.max():
        return Regression(middle, spread, np.zeros(columns.shape[1]), 4.0 if right.max() else -4.0)
    model = LogisticRegression(C=1.0, max_iter=1000)
    model.fit((columns - middle) / spread, right, sample_weight=weight)
    return Regression(middle, spread, model.coef_[0], float(model.intercept_[0]))
