"""How likely is it that this number was said, given what the recogniser heard?

A channel model over digits: each digit that was said comes out right, as another digit, or not at all, and
digits that nobody said may be inserted. One mistake is far commoner than the rest in spoken Mandarin digits: one
of two equal digits is dropped (二二 heard as 二). A long vowel may be heard twice (五 heard as 五五). The
likelihood of the best alignment is found for all candidate numbers at once (Viterbi, one row per heard digit).

Callers also say only the end of a number, or stop in the middle: leaving out the beginning or the end is one
step with a price of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]

# Counted by benchmarks/fit_confusion.py on strings of two recorded speakers and of synthetic voices, clean and noisy:
# of 72 strings 4 of 60 doubled digits and none of 518 others were dropped; of 252 strings 4 of 2026 digits were
# inserted, none beside its like. What was never seen keeps a small chance, guessed, so that nothing is ruled out.
DROP = log(0.002)
DROP_DOUBLE = log(0.07)
INSERT = log(0.002)
ECHO = log(0.002)
ECHO_LONG = log(0.01)
LONG = frozenset("5281")
"""Digits whose vowel is long enough to be heard twice: wu, er, ba, yi."""

ONLY_END = log(0.1)
ONLY_BEGINNING = log(0.01)
SHORTEST_PART = 3

SUBSTITUTE = log(0.0015)
ALIKE: dict[str, float] = {
    "17": 0.02,  # yi, qi
    "69": 0.02,  # liu, jiu
    "20": 0.005,  # er, ling
    "28": 0.006,  # er, ba
    "34": 0.004,  # san, si
    "19": 0.005,  # yao, jiu: 2 of 406
    "16": 0.007,  # yao, liu: 3 of 422
    "06": 0.003,  # 1 of 356
    "59": 0.003,  # 1 of 392
    "25": 0.004,  # er, wu
    "05": 0.005,  # dong, wu
    "47": 0.006,  # si, qi
}
"""Pairs of digits that are taken for each other, and how often; those without a count are guessed from their sound."""


def _matrix() -> Scores:
    table = np.full((10, 10), SUBSTITUTE)
    for pair, chance in ALIKE.items():
        one, other = int(pair[0]), int(pair[1])
        table[one, other] = table[other, one] = log(chance)
    wrong = np.exp(table).sum(axis=1) - np.exp(table.diagonal())
    np.fill_diagonal(table, np.log(1.0 - wrong - np.exp(DROP)))
    return table


SAID_HEARD = _matrix()
"""log P(heard digit | said digit), indexed [said, heard]."""


def likelihoods(heard: str, numbers: Sequence[str]) -> Scores:
    """log P(heard | number) for numbers of one length, shape (len(numbers),)."""
    said = np.array([[int(digit) for digit in number] for number in numbers], dtype=np.int64)
    drops = _drops(said)
    row = _first_row(drops)
    for index, digit in enumerate(heard):
        row = _next_row(row, said, drops, int(digit), _insertion(heard, index))
    beginning = row[:, SHORTEST_PART:-1].max(axis=1, initial=-np.inf) + ONLY_BEGINNING
    best: Scores = np.maximum(row[:, -1], beginning)
    return best


def _drops(said: NDArray[np.int64]) -> Scores:
    """What leaving out each digit costs: little for the second of two equal ones."""
    cost = np.full(said.shape, DROP)
    cost[:, 1:][said[:, 1:] == said[:, :-1]] = DROP_DOUBLE
    return cost


def _first_row(drops: Scores) -> Scores:
    """Nothing heard yet: the first digits were dropped, or the caller says only the end."""
    count, length = drops.shape
    row = np.zeros((count, length + 1))
    np.cumsum(drops, axis=1, out=row[:, 1:])
    last = max(length - SHORTEST_PART, 0)
    row[:, 1 : last + 1] = np.maximum(row[:, 1 : last + 1], ONLY_END)
    return row


def _insertion(heard: str, index: int) -> float:
    echo = index > 0 and heard[index] == heard[index - 1]
    if not echo:
        return INSERT
    return ECHO_LONG if heard[index] in LONG else ECHO


def _next_row(row: Scores, said: NDArray[np.int64], drops: Scores, digit: int, insertion: float) -> Scores:
    new = row + insertion
    new[:, 1:] = np.maximum(new[:, 1:], row[:, :-1] + SAID_HEARD[said, digit])
    for place in range(1, new.shape[1]):
        np.maximum(new[:, place], new[:, place - 1] + drops[:, place - 1], out=new[:, place])
    return new


def best_likelihoods(heard: Sequence[tuple[str, float]], numbers: Sequence[str]) -> Scores:
    """The best log-likelihood of each number over several readings, each with its own log score."""
    best = np.full(len(numbers), -np.inf)
    for length in {len(number) for number in numbers}:
        places = [index for index, number in enumerate(numbers) if len(number) == length]
        chosen = [numbers[index] for index in places]
        for digits, score in heard:
            best[places] = np.maximum(best[places], likelihoods(digits, chosen) + score)
    return best
