"""Answers made from the catalogue: what a product is like, and which of two is lighter, cheaper, quieter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from voicebot.errors import VoicebotError
from voicebot.nlu.pinyin import NameIndex, places, syllables


@dataclass(frozen=True, slots=True, eq=False)
class Goods:
    """A product as far as it can be asked about. `attributes` map a name to a text with its unit."""

    code: str
    name: str
    short: str
    aliases: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attribute:
    """A property by which goods are asked about.

    `words` ask for it; `more` and `less` are what has more or less of it (重, 轻), all of them regular expressions;
    `says` joins product and value.
    """

    name: str
    words: tuple[str, ...]
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    says: str = ""

    @staticmethod
    def of(item: Mapping[str, Any]) -> Attribute:
        """An attribute from its YAML mapping."""
        lists = {key: tuple(map(str, item.get(key) or ())) for key in ("words", "more", "less")}
        return Attribute(str(item["name"]), says=str(item.get("says") or f"的{item['name']}是"), **lists)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the catalogue answers; `whole` says that the sentence asked for nothing else."""

    id: str
    answer: str
    whole: bool


UNITS = {"公斤": 1000.0, "千克": 1000.0, "克": 1.0, "升": 1000.0, "毫升": 1.0, "千瓦": 1000.0, "瓦": 1.0, "TB": 1024.0,
         "GB": 1.0, "年": 365.0, "个月": 30.5, "天": 1.0, "小时": 1 / 24, "分钟": 1 / 1440}  # fmt: skip
AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*([^\d,。乘到]*)")
LIGHT = re.compile(
    r"[的了吗呢啊吧呀是有要会能得个台只款件这那种它多大少几怎么样哪一和跟与比还更最比较大概到底究竟请问我你您们想知道问下看"
    r"家买卖用着一样有没不很点些者都让给儿之间里]"
)


ELSE = 2
"""So many characters may ask for something else; with more of them the sentence is not about the attribute."""


class GoodsDesk:
    """Answers questions about goods. Built once from the catalogue and the attributes that people ask about."""

    def __init__(self, goods: Iterable[Goods], attributes: Iterable[Attribute]) -> None:
        self._goods = tuple(goods)
        self._by_code = {item.code: item for item in self._goods}
        self._attributes = tuple(attributes)
        names: dict[str, Goods] = {}
        for item in self._goods:
            for name in (item.name, item.short, *item.aliases):
                names.setdefault(name, item)
        self._names = names
        self._listed = sorted(names, key=lambda name: (-len(name), name))
        self._written = re.compile("|".join(map(re.escape, self._listed)) or r"(?!)", re.IGNORECASE)
        self._index = NameIndex(self._listed)
        self._asking = [(_pattern(attribute.words), attribute) for attribute in self._attributes]
        self._alike = _alike(self._goods)

    def reply(self, text: str, topic: Sequence[str] = ()) -> Reply | None:
        """What the catalogue says to this, or None. `topic` are codes of goods talked about, for 这款 and 它."""
        named, rest = self._named(text)
        compared = self._comparison(named, rest, topic, text)
        if compared:
            return compared
        goods = named[0] if named else self._topic(topic)
        found = self._attribute(rest, [goods] if goods else [])
        if found is None or goods is None:
            return None
        word, attribute = found
        value = goods.attributes[attribute.name]
        left = len(LIGHT.sub("", rest.replace(word, "")))
        if left > ELSE:
            return None
        return Reply(
            f"product:{goods.code}:{attribute.name}", f"{goods.short}{attribute.says}{value}。", not left
        )

    def _topic(self, topic: Sequence[str]) -> Goods | None:
        return next((self._by_code[code] for code in topic if code in self._by_code), None)

    def _named(self, text: str) -> tuple[list[Goods], str]:
        """The goods named, in order, and the text without their names; by sound when none is written."""
        found = [self._find(match[0]) for match in self._written.finditer(text)]
        if found:
            return list(dict.fromkeys(found)), self._written.sub("", text)
        heard = [
            one
            for one in self._index.search(syllables(text), 0.8)
            if self._sounds_enough(one.name, one.score)
        ]
        if not heard:
            return [], text
        where = places(text)
        start, end = where[heard[0].start], where[heard[0].end - 1] + 1
        return [self._names[self._listed[heard[0].name]]], text[:start] + text[end:]

    def _find(self, name: str) -> Goods:
        return next(goods for key, goods in self._names.items() if key.lower() == name.lower())

    def _sounds_enough(self, name: int, score: float) -> bool:
        size = len(syllables(self._listed[name]))
        return size >= 3 and score >= {3: 0.85, 4: 0.85}.get(size, 0.8)

    def _attribute(self, text: str, of: Sequence[Goods]) -> tuple[str, Attribute] | None:
        """The words that ask for an attribute which all of these goods have, and the attribute; the longest words."""
        found = [
            (match[0], attribute)
            for pattern, attribute in self._asking
            if all(attribute.name in goods.attributes for goods in of)
            and (match := max(pattern.finditer(text), key=lambda one: len(one[0]), default=None))
        ]
        return max(found, key=lambda pair: len(pair[0]), default=None)

    def _comparison(self, named: Sequence[Goods], rest: str, topic: Sequence[str], text: str) -> Reply | None:
        if not COMPARING.search(rest):
            return None
        goods = [*named, *(self._by_code[code] for code in topic if code in self._by_code)]
        pair = list(dict.fromkeys(goods))[:2]
        if len(pair) < 2:
            pair = self._of_one_kind(text)
        if len(pair) < 2:
            return None
        for attribute in self._attributes:
            for words, most in ((attribute.less, False), (attribute.more, True)):
                match = _pattern(words).search(rest)
                if match is not None and all(attribute.name in item.attributes for item in pair):
                    return _compared(pair, attribute, match[0], most)
        return self._both(pair, rest)

    def _of_one_kind(self, text: str) -> list[Goods]:
        """Two goods of a kind that is named once: 两个手机, 头戴的和蓝牙的耳机."""
        for kind, goods in self._alike.items():
            if kind not in text:
                continue
            marked = [one for one, mark in goods if mark and mark in text]
            if len(marked) == 2:
                return marked
            if len(goods) == 2 and (PAIR.search(text) or len(marked) == 1):
                return [one for one, _ in goods]
        return []

    def _both(self, pair: Sequence[Goods], rest: str) -> Reply | None:
        """No word says which way to compare: both values are given."""
        found = self._attribute(rest, pair)
        if found is None:
            return None
        attribute = found[1]
        told = ",".join(f"{item.short}{attribute.says}{item.attributes[attribute.name]}" for item in pair)
        return Reply(f"product:{pair[0].code}+{pair[1].code}:{attribute.name}", f"{told}。", True)


