"""Spoken text as phonemes for Kokoro: words, their pinyin with 多音字 told apart, Latin letters and words.

Pinyin comes from pypinyin word by word; `data/pronunciation.yaml` overrules it, longest phrase first, and is
the place to extend. Latin words come from that file, else from misaki's English dictionary (data only), else
they are spelled.
"""

from __future__ import annotations

import json
import logging
import re
import warnings
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml
from pypinyin import Style, lazy_pinyin

from voicebot.tts.syllables import phonemes

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its source has string escapes that Python warns of
    import jieba

jieba.setLogLevel(logging.WARNING)

PUNCTUATION = {
    "，": ", ", ",": ", ", "、": ", ", "。": ". ", ".": ". ", "！": "! ", "!": "! ", "？": "? ", "?": "? ",
    "；": "; ", ";": "; ", "：": ": ", ":": ": ", "…": "… ", "—": " — ", " ": " ",
}  # fmt: skip

_PAUSE = re.compile(r"(?<=[\u3400-\u9fff]) +(?=[\u3400-\u9fff])")

TITLES = ("先生", "女士", "小姐", "老师", "经理")

_PIECE = re.compile(r"[\u3400-\u9fff]+|[A-Za-z]+(?:['-][A-Za-z]+)*|.", re.DOTALL)


def pronounce(text: str) -> str:
    """Phonemes of spoken text. What has no pronunciation (digits included: read them first) is dropped."""
    text = _PAUSE.sub("，", text)
    spoken = "".join(_piece(found.group()) for found in _PIECE.finditer(text))
    spoken = re.sub(r" +", " ", spoken)
    return re.sub(r" ?([,.!?;:…])[ ,.!?;:…]*(?<![^ ])", r"\1 ", spoken).strip()


def pinyin(text: str) -> list[str]:
    """One syllable ("zhuan3") for each Chinese character of `text`, which must hold nothing else."""
    return [syllable for word in _words(text) for syllable in word]


def _piece(piece: str) -> str:
    if "\u3400" <= piece[0] <= "\u9fff":
        return " ".join("".join(map(phonemes, word)) for word in _words(piece)) + " "
    if piece[0].isascii() and piece[0].isalpha():
        return " " + _latin(piece) + " "
    return PUNCTUATION.get(piece, "")


def _words(text: str) -> Iterator[list[str]]:
    """The words of a Chinese run, each as the pinyin of its characters."""
    overruled = dict(_overruled(text))
    start = 0
    for word in jieba.cut(text):
        syllables = lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True)
        if len(syllables) != len(word):
            syllables = [_single(character) for character in word]
        yield [overruled.get(start + index, syllable) for index, syllable in enumerate(syllables)]
        start += len(word)


def _single(character: str) -> str:
    return lazy_pinyin(character, style=Style.TONE3, neutral_tone_with_five=True)[0]


def _overruled(text: str) -> Iterator[tuple[int, str]]:
    """Places in `text` whose syllable the data file settles."""
    phrases, longest = _phrases()
    start = 0
    while start < len(text):
        for length in range(min(longest, len(text) - start), 0, -1):
            syllables = phrases.get(text[start : start + length])
            if syllables is not None:
                yield from ((start + index, one) for index, one in enumerate(syllables) if one != ".")
                break
        start += length


def _latin(word: str) -> str:
    known = _data()["latin"].get(word.lower())
    if known is not None:
        return str(known)
    if len(word) > 2 and not word.isupper():
        found = _english(word)
        if found:
            return found
    return " ".join(_data()["letters"][letter.upper()] for letter in word if letter.isalpha())


def _english(word: str) -> str:
    entry = _dictionary().get(word, _dictionary().get(word.lower(), ""))
    return str(entry["DEFAULT"] if isinstance(entry, dict) else entry)


@lru_cache(maxsize=1)
def _dictionary() -> dict[str, Any]:
    text = resources.files("misaki.data").joinpath("us_gold.json").read_text(encoding="utf-8")
    entries: dict[str, Any] = json.loads(text)
    return entries


def source() -> bytes:
    """The data file as it stands: whoever keeps audio puts its hash into the key."""
    return resources.files("voicebot.tts").joinpath("data/pronunciation.yaml").read_bytes()


@lru_cache(maxsize=1)
def _data() -> dict[str, dict[str, str]]:
    data: dict[str, dict[str, str]] = yaml.safe_load(source())
    return data


@lru_cache(maxsize=1)
def _phrases() -> tuple[dict[str, list[str]], int]:
    phrases = {phrase: syllables.split() for phrase, syllables in _data()["phrases"].items()}
    for name, syllables in _data()["surnames"].items():
        phrases["姓" + name] = [".", *syllables.split()]
        for title in TITLES:
            phrases[name + title] = [*syllables.split(), *phrases.get(title, ["."] * len(title))]
    return phrases, max(map(len, phrases))
