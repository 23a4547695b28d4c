"""Learns the intent model from the grammars, in seconds.

templates ──draw──> sentences ──mishear──> more sentences ──features──> logistic regression
    └── every eighth template kept out first: temperature, thresholds and precision are measured on those
        and on new sentences of the others, half and half, then a model is learned from all of them
"""

from __future__ import annotations

import hashlib
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from voicebot.nlu import features as features_module
from voicebot.nlu.chances import softmax
from voicebot.nlu.confusion import Confusion
from voicebot.nlu.evaluate import calibration_error
from voicebot.nlu.features import Kinds, features
from voicebot.nlu.grammars import Grammars, Template
from voicebot.nlu.intent import OUT_OF_SCOPE, IntentModel, Quality, Thresholds
from voicebot.nlu.training_parting import learn_parting

_FOLDS = 8
_OUTSIDE = 2
_TELLS_NOTHING = 0.4
"""This share of the features, those of the smallest weights, is left out: a small table keeps to the cache."""
_TOLD_AGAIN = 2
"""What a caller says as it stands weighs more than one of a template's many sentences."""

VERSION = "15"
"""To be changed with anything that changes what is learned from the same grammars."""


@dataclass(frozen=True, slots=True)
class Options:
    """How much is drawn and how long is learned. `per_intent` is the number of sentences drawn of each intent beside
    those that are told; what is out of scope is more various, and twice as many are drawn of it.
    """

    per_intent: int = 400
    misheard: float = 0.4
    passes: int = 4
    regularisation: float = 2e-6
    seed: int = 7


@dataclass(frozen=True, slots=True)
class Row:
    """A sentence and what it means; `kept_out`: from one of the templates kept out; `misheard`: altered;
    `told`: a whole sentence of a caller, no template's.
    """

    text: str
    intent: str
    kept_out: bool
    misheard: bool = False
    told: bool = False


def trained(grammars: Grammars, cache: Path | None = None, options: Options = Options()) -> IntentModel:
    """The model of these grammars: from the folder `cache` if it was learned before, else learned and put there."""
    path = None if cache is None else cache / f"intents-{_key(grammars, options)}.npz"
    if path is not None and path.is_file():
        try:
            return IntentModel.load(path)
        except (OSError, EOFError, BadZipFile, ValueError, KeyError, TypeError):
            pass  # another version's file, or half of one: learn again and write it anew
    model = learn(grammars, options)
    if path is not None:
        model.save(path)
        model = IntentModel.load(path)
    return model


def _key(grammars: Grammars, options: Options) -> str:
    text = f"{grammars.digest} {VERSION} {features_module.VERSION} {options}"
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def learn(grammars: Grammars, options: Options = Options()) -> IntentModel:
    """Learn a model from the grammars alone. Takes some seconds of one core."""
    rows, kinds = drawn_rows(grammars, options), Kinds.of(grammars.kinds)
    found = {text: features(text, kinds) for text in {row.text for row in rows}}
    seen = [(row, found[row.text]) for row in rows]
    of_one = {grammars.bare(text) for names, text in grammars.wishes if len(names) == 1}
    left = [one for one in seen if not one[0].kept_out and one[0].text not in of_one]
    first = replace(_fit(left, options), kinds=kinds)
    measured = _calibrated(first, grammars, _for_measuring(grammars, rows, options))
    of_one.update(row.text for row in rows if row.kept_out and row.told and not row.misheard)
    of_two = [(names, grammars.bare(text)) for names, text in grammars.wishes if len(names) == 2]
    return replace(
        _fit(seen, options),
        kinds=kinds,
        temperature=measured.temperature,
        thresholds=measured.thresholds,
        quality=measured.quality,
        parting=learn_parting(measured, of_two, sorted(of_one)),
    )


def drawn_rows(grammars: Grammars, options: Options) -> list[Row]:
    """Sentences of every intent, as many of each, and misheard versions of some."""
    rng = np.random.default_rng(options.seed)
    by_intent: dict[str, list[tuple[int, Template]]] = {}
    for number, template in enumerate(grammars.templates):
        by_intent.setdefault(template.intent, []).append((number, template))
    rows = [
        row for _, templates in sorted(by_intent.items()) for row in _draw(grammars, templates, options, rng)
    ]
    rows += _TOLD_AGAIN * [row for row in rows if row.told]
    confusion = Confusion(row.text for row in rows)
    misheard = [
        replace(row, text=confusion.misheard(row.text, rng), misheard=True)
        for row in rows
        if rng.random() < options.misheard
    ]
    heard = [
        Row(grammars.bare(text), intent, False, misheard=True)
        for intent, _, text in grammars.heard
        for _ in range(3)
    ]
    return rows + heard + [row for row in misheard if row.text]


