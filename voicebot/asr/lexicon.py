"""The words that the recogniser's model knows, and how to spell any sentence with them.

A grammar may use only words of the model's lexicon. The lexicon is the symbol table inside graph/Gr.fst, so it can
be read without loading the model: an OpenFst file opens with a header, then the table (magic number, name, then
one length-prefixed UTF-8 word and one 64-bit key each), all little-endian.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from voicebot.errors import VoicebotError

UNKNOWN = "[unk]"
_MAGIC = struct.pack("<i", 2125658996)
_LONGEST = 12
_DIGITS = str.maketrans("0123456789", "零一二三四五六七八九")
_SPLIT = re.compile(r"[^\w]+|_+")
_DIGIT = re.compile(r"[零一二三四五六七八九幺]{2}")
_LETTER_NAMES = (
    "诶 比 西 迪 伊 艾付 记 艾尺 艾 杰 开 艾欧 艾木 恩 欧 皮 丘 阿 艾斯 梯 优 威 达不溜 艾克斯 外 贼"
)
LETTERS = dict(zip("abcdefghijklmnopqrstuvwxyz", _LETTER_NAMES.split(" "), strict=True))
"""How Chinese speakers say the Latin letters."""


class Lexicon:
    """A set of words, and the spelling of sentences in them."""

    def __init__(self, words: Iterable[str], sounds_like: Callable[[str], str | None] | None = None) -> None:
        """`sounds_like` gives a known character that sounds as an unknown one does, or None."""
        self._words = frozenset(words)
        self._sounds_like = sounds_like or self._same_sound

    @staticmethod
    def read(folder: Path) -> Lexicon:
        """The lexicon of the Vosk model in `folder`. Raises VoicebotError when its graph cannot be read."""
        path = folder / "graph" / "Gr.fst"
        try:
            return Lexicon(_symbols(path.read_bytes()))
        except (OSError, ValueError, struct.error) as error:
            raise VoicebotError(
                f"The recogniser's word list cannot be read from {path} ({error}); "
                "run `voicebot models fetch` to install the model again."
            ) from error

    def __contains__(self, word: str) -> bool:
        return word in self._words

    def __len__(self) -> int:
        return len(self._words)

    def spell(self, sentence: str) -> list[str]:
        """The sentence in as few known words as possible.

        Digits are spelled one by one. A character that the lexicon does not have is written as one that sounds
        the same, a Latin letter by the characters that sound like its name; what has neither is left out.
        """
        return [word for clause in clauses(sentence) for word in self._segment(clause)]

    def _segment(self, clause: str) -> list[str]:
        """Fewest words; among equals the more uneven split, so that long words stay whole."""
        best: list[tuple[float, int, tuple[str, ...]]] = [(0.0, 0, ())]
        for end in range(1, len(clause) + 1):
            best.append(min(self._endings(clause, end, best)))
        spelled: list[str] = []
        end = len(clause)
        while end:
            _, start, words = best[end]
            spelled[:0] = words
            end = start
        return spelled

    def _endings(
        self, clause: str, end: int, best: list[tuple[float, int, tuple[str, ...]]]
    ) -> Iterator[tuple[float, int, tuple[str, ...]]]:
        """Every way to end a split at `end`: its cost so far, where its last word starts, and that word."""
        yield self._single(clause[end - 1], best[end - 1][0], end - 1)
        for start in range(max(0, end - _LONGEST), end - 1):
            word = clause[start:end]
            if word in self._words and not _DIGIT.search(word):
                yield best[start][0] + 10.0 - 0.1 * len(word) ** 2, start, (word,)

    def _single(self, character: str, cost: float, start: int) -> tuple[float, int, tuple[str, ...]]:
        if character in self._words:
            return cost + 10.0, start, (character,)
        if character in LETTERS:
            return cost + 20.0, start, tuple(c for c in LETTERS[character] if c in self._words)
        other = self._sounds_like(character)
        return cost + 20.0, start, (other,) if other else ()

    def _same_sound(self, character: str) -> str | None:
        return next((c for c in _homophones().get(_sound(character), ()) if c in self._words), None)


def clauses(sentence: str) -> Iterator[str]:
    """The parts between punctuation, lower case, with Arabic digits as Chinese ones."""
    for part in _SPLIT.split(sentence.lower().translate(_DIGITS)):
        if part:
            yield part


def _symbols(data: bytes) -> Iterator[str]:
    at = data.index(_MAGIC) + 4
    (name_length,) = struct.unpack_from("<i", data, at)
    at += 4 + name_length
    _, count = struct.unpack_from("<qq", data, at)
    at += 16
    for _ in range(count):
        (length,) = struct.unpack_from("<i", data, at)
        at += 4
        if at + length > len(data):
            raise ValueError("it ends in the middle")
        word = data[at : at + length].decode("utf-8")
        at += length + 8
        if not word.startswith(("<", "!", "#")):
            yield word


def _sound(character: str) -> str:
    from pypinyin import Style, lazy_pinyin

    return str(lazy_pinyin(character, style=Style.TONE3)[0])


@lru_cache(maxsize=1)
def _homophones() -> dict[str, list[str]]:
    """Characters by sound, commoner ones (those of the GB 2312 first level) first."""
    found: dict[str, list[str]] = {}
    for high in range(0xB0, 0xD8):
        for low in range(0xA1, 0xFF):
            character = bytes((high, low)).decode("gb2312", "ignore")
            if character:
                found.setdefault(_sound(character), []).append(character)
    return found
