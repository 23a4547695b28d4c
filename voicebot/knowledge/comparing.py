"""Two goods beside each other: which is lighter, cheaper, quieter, and what the difference is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from voicebot.knowledge.asking import SURE, pattern_of
from voicebot.knowledge.goods import Attribute, Goods, Reply, amount

COMPARING = re.compile("哪|谁|比|区别|还是|更|差多少|差几|差别|不同|不一样|选|挑|纠结|犹豫|推荐|先[换买]")
BESIDE = re.compile(
    "一样|好多|顶|都(?:是|有|能|可以)|[贵重轻大小长久多差](?:多少|几)|便宜多少|差|和.*[吗不呢]$|跟.*[吗不呢]$"
)
"""Where two goods are named, this sets them beside each other, too."""
PAIR = re.compile("两|俩|这几|之间|哪[个款台种]|谁")
GENERAL = re.compile(
    "区别|差别|不同|不一样|差在|哪[个款台种]?(?:更)?(?:好|合适|值|强|靠谱|划算|实用)|选|挑|纠结|犹豫|推荐|拿不定|该买|买哪|"
    "先[换买]|好(?:一点|些)?还是|还是.{1,12}好|对比|比较一下|比一比|怎么样"
)
QUALITY = re.compile("^.+(?=(?:大|小|多|长|久|好|强|快|慢|短|干净)$)")
"""What stands before the quality itself: 续航久 is 久."""
UNSURE = 0.4
"""What the differences are worth where the sentence may ask for something that the catalogue does not say."""
TOLD = 3
"""So many differences are said."""


def by_quality(pair: Sequence[Goods], attributes: Sequence[Attribute], rest: str) -> Reply | None:
    """The answer to a word that says which way to compare (轻, 便宜); the longest word counts."""
    found = [
        (len(match[0]), most, match[0], attribute)
        for attribute in attributes
        for words, most in ((attribute.less, False), (attribute.more, True))
        if all(attribute.name in one.attributes for one in pair)
        and (match := max(pattern_of(words).finditer(rest), key=lambda one: len(one[0]), default=None))
    ]
    if not found:
        return None
    _, most, word, attribute = max(found, key=lambda one: one[0])
    return _judged(pair, attribute, word, most) or side_by_side(pair, attribute)


def side_by_side(pair: Sequence[Goods], attribute: Attribute) -> Reply:
    """Both values, and that they are the same where they are."""
    same = len({item.attributes[attribute.name] for item in pair}) == 1
    return Reply(_id(pair, attribute.name), _told(pair, attribute) + (",两款一样。" if same else "。"), True)


def differences(pair: Sequence[Goods], attributes: Sequence[Attribute], rest: str) -> Reply | None:
    """The differences that matter most: the price, and where one has a multiple of the other."""
    general = GENERAL.search(rest) is not None
    if not general and not COMPARING.search(rest):
        return None
    shared = [one for one in attributes if all(one.name in item.attributes for item in pair)]
    apart = [(_apart(pair, one), -place, one) for place, one in enumerate(shared)]
    chosen = [one for how, _, one in sorted(apart, key=lambda each: each[:2], reverse=True) if how > 0]
    chosen.sort(key=lambda one: one.name != "价格")
    if not chosen:
        return None
    told = ";".join(_told(pair, one) for one in chosen[:TOLD])
    return Reply(_id(pair, "区别"), f"{told}。", general, SURE if general else UNSURE)


def _apart(pair: Sequence[Goods], attribute: Attribute) -> float:
    """How different two values are: 0 for the same, 1 and more for a multiple, something for other words."""
    one, other = (item.attributes[attribute.name] for item in pair)
    first, second = amount(one), amount(other)
    if first and second:
        return abs(first - second) / min(first, second)
    return 0.0 if one == other else 0.5


def _judged(pair: Sequence[Goods], attribute: Attribute, word: str, most: bool) -> Reply | None:
    one, other = (amount(item.attributes[attribute.name]) for item in pair)
    if one is None or other is None:
        return None
    if one == other:
        verdict = "两款一样"
    else:
        winner = pair[0] if (one > other) == most else pair[1]
        verdict = f"{winner.short}更{QUALITY.sub('', word.replace('更', ''))}"
    return Reply(_id(pair, attribute.name), f"{_told(pair, attribute)},{verdict}。", True)


def _told(pair: Sequence[Goods], attribute: Attribute) -> str:
    return ",".join(f"{item.short}{attribute.says}{item.attributes[attribute.name]}" for item in pair)


def _id(pair: Sequence[Goods], name: str) -> str:
    return f"product:{pair[0].code}+{pair[1].code}:{name}"