def _for_measuring(grammars: Grammars, rows: Sequence[Row], options: Options) -> list[Row]:
    """Sentences that the first model has not seen: half are said by no template that it knows, half are.

    That is the mixture found among sentences of callers that were written apart from the templates.
    """
    kept_out = [row for row in rows if row.kept_out and not row.misheard]
    seen = {row.text for row in rows}
    fresh = drawn_rows(grammars, replace(options, seed=options.seed + 1, misheard=0.0))
    known = [row for row in fresh if not row.kept_out and not row.misheard and row.text not in seen]
    step = max(1, len(known) // max(1, len(kept_out)))
    return kept_out + known[::step]


def _draw(
    grammars: Grammars, templates: Sequence[tuple[int, Template]], options: Options, rng: np.random.Generator
) -> list[Row]:
    rows: dict[str, Row] = {}
    told = sum(template.whole for _, template in templates)
    most = told + options.per_intent * (_OUTSIDE if templates[0][1].intent == OUT_OF_SCOPE else 1)
    for _ in range(3 * most // len(templates) + 1):
        for number, template in templates:
            if len(rows) < most:
                text = grammars.draw(template, rng)
                rows.setdefault(text, Row(text, template.intent, number % _FOLDS == 0, told=template.whole))
    return list(rows.values())


def _fit(seen: Sequence[tuple[Row, set[str]]], options: Options) -> IntentModel:
    """A model of rows, each with its features."""
    from scipy import sparse
    from sklearn.linear_model import SGDClassifier

    rows, found = [row for row, _ in seen], [features_ for _, features_ in seen]
    counts = Counter(feature for one in found for feature in one)
    vocabulary = {name: row for row, name in enumerate(sorted(n for n, count in counts.items() if count > 2))}
    columns = [[vocabulary[name] for name in one if name in vocabulary] for one in found]
    matrix = sparse.csr_matrix(
        (
            np.concatenate([np.full(len(one), 1 / max(1, len(one)) ** 0.5, np.float32) for one in columns]),
            np.concatenate([np.array(sorted(one), np.int32) for one in columns]),
            np.cumsum([0, *map(len, columns)]),
        ),
        shape=(len(rows), len(vocabulary)),
    )
    intents = tuple(sorted({row.intent for row in rows}))
    wanted = np.array([intents.index(row.intent) for row in rows])
    model: Any = SGDClassifier(
        loss="log_loss",
        alpha=options.regularisation,
        max_iter=options.passes,
        tol=None,
        random_state=options.seed,
        average=True,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it could go on learning
        model.fit(matrix, wanted)
    telling = np.abs(model.coef_).max(axis=0)
    kept = np.flatnonzero(telling >= np.quantile(telling, _TELLS_NOTHING))
    names = list(vocabulary)
    vocabulary = {names[column]: row for row, column in enumerate(kept)}
    weights = np.vstack([model.coef_.T[kept], model.intercept_]).astype(np.float32)
    return IntentModel(intents, vocabulary, weights, 1.0, Thresholds(0.7, 0.4, 0.3), Quality(0.0, 0.0, 0.0))


def _calibrated(model: IntentModel, grammars: Grammars, rows: Sequence[Row]) -> IntentModel:
    """The model with temperature, thresholds and quality as found on rows that it has not learned from."""
    scores = np.array([model.scores(row.text) for row in rows])
    wanted = np.array([model.intents.index(row.intent) for row in rows])
    temperature = _temperature(scores, wanted)
    chances = softmax(scores / temperature)
    sure, right = chances.max(axis=1), chances.argmax(axis=1) == wanted
    in_scope = wanted != model.intents.index(OUT_OF_SCOPE)
    return replace(
        model,
        temperature=temperature,
        thresholds=_thresholds(sure, right, np.sort(chances, axis=1)[in_scope & right, -2:].sum(axis=1)),
        quality=Quality(
            float(right.mean()),
            calibration_error(sure, right),
            _grammar_precision(grammars, [row for row in rows if row.kept_out]),
        ),
    )


def _temperature(scores: npt.NDArray[np.float32], wanted: npt.NDArray[np.int64]) -> float:
    """The divisor that makes the right answers likeliest (Guo et al. 2017, On calibration of modern networks)."""
    candidates = np.geomspace(0.1, 5.0, 80)
    places = np.arange(len(wanted))
    losses = [-np.log(softmax(scores / one)[places, wanted] + 1e-12).mean() for one in candidates]
    return float(candidates[int(np.argmin(losses))])


def _thresholds(
    sure: npt.NDArray[np.float64], right: npt.NDArray[np.bool_], two_best: npt.NDArray[np.float64]
) -> Thresholds:
    """Act where 95 of 100 are right, confirm what is more likely right than not, reject 3 of 1,000 that are right."""
    order = np.argsort(-sure)
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.nonzero(precision >= 0.95)[0]
    act = float(sure[order][enough[-1]]) if len(enough) else 0.9
    local = [one for one in np.arange(0.2, 0.7, 0.02) if _right_about(sure, right, one) >= 0.5]
    confirm = float(local[0]) if local else 0.5
    reject = float(np.quantile(two_best, 0.003))
    return Thresholds(round(max(act, confirm), 3), round(confirm, 3), round(reject, 3))


def _right_about(sure: npt.NDArray[np.float64], right: npt.NDArray[np.bool_], level: float) -> float:
    near = np.abs(sure - level) < 0.05
    return float(right[near].mean()) if near.any() else 0.0


def _grammar_precision(grammars: Grammars, rows: Sequence[Row]) -> float:
    """How often a sentence of a template kept out has the intent of the other template that happens to say it, too."""
    without = frozenset(range(0, len(grammars.templates), _FOLDS))
    hits = [(row.intent, found) for row in rows if (found := grammars.match(row.text, without))]
    right = sum(intent in found for intent, found in hits)
    return (right + 1) / (len(hits) + 2)
