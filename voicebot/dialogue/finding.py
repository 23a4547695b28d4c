"""Finding what was meant in the shop's lists: by what the caller called it, by day, by place, by its number's end."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from voicebot.dialogue.values import day_of, field_of


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


_KINDS = frozenset("鞋袜裤锅壶杯箱椅瓶扇伞")
"""Syllables that name goods by themselves, and are heard in few other words."""


def kinds(items: Any, text: Any) -> list[Any]:
    """The orders or goods that are named by the syllable that says what they are: 鞋挤脚, 水壶坏了."""
    named = _KINDS & set(str(text or ""))
    return [item for item in items if _ends_so(item, named)] if isinstance(items, (list, tuple)) else []


def _ends_so(item: Any, named: frozenset[str]) -> bool:
    goods = field_of(item, "items") or [item]
    return any(str(field_of(one, "short") or " ")[-1] in named for one in goods)


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
