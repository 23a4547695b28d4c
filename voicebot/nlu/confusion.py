"""What recognition does to a sentence: characters of the same or nearly the same sound, dropped and doubled ones.

`Confusion` is learned from the characters of the sentences themselves and the commonest characters of the language.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from voicebot.nlu.features import sound
from voicebot.nlu.pinyin import split, syllables

_REPLACED, _DROPPED, _DOUBLED = 0.14, 0.04, 0.02
_SWAPS = {
    "b": "p", "p": "b", "d": "t", "t": "d", "g": "k", "k": "g", "j": "q", "q": "j", "z": "c", "c": "z",
    "s": "c", "x": "s", "l": "y",
}  # fmt: skip
_COMMON = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方"
    "多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明"
    "性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位"
    "次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感"
    "建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色"
    "路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运"
)


class Confusion:
    """Draws misheard versions of sentences. Immutable once made."""

    def __init__(self, sentences: Iterable[str]) -> None:
        chars = sorted({char for text in sentences for char in text} | set(_COMMON))
        self._alike: dict[str, list[str]] = {}
        self._near: dict[str, list[str]] = {}
        for char in chars:
            if syllables(char):
                self._alike.setdefault(sound(char), []).append(char)
        for blurred in self._alike:
            self._near[blurred] = [
                char for other in _neighbours(blurred) for char in self._alike.get(other, ())
            ]

    def misheard(self, text: str, rng: np.random.Generator) -> str:
        """The sentence with some characters replaced, dropped or doubled; now and then it stays as it is."""
        heard = []
        for char, dice, pick in zip(text, rng.random(len(text)), rng.random(len(text)), strict=True):
            if dice < _REPLACED:
                heard.append(self._like(char, pick))
            elif dice < _REPLACED + _DROPPED and len(text) > 3:
                continue
            elif dice < _REPLACED + _DROPPED + _DOUBLED:
                heard.append(char * 2)
            else:
                heard.append(char)
        return "".join(heard) or text

    def _like(self, char: str, pick: float) -> str:
        blurred = sound(char)
        near = self._near.get(blurred)
        pool = near if near and pick < 0.3 else self._alike.get(blurred)
        return pool[int(pick * 7919) % len(pool)] if pool else char


def _neighbours(blurred: str) -> list[str]:
    initial, final = split(blurred)
    swapped = _SWAPS.get(initial)
    return [swapped + final] if swapped else []
