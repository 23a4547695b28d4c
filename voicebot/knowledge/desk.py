"""The desk at which goods are asked about: names, attributes and comparisons together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from voicebot.knowledge.asking import Asking
from voicebot.knowledge.comparing import BESIDE, COMPARING, PAIR, by_quality, differences, side_by_side
from voicebot.knowledge.goods import Attribute, Goods, Reply
from voicebot.knowledge.naming import Names, of_one_kind
from voicebot.knowledge.ranking import Encode, Learned
from voicebot.knowledge.signs import Signs


class GoodsDesk:
    """Answers questions about goods. Built once from the catalogue and the attributes that people ask about."""

    def __init__(
        self,
        goods: Iterable[Goods],
        attributes: Iterable[Attribute],
        signs: Signs | None = None,
        otherwise: Sequence[str] = (),
        *,
        encode: Encode | None = None,
        learned: Learned | None = None,
    ) -> None:
        """`otherwise` are sentences that ask for no attribute."""
        self._goods = tuple(goods)
        self._by_code = {item.code: item for item in self._goods}
        self._names = Names(self._goods)
        self._asking = Asking(tuple(attributes))
        self._alike = of_one_kind(self._goods)
        if self._goods:
            asked = {one.name: [self._bare(text) for text in one.asked] for one in self._asking.attributes}
            self._asking.teach(signs or Signs({}), [*map(self._bare, otherwise)], encode, learned, asked)

    @property
    def learned(self) -> Learned | None:
        """What was computed from the sentences that ask for attributes."""
        return self._asking.learned

    def _bare(self, text: str) -> str:
        return self._names.find(text).rest

    def reply(self, text: str, topic: Sequence[str] = ()) -> Reply | None:
        """What the catalogue says to this, or None. `topic` are codes of goods talked about, for 这款 and 它.

        The answer is empty when an attribute is asked for that the product does not have.
        """
        named = self._names.find(text)
        about = [self._by_code[code] for code in topic if code in self._by_code]
        compared = self._comparison(named.goods, about, text, named.rest)
        if compared is not None:
            return compared
        goods = named.goods or tuple(about[:1])
        asked = self._asking.asked(named.rest, [goods[0].attributes]) if goods else None
        if asked is None:
            return None
        has = next((one for one in goods if asked.attribute.name in one.attributes), None)
        if has is None:
            return Reply(f"product:{goods[0].code}:{asked.attribute.name}", "", False, asked.sure)
        name = asked.attribute.name
        said = f"{has.short}{asked.attribute.says}{has.attributes[name]}。"
        return Reply(f"product:{has.code}:{name}", said, bool(asked.words) and asked.sure >= 0.95, asked.sure)

    def _comparison(
        self, named: Sequence[Goods], about: Sequence[Goods], text: str, rest: str
    ) -> Reply | None:
        """Two goods beside each other, if the sentence puts them there."""
        if not COMPARING.search(rest) and not (len(named) > 1 and BESIDE.search(rest)):
            return None
        pair = self._pair(named, about, text)
        if len(pair) < 2:
            return None
        has: list[Mapping[str, str]] = [item.attributes for item in pair]
        quality = by_quality(pair, self._asking.attributes, rest)
        if quality is not None:
            return quality
        asked = self._asking.asked(rest, has)
        if asked is not None and all(asked.attribute.name in one for one in has):
            return side_by_side(pair, asked.attribute)
        found = differences(pair, self._asking.attributes, rest)
        return found if found is None or found.whole or len(named) > 1 else None

    def _pair(self, named: Sequence[Goods], about: Sequence[Goods], text: str) -> Sequence[Goods]:
        """The two goods that are compared; fewer when the sentence does not tell them."""
        if len(named) < 2:
            kind = self._of_one_kind(text, named)
            if kind:
                return kind
        return list(dict.fromkeys([*named, *about]))[:2]

    def _of_one_kind(self, text: str, named: Sequence[Goods]) -> list[Goods]:
        """Two goods of a kind that is named once: 两个手机, 头戴的和蓝牙的耳机."""
        for kind, goods in self._alike.items():
            if kind not in text:
                continue
            marked = [one for one, mark in goods if mark and mark in text]
            if len(marked) == 2:
                return marked
            of_kind = [one for one, _ in goods]
            fits = all(one in of_kind for one in named)
            if len(goods) == 2 and fits and (PAIR.search(text) or len(marked) == 1):
                return of_kind
        return []
