"""How texts sound: toneless pinyin syllables, their likeness to a Chinese ear, and the place where a name is heard.

Recognition and accents confuse sounds in known ways (zh/z, ch/c, sh/s, n/l, f/h, r/l, in/ing, en/eng, an/ang).
Such a confusion costs a fifth of a whole syllable, so that 推货 is still near to 退货 and 兰色 to 蓝色.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pypinyin import lazy_pinyin
from pypinyin.seg import mmseg

_CHEAP = 0.2
_NEAR_INITIALS = {frozenset(pair) for pair in (
    ("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("f", "h"), ("r", "l"), ("hu", "f"),
)}  # fmt: skip
_LIKE_INITIALS = {frozenset(pair) for pair in (
    ("b", "p"), ("d", "t"), ("g", "k"), ("j", "q"), ("zh", "ch"), ("z", "c"), ("j", "zh"), ("q", "ch"), ("x", "sh"),
    ("x", "s"), ("r", "y"), ("m", "n"), ("sh", "ch"), ("s", "c"), ("j", "z"), ("q", "c"), ("zh", "c"), ("z", "ch"),
)}  # fmt: skip
_NEAR_FINALS = {frozenset(pair) for pair in (
    ("in", "ing"), ("en", "eng"), ("an", "ang"), ("ian", "iang"), ("uan", "uang"), ("un", "ong"), ("uen", "ong"),
    ("ian", "ie"), ("eng", "ong"), ("o", "uo"), ("e", "o"), ("v", "u"), ("v", "i"), ("ve", "ue"), ("ui", "uei"),
    ("i", "ei"), ("ou", "uo"), ("ai", "ei"), ("ia", "a"), ("ua", "a"), ("uo", "u"), ("ui", "ei"), ("iong", "ong"),
)}  # fmt: skip
_INITIAL = re.compile("(zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(.*)")
_DIGIT_SOUNDS = {str(value): lazy_pinyin(char)[0] for value, char in enumerate("零一二三四五六七八九")}
_FOLDS = (("zh", "z"), ("ch", "c"), ("sh", "s"))


@lru_cache(maxsize=8192)
def syllables(text: str) -> tuple[str, ...]:
    """One toneless syllable for each Han character or digit; one token, in lower case, for each run of letters.

    Everything else is silent: 退货吧 iPhone 5 -> tui huo ba iphone wu.
    """
    return tuple(sound for sound, _ in _sounds(text))


@lru_cache(maxsize=4096)
def places(text: str) -> tuple[int, ...]:
    """For each syllable of `text` the position of the character that it begins with."""
    return tuple(place for _, place in _sounds(text))


_PIECE = re.compile(r"[\u3400-\u9fff]+|[A-Za-z]+|\d")


@lru_cache(maxsize=1024)
def _sounds(text: str) -> tuple[tuple[str, int], ...]:
    sounds: list[tuple[str, int]] = []
    for match in _PIECE.finditer(text):
        piece = match[0]
        if piece.isdecimal():
            sounds.append((_DIGIT_SOUNDS.get(piece, piece), match.start()))
        elif piece[0] < "\u3400":
            sounds.append((piece.lower(), match.start()))
        else:
            readings = (sound for word in mmseg.seg.cut(piece) for sound in _reading(word))
            sounds += zip(readings, range(match.start(), match.end()), strict=True)
    return tuple(sounds)


@lru_cache(maxsize=65536)
def _reading(word: str) -> tuple[str, ...]:
    """The syllables of one word of pypinyin's own, so that 重庆 and 重要 are read differently."""
    return tuple(lazy_pinyin(word))


@lru_cache(maxsize=65536)
def split(syllable: str) -> tuple[str, str]:
    """Initial and final: zhuang -> (zh, uang), an -> ("", an); ü is written v after j, q, x, y, n, l."""
    match = _INITIAL.fullmatch(syllable)
    initial, final = (match[1] or "", match[2]) if match else ("", syllable)
    if initial in ("j", "q", "x", "y") and final.startswith("u"):
        final = "v" + final[1:]
    return initial, final.replace("ü", "v")


@lru_cache(maxsize=200_000)
def distance(a: str, b: str) -> float:
    """How different two syllables sound, from 0.0 (the same) to 1.0 (nothing in common)."""
    if a == b:
        return 0.0
    (initial_a, final_a), (initial_b, final_b) = split(a), split(b)
    initial = _part(
        initial_a, initial_b, _NEAR_INITIALS, 0.3 if {initial_a, initial_b} in _LIKE_INITIALS else 0.5
    )
    final = _part(final_a, final_b, _NEAR_FINALS, 0.6)
    return min(1.0, initial + final)


