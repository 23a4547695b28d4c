"""Finding what was meant: in the shop's lists, by what the caller called it, by day, by colour and size."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from voicebot.dialogue.values import day_of, field_of
from voicebot.nlu.numbers import number_to_chinese


def where(items: Any, name: Any, wanted: Any) -> list[Any]:
    """The items of which this field has this value."""
    if not isinstance(items, (list, tuple)):
        return []
    return [item for item in items if wanted is not None and field_of(item, name) == wanted]


def mentions(items: Any, wanted: Any) -> list[Any]:
    """The items in which the text is found anywhere, else those of the same kind."""
    if not isinstance(items, (list, tuple)) or not wanted:
        return []
    exact = [item for item in items if _holds(item, str(wanted))]
    return exact or [item for item in items if _of_the_kind(item, str(wanted))]


def holds(value: Any, wanted: Any) -> bool:
    """Is the text found anywhere in this value, or what it names of the same kind?"""
    return bool(mentions([value], wanted))


NEAR_DAYS = 6
"""上周 is understood as its Monday: an order of any day of that week is meant."""


def near(orders: Any, wanted: Any) -> list[Any]:
    """The orders made or received on that day, else the one made nearest to it."""
    day = day_of(wanted)
    if day is None or not isinstance(orders, (list, tuple)):
        return []
    exact = [
        one for one in orders if day in (day_of(field_of(one, "created")), day_of(field_of(one, "delivered")))
    ]
    if exact:
        return exact
    away = [
        (abs((made - day).days), place)
        for place, one in enumerate(orders)
        if (made := day_of(field_of(one, "created")))
    ]
    best = min(away, default=(NEAR_DAYS + 1, 0))
    return [orders[best[1]]] if best[0] <= NEAR_DAYS else []


def _of_the_kind(item: Any, wanted: str) -> bool:
    """Who says 手机 may mean the 轻薄手机 that he bought, whichever phone the shop calls so."""
    if isinstance(item, Mapping):
        return any(_of_the_kind(value, wanted) for value in item.values())
    if isinstance(item, (list, tuple)):
        return any(_of_the_kind(value, wanted) for value in item)
    if not isinstance(item, str) or wanted[-1:].isdigit():
        return False
    if len(wanted) == 2 and wanted[1] == "子":  # 杯子 is a 保温杯
        return len(item) > 1 and item[-1] == wanted[0]
    return len(wanted) > 2 and item[-2:] == wanted[-2:]


def _holds(item: Any, wanted: str) -> bool:
    if isinstance(item, Mapping):
        return any(_holds(value, wanted) for value in item.values())
    if isinstance(item, (list, tuple)):
        return any(_holds(value, wanted) for value in item)
    return isinstance(item, str) and (wanted in item or (len(item) > 1 and item in wanted))


def among(text: Any, words: Any) -> Any:
    """The word of the list that the text says at greatest length, or None."""
    if not isinstance(text, str) or not isinstance(words, (list, tuple)):
        return None
    fits = [(_said_in(text, word), word) for word in words if isinstance(word, str) and word]
    best = max(fits, key=lambda fit: fit[0], default=(0, None))
    return best[1] if best[0] else None


def _said_in(text: str, word: str) -> int:
    """How long the saying is by which the text means this word: 红色 is said as 红的, 40码 as 四十码 or 四十."""
    sayings = {word, word.removesuffix("色")}
    digits = _DIGITS.search(word)
    if digits is not None:
        spoken = number_to_chinese(int(digits[0]))
        sayings |= {word.replace(digits[0], spoken), *([spoken, digits[0]] if len(digits[0]) > 1 else [])}
    return max((len(saying) for saying in sayings if _whole(saying, text)), default=0)


_NUMERAL = "[0-9零一二三四五六七八九十百]"


def _whole(saying: str, text: str) -> bool:
    """Is it said, and not only a part of a longer number: 四十 is not said in 四十五码?"""
    return bool(re.search(f"(?<!{_NUMERAL}){re.escape(saying)}(?!{_NUMERAL})", text))


_DIGITS = re.compile(r"\d+")


_KINDS = frozenset("鞋袜裤锅壶杯箱椅瓶扇伞")
"""Syllables that name goods by themselves, and are heard in few other words."""


def kinds(items: Any, text: Any) -> list[Any]:
    """The orders or goods that are named by the syllable that says what they are: 鞋挤脚, 水壶坏了."""
    named = _KINDS & set(str(text or ""))
    return [item for item in items if _ends_so(item, named)] if isinstance(items, (list, tuple)) else []


def _ends_so(item: Any, named: frozenset[str]) -> bool:
    goods = field_of(item, "items") or [item]
    return any(str(field_of(one, "short") or " ")[-1] in named for one in goods)


_SIZED = re.compile(
    "(加?[大小])(?:([一两二三1-3])|点|些)?[个]?(?:码|号|尺码)|(?:再|换|要|选)[个]?([大小])(?:一?点|一?些)"
)
_STEPS = {"两": 2, "二": 2, "2": 2, "三": 3, "3": 3}


def next_size(sizes: Any, size: Any, text: Any) -> Any:
    """The size that is meant by 大一码 or 小两号, as seen from this one; None where there is none."""
    found = _SIZED.search(str(text or ""))
    if found is None or not isinstance(sizes, (list, tuple)) or size not in sizes:
        return None
    step = _STEPS.get(found[2] or "", 1) * (1 if "大" in (found[1] or found[3]) else -1)
    place = list(sizes).index(size) + step
    return sizes[place] if 0 <= place < len(sizes) else None


_COLOURS = re.compile("(红|橙|黄|绿|青|蓝|紫|粉|黑|白|灰|银|金|棕|米|咖啡|透明|卡其|藏青)(?:色|的(?![确话]))")
_NUMBERED = "[0-9]{1,3}|[一二三四五六七八九十百]{1,4}|[加特]?[大中小]|均|[一-龥]"


def missing(text: Any, words: Any) -> Any:
    """The colour or size that the text names and the list has not, as it was named; None where there is none."""
    if not isinstance(text, str) or not isinstance(words, (list, tuple)) or among(text, words):
        return None
    words = [word for word in words if isinstance(word, str) and word]
    if any(word.endswith("色") for word in words):
        colour = _COLOURS.search(text)
        return f"{colour[1]}色" if colour else None
    units = {word[-1] for word in words}
    unit = units.pop() if len(units) == 1 else ""
    named = re.search(f"({_NUMBERED}){unit}", text) if unit else None
    return named[0] if named and named[1] not in _NO_SIZE else None


_NO_SIZE = frozenset("尺换什么个几多哪是的有没")


_TOGETHER = re.compile("[和跟与、]|都|还有|以及|一起|两[个件样]|三[个件样]")


def named_besides(items: Any, text: Any, taken: Any) -> list[Any]:
    """The orders or goods that are named in one sentence with the one that is `taken`: 袜子和鞋都要退."""
    if not isinstance(items, (list, tuple)) or not _TOGETHER.search(str(text or "")) or taken not in items:
        return []
    rest = str(text)
    for name in sorted(_names(taken), key=len, reverse=True):
        rest = rest.replace(name, "")
    others = [item for item in items if item != taken]
    named = [item for item in others if any(name in rest for name in _names(item))]
    return named or kinds(others, rest)


def _names(item: Any) -> list[str]:
    goods = [str(field_of(one, "short") or "") for one in field_of(item, "items") or [item]]
    return [name for one in goods for name in (one, one[-2:]) if len(name) > 1]


_ORDINAL = re.compile("第([一二两三四五1-5])[个单件]")
_PLACES = (
    {word: place for place, word in enumerate("一二三四五")} | {"两": 1} | {str(n + 1): n for n in range(5)}
)


def picked(items: Any, text: Any) -> Any:
    """The one of what was listed that is meant by 那第一个呢, or None."""
    found = _ORDINAL.search(str(text or ""))
    place = _PLACES.get(found[1]) if found else None
    return (
        items[place]
        if isinstance(items, (list, tuple)) and place is not None and place < len(items)
        else None
    )


_ORDER_TAIL = re.compile(
    "订?单号?(?:码)?(?:的)?(?:后四位|后面四位|最后四位|末四位|尾号)(?:是|为)?([0-9零〇一二两三四五六七八九幺]{4})"
)
_SPOKEN = str.maketrans("零〇一二两三四五六七八九幺", "0012234567891")


def order_tail(text: Any) -> str | None:
    """The last four digits of an order's number, where they are called so: 订单尾号1409."""
    found = _ORDER_TAIL.search(str(text or ""))
    return found[1].translate(_SPOKEN) if found else None


def ending(items: Any, name: Any, end: Any) -> list[Any]:
    """The items of which this field ends so."""
    if not isinstance(items, (list, tuple)) or not end:
        return []
    return [item for item in items if str(field_of(item, name) or "").endswith(str(end))]


def alike(items: Any, wanted: Any, text: Any) -> list[Any]:
    """The orders of goods of this kind, where the text does not say by its whole name which: 耳机 may be either."""
    if not isinstance(items, (list, tuple)) or not isinstance(wanted, str):
        return []
    found = [item for item in items if any(name[-2:] == wanted[-2:] for name in _names(item))]
    return [] if any(name in str(text) for item in found for name in _names(item) if len(name) > 2) else found


_CHANGED_TO = re.compile("(?:换成|换个|换一?[个件双台]|换|改成|想要|要)([^，,。！!？?]+)")


def changed_to(text: Any, words: Any) -> Any:
    """The word of the list that is wanted instead: 绿的，换成白的 is 白色."""
    after = [among(found[1], words) for found in _CHANGED_TO.finditer(str(text or ""))]
    return next((word for word in after if word), among(text, words))
