"""Which entry answers a sentence, and how sure that is.

Entries are ranked by a classifier over all questions, by how much of the sentence their questions cover (by
characters, words, sounds), and, where there is a sentence encoder, by the nearest question in meaning. The classifier
is a kernel ridge regression; two sentences are alike as far as their n-grams agree, and as their meanings do, by a
Gaussian kernel: what an entry means is no plane but many places. Sentences known to have no answer are a class of
their own.

How probable it is that the best one is right comes from a logistic regression, fitted on what the knowledge base says
about itself, so that it holds for whatever entries there are: each question, and each sentence without an answer,
is asked as if it were not there. Leaving one out needs no refitting: with the inverse of K + ridge I and its
coefficients, the prediction without row i is y_i - coefficient_i / inverse_ii.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack
from sklearn.linear_model import LogisticRegression

from voicebot.errors import VoicebotError
from voicebot.knowledge.signs import Channel, Numbers, Places, Signs

Encode = Callable[[Sequence[str]], NDArray[Any]]
"""Sentences as rows of length one."""

Learned = Mapping[str, NDArray[Any]]

RIDGE, RIDGE_SIGNS = 0.1, 1.0
"""With meanings, and with n-grams alone."""
WIDTH = 2.0
"""How fast likeness in meaning falls off: exp(-WIDTH (1 - cosine))."""
SIGNS = 0.6
"""What n-grams count beside meaning in the kernel."""
COVERED = (0.3, 0.15, 0.15)
NEAREST = 0.3
"""What counts how much beside the classifier: coverage by characters, words, sounds; the nearest question."""

ANSWERED_WRONGLY = 0.07
"""This share of the sentences without an answer may be answered: it sets the threshold. Strangers' are further off
than these, so that a tenth of theirs is meant."""


class Classifier:
    """Kernel ridge regression on rows whose kernel with themselves is given; `targets` has a column per class."""

    def __init__(self, alpha: NDArray[Any]) -> None:
        self.alpha = alpha

    @staticmethod
    def train(kernel: NDArray[Any], targets: NDArray[Any], ridge: float) -> tuple[Classifier, Numbers]:
        """The classifier, and what it would give each row had it not seen it. Overwrites `kernel`."""
        kernel = np.asarray(kernel, dtype=np.float32)
        kernel.flat[:: len(kernel) + 1] += ridge
        inverse = _inverse(kernel)
        alpha = inverse @ targets.astype(np.float32)
        left_out = targets - alpha / inverse.diagonal()[:, None]
        return Classifier(alpha), left_out.astype(np.float64)

    def __call__(self, kernel: NDArray[Any]) -> Numbers:
        """What each class is given, from the kernel with every row."""
        scores: Numbers = (kernel.astype(np.float32) @ self.alpha).astype(np.float64)
        return scores


def _inverse(matrix: NDArray[Any]) -> NDArray[Any]:
    """The inverse of a symmetric positive matrix, by Cholesky's way: half the work of any other."""
    factor, failed = lapack.spotrf(matrix, lower=1, overwrite_a=1)
    if not failed:
        factor, failed = lapack.spotri(factor, lower=1, overwrite_c=1)
    if failed:
        raise VoicebotError("the knowledge base cannot be learned: its questions are too much alike")
    lower = np.tril(factor)
    inverse: NDArray[Any] = lower + np.tril(lower, -1).T
    return inverse


@dataclass(frozen=True, slots=True)
class Judged:
    """What the judges say, entry by entry in the last axis; the column after the last entry means "no answer"."""

    chosen: Numbers
    covered: tuple[Numbers, ...]
    alike: Numbers
    nearest: Numbers

    @property
    def score(self) -> Numbers:
        """By which entries are ranked (without the last column)."""
        total = self.chosen + NEAREST * self.nearest
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
        found = {"alpha": self._classifier.alpha, "middle": sure.middle, "spread": sure.spread}
        found |= {"weights": sure.weights, "bias": np.array(sure.bias), "threshold": np.array(self.threshold)}
        return found if self._meanings is None else found | {"vectors": self._meanings}

    def _recall(self, learned: Learned) -> None:
        self._classifier = Classifier(learned["alpha"])
        self._meanings = learned.get("vectors")
        bias = float(learned["bias"])
        self._sure = Regression(learned["middle"], learned["spread"], learned["weights"], bias)
        self.threshold = float(learned["threshold"])

    def _fit(self, entries: int) -> Judged:
        """Train the classifier; what the judges say of each sentence as if it were not there."""
        targets = np.eye(entries + 1)[self._owner]
        likeness = sum((channel.unit @ channel.unit.T).toarray() for channel in self._channels) / 3
        cosine = None if self._meanings is None else (self._meanings @ self._meanings.T).astype(np.float64)
        ridge = RIDGE_SIGNS if cosine is None else RIDGE
        self._classifier, chosen = Classifier.train(_kernel(likeness, cosine), targets, ridge)
        covered = tuple(channel.covered_by_others() for channel in self._channels)
        nearest = np.zeros_like(targets)
        if cosine is not None:
            np.fill_diagonal(cosine, 0.0)
            nearest = self._by_entry(cosine)
        np.fill_diagonal(likeness, 0.0)
        return Judged(chosen, covered, self._by_entry(likeness), nearest)

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
        cosine = None
        if self._encode is not None and self._meanings is not None:
            cosine = self._meanings @ self._encode([self._signs.spoken(text)])[0]
        chosen = self._classifier(_kernel(likeness, cosine))
        nearest = np.zeros_like(chosen) if cosine is None else self._by_entry(cosine)
        return Judged(chosen, tuple(look[1] for look in looks), self._by_entry(likeness), nearest)

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
        """The best entry, and what the calibration looks at, shape (rows, 9)."""
        score = np.atleast_2d(judged.score)
        score = score if allowed is None else np.where(allowed, score, -9.0)
        rows, best = np.arange(len(score)), score.argmax(axis=1)
        columns = [score[rows, best], score[rows, best] - np.partition(score, -2, axis=1)[:, -2]]
        for part in (judged.chosen, judged.nearest, judged.alike):
            table = np.atleast_2d(part)
            columns += [table[rows, best], table[rows, best] - table[:, -1]]
        columns += [np.maximum(*(np.atleast_2d(judged.covered[at])[rows, best] for at in (0, 2)))]
        return best, np.stack(columns, axis=1)

    def best(self, text: str, allowed: NDArray[np.bool_] | None = None) -> tuple[int, float]:
        """The entry that answers best among those allowed, and the probability that it is right."""
        best, signs = self._verdict(self.judge(text), allowed)
        return int(best[0]), float(self._sure.probability(signs)[0])


def _kernel(likeness: Numbers, cosine: NDArray[Any] | None) -> NDArray[Any]:
    """Likeness of n-grams, and of meaning where there is one."""
    if cosine is None:
        alone: NDArray[Any] = likeness.astype(np.float32)
        return alone
    meaning: NDArray[Any] = np.exp(np.float32(WIDTH) * (cosine.astype(np.float32) - 1))
    both: NDArray[Any] = meaning + np.float32(SIGNS) * likeness.astype(np.float32)
    return both


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
