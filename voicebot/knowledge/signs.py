"""What is compared of two sentences: characters, words and sounds, each as weighted n-grams.

A question is cleaned, stripped of what means nothing, and its synonyms are given one name. The weight of a gram falls
with the number of entries that have it, so that 怎么办 counts for little and 花呗 for much; a gram that no entry has
weighs too, so that a sentence about other things is unlike all of them however many small words it shares.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from voicebot.nlu.features import words
from voicebot.nlu.normalize import Rewriter, normalize, without_fillers
from voicebot.nlu.pinyin import folded, syllables

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]

UNSEEN = 0.6
"""A gram that no entry has weighs this share of one that a single entry has."""

ENOUGH = 3
"""So many questions of an entry with a gram count as all; BM25's saturation with a corner."""

IN_ANSWER = 0.3
"""What a gram is worth that only the answer has."""


class Signs:
    """Makes the n-grams of a sentence, with the synonyms of one knowledge base."""

    def __init__(self, synonyms: Mapping[str, str]) -> None:
        self._rewrite = Rewriter(dict(synonyms))

    def bare(self, text: str) -> str:
        """The sentence in one spelling, without politeness and punctuation, each synonym by one name."""
        return self._rewrite("".join(letter for letter in self.spoken(text) if letter.isalnum()))

    def spoken(self, text: str) -> str:
        """The sentence in plain Mandarin, without politeness."""
        return without_fillers(normalize(text.strip()))

    def of(self, text: str) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        """The n-grams of characters, words and sounds of a sentence, each once."""
        bare = self.bare(text)
        sounds = [folded(syllable) for syllable in syllables(bare)]
        return _grams(list(bare), 3), _grams(words(bare), 2), _grams(sounds, 3)


@lru_cache(maxsize=64)
def _sizes(length: int, most: int) -> tuple[tuple[int, int], ...]:
    return tuple((at, at + size) for size in range(1, most + 1) for at in range(max(length - size + 1, 0)))


def _grams(items: Sequence[str], most: int) -> frozenset[str]:
    return frozenset(" ".join(items[start:end]) for start, end in _sizes(len(items), most))


class Channel:
    """All questions and answers in one channel.

    `rows` are the questions' grams, `owner[i]` the entry of question i, `answers` the grams of each entry's answer.
    """

    def __init__(
        self, rows: Sequence[frozenset[str]], owner: Places, answers: Sequence[frozenset[str]]
    ) -> None:
        self._entries, self._owner = len(answers), owner
        self._place = {gram: at for at, gram in enumerate(sorted(frozenset().union(*rows, *answers)))}
        asked = Counter((int(entry), gram) for entry, row in zip(owner, rows, strict=True) for gram in row)
        self._weight = self._weights(asked)
        self._unseen = UNSEEN * log((self._entries + 1) / 0.5)
        self._rows = [self._known(row) for row in rows]
        self.unit = self._matrix([(places, self._weight[places]) for places, _ in self._rows])
        self._by_gram = self.unit.T.tocsr()
        self._counts = self._table(asked)
        self._told = self._table({(entry, gram): 1 for entry, row in enumerate(answers) for gram in row})
        self._held = np.minimum(np.minimum(self._counts, ENOUGH) / ENOUGH + IN_ANSWER * self._told, 1.0)

    def _weights(self, asked: Mapping[tuple[int, str], int]) -> Numbers:
        """Inverse frequency over entries; grams of answers alone count as those of one entry."""
        holders = np.zeros(len(self._place))
        for _, gram in asked:
            holders[self._place[gram]] += 1
        weights: Numbers = np.log((self._entries + 1) / (holders + 0.5))
        return np.minimum(weights, log((self._entries + 1) / 0.5))

    def _known(self, grams: frozenset[str]) -> tuple[Places, int]:
        """Places of the known grams, and how many are unknown."""
        places = sorted(self._place[gram] for gram in grams if gram in self._place)
        return np.array(places, dtype=np.int64), len(grams) - len(places)

    def _matrix(self, rows: Sequence[tuple[Places, Numbers]]) -> csr_matrix:
        columns = np.concatenate([places for places, _ in rows])
        values = np.concatenate([found / (np.linalg.norm(found) or 1.0) for _, found in rows])
        starts = np.cumsum([0] + [len(places) for places, _ in rows])
        return csr_matrix((values, columns, starts), shape=(len(rows), len(self._place)))

    def _table(self, counts: Mapping[tuple[int, str], int]) -> Numbers:
        """Counts by gram and entry, shape (grams, entries)."""
        table = np.zeros((len(self._place), self._entries), dtype=np.float64)
        for (entry, gram), count in counts.items():
            table[self._place[gram], entry] = count
        return table

    def look(self, grams: frozenset[str]) -> tuple[Numbers, Numbers]:
        """Cosine with each question, and the share of the sentence that each entry covers."""
        places, unknown = self._known(grams)
        weights = self._weight[places]
        whole = float(weights.sum()) + unknown * self._unseen or 1.0
        length = sqrt(float(weights @ weights) + unknown * self._unseen**2) or 1.0
        likeness = np.zeros(len(self._rows))
        starts, matrix = self._by_gram.indptr, self._by_gram
        for place, weight in zip(places, weights / length, strict=True):
            span = slice(starts[place], starts[place + 1])
            likeness[matrix.indices[span]] += weight * matrix.data[span]
        covered: Numbers = weights @ self._held[places] / whole
        return likeness, covered

    def covered_by_others(self) -> Numbers:
        """The share of each question that each entry covers, its own entry without it; (questions, entries)."""
        shares = np.empty((len(self._rows), self._entries))
        for index, (places, _) in enumerate(self._rows):
            weights, own = self._weight[places], self._owner[index]
            whole = float(weights.sum()) or 1.0
            shares[index] = weights @ self._held[places] / whole
            left = np.minimum(self._counts[places, own] - 1, ENOUGH) / ENOUGH
            held = np.minimum(left + IN_ANSWER * self._told[places, own], 1.0)
            shares[index, own] = weights @ held / whole
        return shares
