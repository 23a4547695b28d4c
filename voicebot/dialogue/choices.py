"""Which of several was meant: by its place, its name, or how it sounds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from voicebot.dialogue.questions import asks, for_information
from voicebot.dialogue.script import Flow
from voicebot.dialogue.step_kinds import Ask
from voicebot.dialogue.turn import Turn
from voicebot.nlu.pinyin import find_like, syllables
from voicebot.nlu.understanding import Understanding

_ORDINAL = re.compile(r"第?([一二两三四五六七八九1-9])(?:个|件|单|项|种|号|款|,|。|$)")
_NUMERALS = {word: number for number, word in enumerate("一二三四五六七八九", start=1)} | {"两": 2}


def offered(turn: Turn, ask: Ask) -> list[str]:
    """The options as they are called."""
    if ask.source is None:
        return [words[0] for words in ask.options.values()]
    values = turn.value(ask.source)
    return [_called(turn, ask, value) for value in values] if isinstance(values, (list, tuple)) else []


def _called(turn: Turn, ask: Ask, value: Any) -> str:
    turn.extra["option"] = value
    text = ask.show[0].render(turn.lookup)
    del turn.extra["option"]
    return text


def candidates(turn: Turn, ask: Ask) -> list[tuple[Any, tuple[str, ...]]]:
    """Each option's value, and the words by which callers mean it."""
    if ask.source is None:
        return [(name, words) for name, words in ask.options.items()]
    values = turn.value(ask.source)
    names = offered(turn, ask)
    return [(value, (name,)) for value, name in zip(values, names, strict=True)] if names else []


def chosen(turn: Turn, ask: Ask, understanding: Understanding) -> Any:
    """The value of the option that was meant, or None."""
    options = candidates(turn, ask)
    if for_information(understanding.text) and not named_exactly(turn, ask, understanding):
        return None
    index = _by_name([words for _, words in options], understanding)
    if index is None:
        index = _by_place(len(options), understanding)
    if index is None and ask.source is not None and not asks(understanding.text):
        index = _by_age(len(options), understanding.text)
    if index is None:
        index = _by_one_word([words for _, words in options], understanding.text)
    if index is None and not asks(understanding.text):
        index = _by_sound([words for _, words in options], understanding.text)
    slot = understanding.slots.get("choice")
    if index is None and ask.options and slot is not None and slot.value == "any":
        index = 0
    return None if index is None else options[index][0]


def named(ask: Ask, understanding: Understanding) -> str | None:
    """The declared option that the sentence names by a word of two characters or more, or None."""
    words = [tuple(word for word in one if len(word) > 1) for one in ask.options.values()]
    index = _by_name(
        [one or ("",) for one in words], Understanding(understanding.text, understanding.intents)
    )
    text = understanding.text.strip(_AROUND)
    fits = index is not None and any(word and word in text for word in words[index])
    return list(ask.options)[index] if index is not None and fits else None


def note_early(turn: Turn, flow: Flow | None, text: str) -> frozenset[str]:
    """Keep the options that the caller names before he is asked: 我要退货,上门取件. Gives the slots that are filled."""
    asked = turn.step.slot if isinstance(turn.step, Ask) else ""
    found = set()
    for name in sorted(flow.uses - turn.state.slots.keys() - {asked}) if flow else ():
        choice = turn.script.choice_of(name)
        option = _named_in(choice, text) if choice is not None and choice.early else None
        if choice is not None and option in choice.early:
            turn.fill(name, option)
            found.add(name)
    return frozenset(found)


def _named_in(ask: Ask, text: str) -> str | None:
    return named(ask, Understanding(text, ()))


def named_exactly(turn: Turn, ask: Ask, understanding: Understanding) -> bool:
    """Is the whole sentence one of the options, such as 个人, whatever else it may sound like?"""
    text = understanding.text.strip(_AROUND)
    return any(text == word for _, words in candidates(turn, ask) for word in words)


def by_key(turn: Turn, ask: Ask, digits: str) -> Any:
    """The option with this number on the keypad, from 1, or None."""
    options = candidates(turn, ask)
    place = int(digits) if digits.isdigit() else 0
    return options[place - 1][0] if 1 <= place <= len(options) else None


def _by_name(options: Sequence[tuple[str, ...]], understanding: Understanding) -> int | None:
    said = [str(slot.value) for name, slot in understanding.slots.items() if name in {"product", "choice"}]
    texts = [corrected(understanding.text).strip(_AROUND), *said]
    fits = [max(_fit(word, text) for word in words for text in texts) for words in options]
    best = max(fits, default=0.0)
    return fits.index(best) if best > 0 and fits.count(best) == 1 else None


_CORRECTION = re.compile("不对|说错|错了|哦不|啊不|更正")


def corrected(text: str) -> str:
    """What holds of a sentence that corrects itself: 自己寄,不对,是上门取 -> 是上门取."""
    rest = _CORRECTION.split(text)[-1].strip("，,。 的")
    return rest if len(rest) > 1 else text


_LITTLE = re.compile("不是|就是|那个|这个|那|这|是|的|了|买|双|件|台|个|我|吧|啊|呀|[，,。.！! ]")


def _by_one_word(options: Sequence[tuple[str, ...]], text: str) -> int | None:
    """The only option that holds the one syllable which says something: 那个鞋."""
    core = _LITTLE.sub("", text)
    fits = [index for index, words in enumerate(options) if core in words[0]]
    return fits[0] if len(core) == 1 and not _ORDINAL.search(text) and len(fits) == 1 else None


def _by_sound(options: Sequence[tuple[str, ...]], text: str) -> int | None:
    """The option that was misheard: 桑门去件 is 上门取件."""
    heard = syllables(corrected(text))
    needles = [[syllables(word) for word in words] for words in options]
    fits = [
        max(((find_like(one, heard)[2], len(one)) for one in words if len(one) > 1), default=(0.0, 0))
        for words in needles
    ]
    best = max(fits, default=(0.0, 0))
    return fits.index(best) if best[0] >= LIKE and fits.count(best) == 1 else None


LIKE = 0.8
"""An option's word must sound at least so much like what was heard; 1.0 is the same sound."""

_AROUND = " 。，,.！!吧呀啊的"


def _fit(word: str, text: str) -> float:
    """How well a text means an option's word: all of it, then the longest word that it holds, then a part."""
    if word == text:
        return 1000.0
    if word in text:
        return float(len(word))
    return len(text) / 1000 if len(text) > 1 and text in word else 0.0


def _by_place(count: int, understanding: Understanding) -> int | None:
    slot = understanding.slots.get("choice")
    place = slot.value if slot else None
    if isinstance(place, str):
        place = int(place) if place.isdigit() else None
    if place is None:
        place = _spoken_place(understanding.text)
    if place is not None and place < 0:
        place = count + 1 + place
    return place - 1 if place is not None and 1 <= place <= count else None


def _spoken_place(text: str) -> int | None:
    if "最后" in text:
        return -1
    found = _ORDINAL.search(text)
    if found is None:
        return None
    word = found.group(1)
    return _NUMERALS.get(word) or int(word)


_OLDEST = re.compile("最早|最老|最先|最旧")
_NEWEST = re.compile("最近(?:的|那|一|买|下)|最新|刚(?:刚|才)?[买下订]")


def _by_age(count: int, text: str) -> int | None:
    """Of what is listed in order, the newest first: 最早那个, 刚买的."""
    if _OLDEST.search(text):
        return count - 1
    return 0 if _NEWEST.search(text) else None
