"""Which goods a sentence names: by what is written, by what it sounds like, by a part of the name (储水的那个)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from voicebot.knowledge.goods import Goods
from voicebot.nlu.pinyin import NameIndex, places, syllables

PIECE = "[个台副款双本支只块袋口件把条瓶盒]"
"""Measure words: with one of them 那 points at a thing that a part of its name tells."""
_LEFT = re.compile(f"^(?:请问|[那这]{PIECE}?|你们家?|的)+|(?<=^)[,。]+")
PLACEHOLDER = "它"


@dataclass(frozen=True, slots=True)
class Named:
    """The goods that a sentence names, in order, and what it says of them: the text with their names left out."""

    goods: tuple[Goods, ...]
    rest: str


class Names:
    """Finds goods by their names and by everything else they are called. Built once."""

    def __init__(self, goods: Iterable[Goods]) -> None:
        listed: dict[str, Goods] = {}
        for item in goods:
            for name in (item.name, item.short, *item.aliases):
                listed.setdefault(name.lower(), item)
        self._of = listed
        self._listed = sorted(listed, key=lambda name: (-len(name), name))
        self._written = re.compile("|".join(map(re.escape, self._listed)) or r"(?!)", re.IGNORECASE)
        self._index = NameIndex(self._listed)
        parts = _parts({item.name: item for item in goods})
        self._part_of = parts
        ordered = sorted(parts, key=lambda part: (-len(part), part))
        self._parts = re.compile(
            rf"({'|'.join(map(re.escape, ordered)) or '(?!)'})[的式]?[那这]{PIECE}|"
            rf"[那这]{PIECE}({'|'.join(map(re.escape, ordered)) or '(?!)'})的?"
        )

    def find(self, text: str) -> Named:
        """The goods in `text`, which is normalised."""
        found = [self._of[match[0].lower()] for match in self._written.finditer(text)]
        if found:
            return Named(tuple(dict.fromkeys(found)), _left(self._written.sub("", text)))
        parts = [self._part_of[match[1] or match[2]] for match in self._parts.finditer(text)]
        if parts:
            return Named(tuple(dict.fromkeys(parts)), _left(self._parts.sub("", text)))
        return self._heard(text)

    def _heard(self, text: str) -> Named:
        heard = [
            one
            for one in self._index.search(syllables(text), 0.8)
            if self._sounds_enough(one.name, one.score)
        ]
        if not heard:
            return Named((), _left(text))
        where = places(text)
        start, end = where[heard[0].start], where[heard[0].end - 1] + 1
        return Named((self._of[self._listed[heard[0].name]],), _left(text[:start] + text[end:]))

    def _sounds_enough(self, name: int, score: float) -> bool:
        size = len(syllables(self._listed[name]))
        return size >= 3 and score >= {3: 0.85, 4: 0.85}.get(size, 0.8)


def _left(text: str) -> str:
    return _LEFT.sub("", text) or text


def _parts(names: dict[str, Goods]) -> dict[str, Goods]:
    """Two or three characters that only one product's name has: 储水 of 储水式电热水器."""
    holders: dict[str, set[str]] = {}
    for name in names:
        for size in (2, 3):
            for at in range(len(name) - size + 1):
                holders.setdefault(name[at : at + size], set()).add(name)
    return {part: names[next(iter(own))] for part, own in holders.items() if len(own) == 1}


def of_one_kind(goods: Sequence[Goods]) -> dict[str, list[tuple[Goods, str]]]:
    """By the ends of their names, and by their beginnings, goods that share them, each with what tells it apart."""
    kinds: dict[str, list[tuple[Goods, str]]] = {}
    for size in (3, 2):
        for item in goods:
            kind = item.name[-size:]
            mark = item.short.removesuffix(kind) if item.short != item.name else ""
            kinds.setdefault(kind, []).append((item, mark or item.name.removesuffix(kind)[-2:]))
    for item in goods:
        kinds.setdefault(item.name[:2], []).append((item, item.name[2:4]))
    return {kind: listed for kind, listed in kinds.items() if len(listed) > 1}
