"""One spelling for everything that a caller may say, type or be heard to say.

`clean` settles the writing (width, spaces, punctuation, traditional characters), `normalize` also puts dialect and
slang into plain Mandarin, and `without_fillers` leaves out what carries no meaning. Punctuation afterwards is
`, 。 ? ! : …`; pauses of any kind are commas.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from voicebot.errors import VoicebotError
from voicebot.nlu.words import FOLDER, read_words, strings

_PUNCTUATION = str.maketrans(
    {"、": ",", "；": ",", ";": ",", "～": "", "~": "", "“": "", "”": "", '"': "", "·": ""}
)
_HAN = "\u3400-\u9fff"
_SPACE = re.compile(
    rf"(?<=[{_HAN},。?!:…])\s+|\s+(?=[{_HAN},。?!:…])"  # nothing is separated by spaces in Chinese
    r"|(?<=\d)\s+(?=\d)"
)
_THOUSANDS = re.compile(r"(?<![\d,.])\d{1,3}(?:,\d{3})+(?![\d,])")
_STOP = re.compile(r"(?<!\d)\.(?!\d)|(?<=\d)\.(?!\d)")
_REPEATED = re.compile(r"([,。?!:…])[,。?!:…]*(?=\1)|(?<=[,。?!…]),+")
_STUTTER = re.compile(r"([我你他她这那就要])\1+")


class Rewriter:
    """Replaces words by others, the longest first, except inside the longer words that are named as exceptions.

    What a form means is plain Mandarin and an exception itself: 么时候 within 什么时候 stays as it is.
    """

    def __init__(self, replacements: dict[str, str]) -> None:
        self._replacements = replacements
        ordered = sorted(replacements, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, ordered)) or r"(?!)")

    def __call__(self, text: str) -> str:
        return self._pattern.sub(lambda match: self._replacements[match[0]], text)

    @staticmethod
    def load(folder: Path = FOLDER) -> Rewriter:
        """The dialect list of `folder`. Raises VoicebotError that names the faulty entry."""
        entries = read_words("dialect", folder).get("entries")
        if not isinstance(entries, list):
            raise VoicebotError(f"{folder / 'dialect.yaml'}: `entries` must be a list of {{say, means}}.")
        replacements: dict[str, str] = {}
        kept: dict[str, str] = {}
        for position, entry in enumerate(entries, 1):
            said, means, exceptions = _entry(entry, f"{folder / 'dialect.yaml'}: entry {position}")
            replacements |= dict.fromkeys(said, means)
            kept |= {word: word for word in (means, *exceptions)}
        return Rewriter(kept | replacements)


def _entry(entry: Any, where: str) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
    if not isinstance(entry, dict) or not isinstance(entry.get("means"), str) or "say" not in entry:
        raise VoicebotError(
            f"{where} needs `say` and `means`, like {{say: 咋, means: 怎么}}; it is {entry!r}."
        )
    said = strings(entry["say"], f"{where}, `say`")
    return said, entry["means"], strings(entry.get("except", []), f"{where}, `except`")


@lru_cache(maxsize=1024)
def clean(text: str) -> str:
    """Half width, simplified, no spaces but between Latin words, plain punctuation; nothing else is changed."""
    text = _THOUSANDS.sub(lambda match: match[0].replace(",", ""), text)
    text = text.replace("……", "…").replace("...", "…").replace("…", "\0")
    text = unicodedata.normalize("NFKC", text).replace("\0", "…").translate(_PUNCTUATION)
    text = text.translate(_traditional())
    text = _SPACE.sub("", _STOP.sub("。", text))
    return _STUTTER.sub(r"\1", _REPEATED.sub("", text)).strip(" \t\n,")


def normalize(text: str, rewriter: Rewriter | None = None) -> str:
    """`clean`, then dialect and slang in plain Mandarin (咋还木有到 -> 怎么还没有到)."""
    return (rewriter or standard_rewriter())(clean(text))


def without_fillers(text: str) -> str:
    """A normalised text without hesitation and politeness around its clauses; itself when nothing were left."""
    leading, trailing = _fillers()
    clauses = (trailing.sub("", leading.sub("", clause)) for clause in re.split("[,。!…]", text))
    return ",".join(clause for clause in clauses if clause) or text


@lru_cache(maxsize=1)
def standard_rewriter() -> Rewriter:
    """The dialect list that is installed, read once."""
    return Rewriter.load()


@lru_cache(maxsize=1)
def _fillers() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = read_words("fillers")
    lists = {key: strings(words.get(key, []), f"fillers.yaml: `{key}`") for key in words}
    hesitations, politeness = lists.get("hesitations", ()), lists.get("politeness", ())
    return (
        re.compile(f"^(?:{_either(hesitations + politeness)})+"),
        re.compile(f"(?:{_either(lists.get('endings', ()))})+$"),
    )


def _either(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


@lru_cache(maxsize=1)
def _traditional() -> dict[int, str]:
    pairs = str(read_words("traditional").get("pairs", "")).split()
    return {ord(pair[0]): pair[1] for pair in pairs}