def _part(a: str, b: str, near: set[frozenset[str]], otherwise: float) -> float:
    return 0.0 if a == b else _CHEAP if frozenset((a, b)) in near else otherwise


def similarity(a: Sequence[str], b: Sequence[str]) -> float:
    """Likeness of two syllable sequences, 1.0 for the same sounds: 1 - edit distance / longer length."""
    if not a or not b:
        return float(not a and not b)
    row = [float(j) for j in range(len(b) + 1)]
    for i, x in enumerate(a, 1):
        row = _next_row(row, x, b, float(i))
    return 1.0 - row[-1] / max(len(a), len(b))


def _next_row(row: list[float], x: str, b: Sequence[str], first: float) -> list[float]:
    new = [first]
    for j, y in enumerate(b, 1):
        new.append(min(row[j] + 1, new[-1] + 1, row[j - 1] + distance(x, y)))
    return new


def find_like(needle: Sequence[str], haystack: Sequence[str]) -> tuple[int, int, float]:
    """Where `needle` is most nearly heard in `haystack`: (start, end, score), in syllables, score 1.0 for exactly.

    The score is 1 - edit distance / length of needle, at least 0.0. The earliest of equally good places wins.
    """
    if not needle:
        return 0, 0, 0.0
    costs, starts = [0.0] * (len(haystack) + 1), list(range(len(haystack) + 1))
    for i, x in enumerate(needle, 1):
        costs, starts = _sellers(costs, starts, x, haystack, i)
    end = min(range(len(costs)), key=lambda j: (costs[j], j))
    return starts[end], end, max(0.0, 1.0 - costs[end] / len(needle))


def _sellers(
    costs: list[float], starts: list[int], x: str, haystack: Sequence[str], row: int
) -> tuple[list[float], list[int]]:
    """One row of Sellers' approximate search, with the place where each best match begins."""
    new_costs, new_starts = [float(row)], [0]
    for j, y in enumerate(haystack):
        best, start = costs[j] + distance(x, y), starts[j]
        if costs[j + 1] + 1 < best:
            best, start = costs[j + 1] + 1, starts[j + 1]
        if new_costs[j] + 1 < best:
            best, start = new_costs[j] + 1, new_starts[j]
        new_costs.append(best)
        new_starts.append(start)
    return new_costs, new_starts


@lru_cache(maxsize=65536)
def folded(syllable: str) -> str:
    """The syllable without the differences that accents blur: zhang, zang and zan are one, so are lan and nan."""
    initial, final = split(syllable)
    for long, short in _FOLDS:
        initial = short if initial == long else initial
    initial = {"n": "l", "r": "l", "h": "f"}.get(initial, initial)
    return initial + final.removesuffix("g")


@dataclass(frozen=True, slots=True)
class Heard:
    """Name number `name` of an index was heard at syllables[start:end] with this score."""

    name: int
    start: int
    end: int
    score: float


class NameIndex:
    """Many names, searched at once: only those that share enough blurred syllables with the text are compared."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = [syllables(name) for name in names]
        self._holders: dict[str, list[int]] = {}
        for number, name in enumerate(self._names):
            for sound in {folded(syllable) for syllable in name}:
                self._holders.setdefault(sound, []).append(number)
        self._needed = [-(-6 * len({folded(s) for s in name}) // 10) for name in self._names]

    def search(
        self, haystack: Sequence[str], floor: float = 0.7, shortest: int = 1, most: int = 6
    ) -> list[Heard]:
        """The names heard in `haystack` with at least `floor`, best and longest first; compares `most` at most.

        Names under `shortest` syllables are left out. A name must share six tenths of its blurred syllables.
        """
        shared = Counter(
            number for sound in {folded(s) for s in haystack} for number in self._holders.get(sound, ())
        )
        likely = [
            (count / len(self._names[number]), len(self._names[number]), -number)
            for number, count in shared.items()
            if count >= self._needed[number] and len(self._names[number]) >= shortest
        ]
        likely.sort(reverse=True)
        heard = [Heard(-minus, *find_like(self._names[-minus], haystack)) for _, _, minus in likely[:most]]
        return sorted(
            (one for one in heard if one.score >= floor),
            key=lambda one: (-one.score, -len(self._names[one.name]), one.name),
        )
