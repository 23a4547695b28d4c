"""What a decoder is told: phrases in words of the model's lexicon, as Vosk wants them.

Vosk makes a bigram model of the phrases: a word that follows another in some phrase is likely there, any other
word of any phrase is possible after a penalty. How often a phrase is given is its weight.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from voicebot.asr.expecting import Expecting
from voicebot.asr.lexicon import UNKNOWN, Lexicon, clauses

FREE = ""
"""The name of the decoder without a grammar."""

DIGITS = "零一二三四五六七八九幺"
RARE_DIGITS = "两洞拐勾"
_WEIGHT = 50


def phrases(expecting: Expecting, lexicon: Lexicon, sentences: Sequence[str] = ()) -> list[str]:
    """The grammar of what is expected. `sentences` are used where a whole sentence may be said.

    Among digits every other word is made rare: a short word that sounds a little like a digit (不, 查, 是) would
    otherwise be heard in its place.
    """
    own = [*_spelled(expecting, expecting.phrases, lexicon)]
    if expecting.kind == "digits":
        weight = max(1, len(own)) * _WEIGHT // 10
        return [*(list(DIGITS) * weight), *(list(RARE_DIGITS) * (weight // 10)), *own, UNKNOWN]
    typed = [*_spelled(expecting, sentences, lexicon)]
    return [*own, *typed, UNKNOWN]


def remarks(expecting: Expecting, lexicon: Lexicon) -> list[str]:
    """One sentence for each phrase that the lexicon cannot spell as it is written."""
    found = []
    for text in expecting.phrases:
        said = _said(expecting, text)
        spelled = "".join(lexicon.spell(said))
        if spelled != "".join(clauses(said)):
            found.append(
                f"{expecting.name}.yaml: {text!r} is expected as {spelled!r}, for the recogniser's lexicon lacks "
                "some of its characters; say under words how it is pronounced."
            )
    return found


def as_written(text: str, expecting: Expecting) -> str:
    """The text with what was heard for a word of `words` as that word is written."""
    for written, said in expecting.words.items():
        text = text.replace(said.replace(" ", ""), written)
    return text


def _said(expecting: Expecting, text: str) -> str:
    for written, said in expecting.words.items():
        text = text.replace(written, said)
    return text


def _spelled(expecting: Expecting, texts: Iterable[str], lexicon: Lexicon) -> Iterable[str]:
    for text in texts:
        words = lexicon.spell(_said(expecting, text))
        if words:
            yield " ".join(words)
