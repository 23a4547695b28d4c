"""What the classifier sees of a sentence: characters, words, and how it sounds.

The sounds are toneless and without the differences that accents blur, so that a homophone that the recogniser put in
place of the right character (推货 for 退货) still looks like the right one.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import lru_cache

from voicebot.nlu.pinyin import folded, syllables

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # jieba 0.42.1 writes escape sequences that newer Pythons complain of
    import jieba

VERSION = "1"
"""To be changed with anything in this file: trained models of another version are not used."""


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


def features(text: str) -> set[str]:
    """The features of a bare sentence, each once."""
    found = set(_grams("c", ["^", *text, "$"], 3))
    found.update(_grams("p", ["^", *map(sound, text), "$"], 3))
    found.update(_grams("w", ["^", *words(text), "$"], 2))
    return found


def _grams(kind: str, items: Sequence[str], most: int) -> list[str]:
    grams = [kind + item for item in items[1:-1]]
    for size in range(2, most + 1):
        grams += [kind + " ".join(items[at : at + size]) for at in range(len(items) - size + 1)]
    return grams
