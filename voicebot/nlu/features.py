"""What the classifier sees of a sentence: characters, words, how it sounds, and kinds of words in place of words.

The sounds are toneless and without the differences that accents blur, so that a homophone that the recogniser put in
place of the right character (推货 for 退货) still looks like the right one. Kinds (a product, a town, a number) let
what was learnt of one thing hold for all of its kind; pairs of words with others between them let word order vary.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from voicebot.nlu.pinyin import folded, syllables

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # jieba 0.42.1 writes escape sequences that newer Pythons complain of
    import jieba

VERSION = "2"
"""To be changed with anything in this file: trained models of another version are not used."""

_NUMERALS = "一二两三四五六七八九十百千几#0123456789"
_APART = (2, 3)


@lru_cache(maxsize=1)
def _cutter() -> jieba.Tokenizer:
    jieba.setLogLevel(60)
    cutter = jieba.Tokenizer()
    cutter.initialize()
    return cutter


@lru_cache(maxsize=16384)
def sound(char: str) -> str:
    """The blurred syllable of one character; the character itself where it has none."""
    found = syllables(char)
    return folded(found[0]) if found else char


def words(text: str) -> list[str]:
    """The words of a sentence (jieba's dictionary, most probable path)."""
    return [str(word) for word in _cutter().cut(text, HMM=False)]


@dataclass(frozen=True, slots=True, eq=False)
class Kinds:
    """Words by their kind: {咖啡机: product, 北京: city}. Build it with `Kinds.of`."""

    of_word: Mapping[str, str]
    _lengths: Mapping[str, tuple[int, ...]]

    @staticmethod
    def of(of_word: Mapping[str, str]) -> Kinds:
        """The kinds of these words; the longest word counts."""
        lengths: dict[str, set[int]] = {}
        for word in of_word:
            lengths.setdefault(word[0], set()).add(len(word))
        ordered = {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}
        return Kinds(dict(of_word), ordered)

    def seen(self, text: str) -> list[str]:
        """The characters of a sentence with the kind in place of each word that has one; empty where none has."""
        items: list[str] = []
        at, kinds = 0, False
        while at < len(text):
            size = next(
                (one for one in self._lengths.get(text[at], ()) if text[at : at + one] in self.of_word), 0
            )
            if size:
                items.append(f"<{self.of_word[text[at : at + size]]}>")
            elif text[at] in _NUMERALS:
                size = 1
                while text[at + size : at + size + 1] in _NUMERALS and at + size < len(text):
                    size += 1
                items.append("<number>")
            else:
                items.append(text[at])
            kinds = kinds or items[-1][0] == "<"
            at += size or 1
        return items if kinds else []


NO_KINDS = Kinds.of({})
"""Only numbers are a kind."""


def features(text: str, kinds: Kinds = NO_KINDS) -> set[str]:
    """The features of a bare sentence, each once."""
    named = words(text)
    found = set(_grams("c", ["^", *text, "$"], 3))
    found.update(_grams("p", ["^", *map(sound, text), "$"], 3))
    found.update(_grams("w", ["^", *named, "$"], 2))
    for far in _APART:
        found.update([f"s{a} {b}" for a, b in zip(named, named[far:], strict=False)])
    seen = kinds.seen(text)
    if seen:
        found.update([gram for gram in _grams("k", ["^", *seen, "$"], 3) if "<" in gram])
    return found


def _grams(kind: str, items: Sequence[str], most: int) -> list[str]:
    grams = [kind + item for item in items[1:-1]]
    grams += [f"{kind}{a} {b}" for a, b in pairwise(items)]
    if most > 2:
        grams += [f"{kind}{a} {b} {c}" for a, b, c in zip(items, items[1:], items[2:], strict=False)]
    return grams
