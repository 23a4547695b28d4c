"""Colours and sizes as callers say them: 白的, 四十码, 大一码."""

from __future__ import annotations

import re
from typing import Any

from voicebot.nlu.numbers import number_to_chinese


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


_CHANGED_TO = re.compile("(?:换成|换个|换一?[个件双台]|换|改成|想要|要)([^，,。！!？?]+)")


def changed_to(text: Any, words: Any) -> Any:
    """The word of the list that is wanted instead: 绿的，换成白的 is 白色."""
    after = [among(found[1], words) for found in _CHANGED_TO.finditer(str(text or ""))]
    return next((word for word in after if word), among(text, words))
