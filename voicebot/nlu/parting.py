"""Where one breath holds two wishes: 退了这件发票也给我开一张, without a pause or a comma between them.

Every feature has its place, so the sums before and after each word's end are running totals: the likeliest pair
of wishes of all cuts costs hardly more than the sentence itself. Whether there are two is a second, small model over
that pair, the whole sentence and the words around the cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from voicebot.nlu.chances import softmax
from voicebot.nlu.clauses import ACTIONS, ALIKE, ASIDE, REASONS
from voicebot.nlu.features import sound, words

Chances = npt.NDArray[np.float64]

SHORTEST = 5
"""Characters of the shortest sentence that may hold two wishes."""
_LEAST = 2
_AND = "和跟与及或"
_TINY = 1e-6


class Weighed(Protocol):
    """What is needed of the intent model: a table of weights, [features + 1, intents], and the names."""

    @property
    def intents(self) -> tuple[str, ...]: ...
    @property
    def vocabulary(self) -> Mapping[str, int]: ...
    @property
    def weights(self) -> npt.NDArray[np.float32]: ...
    @property
    def temperature(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Cut:
    """The likeliest cut of a sentence: `place` in characters, the wish before it and the one after it.

    `chance` is the product of the probabilities of both.
    """

    place: int
    first: str
    second: str
    chance: float


@dataclass(frozen=True, eq=False)
class Parting:
    """Tells sentences of two wishes from those of one; learned by voicebot.nlu.training_parting. Immutable."""

    vocabulary: Mapping[str, int]
    weights: npt.NDArray[np.float32]
    level: float

    def chance(self, signs: Mapping[str, float]) -> float:
        """The probability that there are two, of what `signs_of` sees in a sentence."""
        total = float(self.weights[-1])
        for name, value in signs.items():
            row = self.vocabulary.get(name)
            if row is not None:
                total += float(self.weights[row]) * value
        return float(1.0 / (1.0 + np.exp(-total)))

    def cut(self, bare: str, model: Weighed, whole: Chances) -> tuple[Cut | None, float]:
        """The likeliest cut of a bare sentence, and the probability that it holds two wishes (two from `level` on)."""
        found = likeliest_cut(bare, model)
        return found, self.chance(signs_of(bare, found, whole, model)) if found else 0.0

    def plain(self) -> dict[str, Any]:
        """The same as strings and numbers."""
        return {
            "words": list(self.vocabulary),
            "weights": [round(float(one), 4) for one in self.weights],
            "level": self.level,
        }

    @staticmethod
    def of_plain(plain: Mapping[str, Any]) -> Parting:
        """What `plain` told."""
        vocabulary = {word: row for row, word in enumerate(plain["words"])}
        return Parting(vocabulary, np.array(plain["weights"], np.float32), float(plain["level"]))


def likeliest_cut(bare: str, model: Weighed) -> Cut | None:
    """The cut whose two sides are likeliest to want two different things; None where nothing can be cut."""
    named = words(bare)
    ends = list(accumulate(map(len, named)))
    cuts = np.array([end for end in ends if _LEAST <= end <= len(bare) - _LEAST and not _listed(bare, end)])
    known = [
        (row, start, end)
        for name, start, end in _placed(bare, named, ends)
        if (row := model.vocabulary.get(name)) is not None
    ]
    if not len(cuts) or not known or len(bare) < SHORTEST:
        return None
    rows, starts, stops = np.array(known).T
    weights = model.weights[rows]
    before = _sides((stops[None, :] <= cuts[:, None]), weights, model)
    after = _sides((starts[None, :] >= cuts[:, None]), weights, model)
    first, second, chances = _apart(before, after)
    best = int(chances.argmax())
    names = model.intents
    return Cut(int(cuts[best]), names[first[best]], names[second[best]], float(chances[best]))


def _listed(bare: str, place: int) -> bool:
    """Between two things of a list (咖啡机和炸锅都到哪了) no wish ends."""
    return bare[place - 1] in _AND or bare[place] in _AND


def _sides(belongs: npt.NDArray[np.bool_], weights: npt.NDArray[np.float32], model: Weighed) -> Chances:
    """The chances of one side at every cut; what is no task has none."""
    inside = belongs.astype(np.float32)
    length = np.sqrt(np.maximum(inside.sum(axis=1), 1.0))[:, None]
    chances = softmax((inside @ weights / length + model.weights[-1]) / model.temperature)
    chances[:, [name in ASIDE for name in model.intents]] = 0.0
    return chances


def _apart(before: Chances, after: Chances) -> tuple[Sequence[int], Sequence[int], Chances]:
    """For every cut the likeliest two different wishes and the product of their chances."""
    every = np.arange(len(before))
    first, second = before.argmax(axis=1), after.argmax(axis=1)
    best_first, best_second = before[every, first], after[every, second]
    before, after = before.copy(), after.copy()
    before[every, first], after[every, second] = 0.0, 0.0
    other_first, other_second = before.max(axis=1), after.max(axis=1)
    same = first == second
    change_first = same & (other_first * best_second > best_first * other_second)
    change_second = same & ~change_first
    chances = np.where(change_first, other_first, best_first) * np.where(
        change_second, other_second, best_second
    )
    return (
        np.where(change_first, before.argmax(axis=1), first).tolist(),
        np.where(change_second, after.argmax(axis=1), second).tolist(),
        chances,
    )


def _placed(bare: str, named: Sequence[str], ends: Sequence[int]) -> Iterator[tuple[str, int, int]]:
    """The classifier's features of characters, sounds and words, each with its first place and that after its last."""
    for kind, items in (("c", list(bare)), ("p", [sound(char) for char in bare])):
        for at, item in enumerate(items):
            yield kind + item, at, at + 1
        for at, (a, b) in enumerate(pairwise(items)):
            yield f"{kind}{a} {b}", at, at + 2
        for at, (a, b, c) in enumerate(zip(items, items[1:], items[2:], strict=False)):
            yield f"{kind}{a} {b} {c}", at, at + 3
    starts = [0, *ends[:-1]]
    for at, word in enumerate(named):
        yield "w" + word, starts[at], ends[at]
        for far, kind in ((1, "w"), (2, "s"), (3, "s")):
            if at + far < len(named):
                yield f"{kind}{word} {named[at + far]}", starts[at], ends[at + far]


