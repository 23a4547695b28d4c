"""What the shop sells, as callers name it: found in a sentence by its name, or by the sound of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from voicebot.nlu.pinyin import NameIndex, places, syllables
from voicebot.nlu.words import FOLDER, read_words, strings

_FLOORS = {3: 0.92, 4: 0.88}
_FLOORS_ASKED = {2: 0.9, 3: 0.8}


@dataclass(frozen=True, slots=True)
class Product:
    """`name` is what the slot takes as its value; `aliases` are what people say instead."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """text[start:end] names this product; `score` is 1.0 when it was written so, less when it only sounds like it.

    `value` is the product's name, or the words said when several products go by them.
    """

    value: str
    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """Products by every name they go by. Build it once with `Catalogue.of`."""

    products: tuple[Product, ...]
    _names: dict[str, str]
    _pattern: re.Pattern[str]
    _index: NameIndex = field(repr=False)
    _listed: tuple[str, ...] = field(repr=False)
    _not_when: dict[str, tuple[str, ...]] = field(repr=False)

    @staticmethod
    def of(products: Iterable[Product] = (), folder: Path = FOLDER) -> Catalogue:
        """The products, together with the everyday names of goods in things.yaml of `folder`."""
        data = read_words("things", folder)
        not_when = {
            str(name): strings(words, f"{folder / 'things.yaml'}: not_when, {name}")
            for name, words in (data.get("not_when") or {}).items()
        }
        products = tuple(products)
        names = _values(products, str(data.get("things", "")).split())
        listed = tuple(sorted(names, key=lambda name: (-len(name), name)))
        pattern = re.compile("|".join(map(re.escape, listed)) or r"(?!)", re.IGNORECASE)
        return Catalogue(products, names, pattern, NameIndex(listed), listed, not_when)

    def product(self, value: str) -> Product | None:
        """The product with this name or code, None where a value stands for several or for none."""
        return next((product for product in self.products if value in (product.name, product.code)), None)

    def find(self, text: str, asked: bool = False) -> Named | None:
        """The first product named in `text` (normalised); by sound where no name is written.

        `asked` says that the caller was asked for a product, so that a vaguer likeness will do.
        """
        written = self._written(text)
        if written and written.end - written.start > 2:
            return written
        sounding = self._sounding(text, asked)
        if not written or (sounding and sounding.start <= written.start < written.end <= sounding.end):
            return sounding or written
        return written

    def _written(self, text: str) -> Named | None:
        found = None
        for match in self._pattern.finditer(text):
            if self._is_else(match[0], text):
                continue
            if found is None or text[found.end : match.start()] == "的":  # 打印机的墨盒 is about the 墨盒
                found = Named(self._names[match[0].casefold()], match.start(), match.end(), 1.0)
        return found

    def _sounding(self, text: str, asked: bool) -> Named | None:
        sounds = syllables(text)
        for heard in self._index.search(sounds, 0.8 if not asked else 0.75, 2 if asked else 3):
            name = self._listed[heard.name]
            size = len(syllables(name))
            floor = _FLOORS_ASKED.get(size, 0.75) if asked else _FLOORS.get(size, 0.8)
            if heard.score < floor or self._is_else(name, text):
                continue
            where = places(text)
            return Named(self._names[name], where[heard.start], where[heard.end - 1] + 1, heard.score)
        return None

    def _is_else(self, name: str, text: str) -> bool:
        return any(word in text for word in self._not_when.get(name, ()))


def _values(products: tuple[Product, ...], things: Iterable[str]) -> dict[str, str]:
    """Every name in lower case with the value it stands for: a product's name, or itself when it is shared."""
    owners: dict[str, set[str]] = {}
    for product in products:
        for name in (product.name, *product.aliases):
            owners.setdefault(name.casefold(), set()).add(product.name)
    exact = {product.name.casefold(): product.name for product in products}
    for thing in things:
        if thing.casefold() not in owners:
            holders = {product.name for product in products if thing in product.name}
            owners[thing.casefold()] = holders if len(holders) == 1 else {thing}
    return {
        name: exact.get(name) or (next(iter(own)) if len(own) == 1 else name) for name, own in owners.items()
    }


@lru_cache(maxsize=1)
def standard_catalogue() -> Catalogue:
    """Only the everyday names of goods: what is understood where no shop is known."""
    return Catalogue.of()