COMPARING = re.compile("哪|谁|比|区别|还是|更|差多少|差别|不同|不一样")
PAIR = re.compile("两|俩|这几|之间|哪[个款台种]|谁")


@lru_cache(maxsize=256)
def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    """Any of these expressions. Raises VoicebotError that names the one that cannot be read."""
    for word in words:
        try:
            re.compile(word)
        except re.error as error:
            raise VoicebotError(
                f"the words of an attribute hold {word!r}, which cannot be read: {error}"
            ) from None
    return re.compile("|".join(words) or "(?!)")


def _alike(goods: Sequence[Goods]) -> dict[str, list[tuple[Goods, str]]]:
    """By the last two or three characters of their names, goods that share them, each with what tells it apart."""
    kinds: dict[str, list[tuple[Goods, str]]] = {}
    for size in (3, 2):
        for item in goods:
            kind = item.name[-size:]
            mark = item.short.removesuffix(kind) if item.short != item.name else ""
            kinds.setdefault(kind, []).append((item, mark or item.name.removesuffix(kind)[-2:]))
    return {kind: listed for kind, listed in kinds.items() if len(listed) > 1}


QUALITY = re.compile("^.+(?=(?:大|小|多|长|久|好|强|快|慢|短|干净)$)")
"""What stands before the quality itself: 续航久 is 久."""


def _compared(pair: Sequence[Goods], attribute: Attribute, word: str, most: bool) -> Reply | None:
    values = [amount(item.attributes[attribute.name]) for item in pair]
    one, other = values[0], values[1]
    if one is None or other is None:
        return None
    told = ",".join(f"{item.short}{attribute.says}{item.attributes[attribute.name]}" for item in pair)
    if one == other:
        verdict = "两款一样"
    else:
        winner = pair[0] if (one > other) == most else pair[1]
        verdict = f"{winner.short}更{QUALITY.sub('', word.replace('更', ''))}"
    return Reply(f"product:{pair[0].code}+{pair[1].code}:{attribute.name}", f"{told},{verdict}。", True)


def amount(value: str) -> float | None:
    """The first number of a value in a unit common to its kind: 1.3公斤 -> 1300.0; None without a number."""
    match = AMOUNT.search(value)
    if match is None:
        return None
    unit = next((unit for unit in UNITS if match[2].startswith(unit)), None)
    return float(match[1]) * (UNITS[unit] if unit else 1.0)
