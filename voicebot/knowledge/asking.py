"""Which attribute of a product a sentence asks for: by patterns, and by likeness to how people have asked.

Patterns are sure when hardly anything else is said. Where more is said (吹风机举久了手酸不,几两), a ranking over
sentences that ask for attributes decides, the same as for entries; sentences that name goods and ask for something
else are what it must not answer. Amounts are left open first, so that 有没有三斤 and 有没有十斤 ask the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from voicebot.errors import VoicebotError
from voicebot.knowledge.goods import Attribute
from voicebot.knowledge.ranking import Encode, Learned, Ranking
from voicebot.knowledge.signs import Signs

LIGHT = re.compile(
    r"[的了吗呢啊吧呀是有要会能得个台只款件这那种它多大少几怎么样哪一和跟与比还更最比较大概到底究竟请问我你您们想知道问下看"
    r"家买卖用着一样有没不很点些者都让给儿之间里,。?!]"
)
ELSE = 2
"""So many characters may ask for something else; with more of them a pattern does not decide."""
_AMOUNT = re.compile(
    r"(?:[零一二两三四五六七八九十百千万半]+|\d+(?:\.\d+)?)(?:多)?(?=(?:个)?(?:公斤|千克|斤|克|毫升|升|千瓦|瓦|毫安|分贝|"
    r"英寸|寸|匹|帕|巴|平|G|TB|厘米|公分|小时|钟头|礼拜|星期|天|页|支|台|片))"
)
SURE = 0.95
PARTLY = 0.7
"""What a pattern is worth that leaves nothing of the sentence, and one that leaves a little."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The attribute asked for, how probable that is, and the words that asked ("" when no pattern found them)."""

    attribute: Attribute
    sure: float
    words: str = ""


class Asking:
    """Finds the attribute asked for. `told` strips the goods' names off a sentence."""

    def __init__(self, attributes: Sequence[Attribute]) -> None:
        self.attributes = tuple(attributes)
        self._patterns = [(pattern_of(attribute.words), attribute) for attribute in attributes]
        self._ranking: Ranking | None = None
        self._taught: tuple[Attribute, ...] = ()

    def teach(
        self,
        signs: Signs,
        otherwise: Sequence[str],
        encode: Encode | None,
        learned: Learned | None,
        asked: Mapping[str, Sequence[str]],
    ) -> None:
        """Learn from sentences by attribute, and from those that ask for something else; names are left out."""
        taught = [one for one in self.attributes if asked.get(one.name)]
        if len(taught) < 2:
            return
        lists = [[opened(text) for text in asked[one.name]] for one in taught]
        self._taught = tuple(taught)
        self._ranking = Ranking(
            signs,
            [text for texts in lists for text in texts],
            np.repeat(np.arange(len(lists)), [len(texts) for texts in lists]),
            [""] * len(lists),
            unanswerable=[opened(text) for text in otherwise],
            encode=encode,
            learned=learned,
        )

    @property
    def learned(self) -> Learned | None:
        """What was computed from the sentences."""
        return self._ranking.learned if self._ranking else None

    def by_words(self, rest: str, has: Sequence[Mapping[str, str]]) -> Asked | None:
        """The attribute by pattern; the longest words win, of equally long ones an attribute that all goods have."""
        rest = opened(rest)
        found = [
            (len(match[0]), all(attribute.name in one for one in has), -place, match[0], attribute)
            for place, (pattern, attribute) in enumerate(self._patterns)
            if (match := max(pattern.finditer(rest), key=lambda one: len(one[0]), default=None)) and match[0]
        ]
        if not found:
            return None
        *_, words, attribute = max(found, key=lambda one: one[:3])
        left = len(LIGHT.sub("", rest.replace(words, "")))
        return Asked(attribute, SURE if not left else PARTLY if left <= ELSE else 0.0, words)

    def by_likeness(self, rest: str) -> Asked | None:
        """The attribute by what the sentence is like, if it is like any."""
        if self._ranking is None or not rest:
            return None
        index, sure = self._ranking.best(opened(rest))
        return Asked(self._taught[index], sure) if sure >= self._ranking.threshold else None

    def asked(self, rest: str, has: Sequence[Mapping[str, str]]) -> Asked | None:
        """The likelier of both; where they agree, surer than either."""
        words, like = self.by_words(rest, has), self.by_likeness(rest)
        if words is None or words.sure == SURE or like is None:
            return words if words is not None and words.sure else like
        if words.attribute is like.attribute:
            return Asked(like.attribute, 1 - (1 - words.sure) * (1 - like.sure), words.words)
        return words if words.sure > like.sure else like


def opened(text: str) -> str:
    """The text with amounts left open: 有没有三斤 -> 有没有几斤."""
    return _AMOUNT.sub("几", text)


@lru_cache(maxsize=256)
def pattern_of(words: Sequence[str]) -> re.Pattern[str]:
    """Any of these expressions. Raises VoicebotError that names the one that cannot be read."""
    for word in words:
        try:
            re.compile(word)
        except re.error as error:
            raise VoicebotError(
                f"the words of an attribute hold {word!r}, which cannot be read: {error}"
            ) from None
    return re.compile("|".join(words) or "(?!)")
