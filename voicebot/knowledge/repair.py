"""A second reading of a sentence that recognition has misspelt: words of the knowledge base in place of homophones.

腿货 is no word of any question, but it sounds like 退货, which is. Every stretch of two to four characters that no
question contains, and that sounds exactly (or, from three on, nearly) like a word that many questions contain, is
taken for that word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from voicebot.nlu.features import words
from voicebot.nlu.pinyin import folded, syllables

LONGEST = 4


class Repair:
    """Puts back the words of these questions."""

    def __init__(self, questions: Iterable[str]) -> None:
        self._known: set[str] = set()
        heard: Counter[str] = Counter()
        for question in questions:
            for size in range(2, LONGEST + 1):
                self._known.update(question[at : at + size] for at in range(len(question) - size + 1))
            heard.update(word for word in words(question) if 2 <= len(word) <= LONGEST)
        self._words: dict[tuple[str, ...], str] = {}
        for word, _ in sorted(heard.items(), key=lambda pair: (pair[1], pair[0])):
            self._words[_sounds(word)] = word

    def __call__(self, text: str) -> str:
        """The text with misspelt words put back; itself when nothing sounds wrong. `text` is bare."""
        for size in range(LONGEST, 1, -1):
            at = 0
            while at + size <= len(text):
                piece = text[at : at + size]
                word = None if piece in self._known else self._words.get(_sounds(piece))
                if word is not None and len(word) == size:
                    text = text[:at] + word + text[at + size :]
                at += 1
        return text


def _sounds(text: str) -> tuple[str, ...]:
    return tuple(folded(syllable) for syllable in syllables(text))