def signs_of(bare: str, cut: Cut, whole: Chances, model: Weighed) -> dict[str, float]:
    """What tells two wishes from one: how sure the pair and the whole are, and the words around the cut."""
    chance = dict(zip(model.intents, whole.tolist(), strict=True))
    pair = {cut.first, cut.second}
    top = sorted(chance.values())[-2:]
    signs = {
        "pair": _log(cut.chance),
        "first": _log(chance[cut.first]),
        "second": _log(chance[cut.second]),
        "either": _log(max(chance[cut.first], chance[cut.second])),
        "both": _log(chance[cut.first] + chance[cut.second]),
        "whole": _log(top[-1]),
        "two": _log(sum(top)),
        "alike": float(any(pair <= alike for alike in ALIKE)),
        "reason": float(cut.first in REASONS and cut.second in ACTIONS),
        "after": float(cut.first in ACTIONS and cut.second in REASONS),
        "length": len(bare) / 10.0,
        "shorter": min(cut.place, len(bare) - cut.place) / 5.0,
    }
    signs.update(dict.fromkeys(_around(bare, cut), 1.0))
    return signs


def _around(bare: str, cut: Cut) -> Iterator[str]:
    place = cut.place
    for size in (1, 2, 3):
        yield f">{bare[place : place + size]}"
    for size in (1, 2):
        yield f"<{bare[max(0, place - size) : place]}"
        yield f"${bare[-size:]}"
        yield f"^{bare[:size]}"
    yield f"{cut.first}/{cut.second}"
    yield f"{cut.first}/"
    yield f"/{cut.second}"
    for a, b in pairwise(bare):
        yield a + b


def _log(chance: float) -> float:
    return float(np.log(chance + _TINY))
