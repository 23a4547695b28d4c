"""Filling slots: from the sentence that asks for something, from an answer, from a correction."""

from __future__ import annotations

import re
from typing import Any

from voicebot.dialogue import wishes
from voicebot.dialogue.asks import choose, give_up
from voicebot.dialogue.choices import by_key, chosen, named
from voicebot.dialogue.script import Ask, SlotRule, Step
from voicebot.dialogue.turn import Turn
from voicebot.dialogue.vocabulary import BUILT_IN_INTENTS
from voicebot.nlu.answers import yes_or_no
from voicebot.nlu.understanding import Understanding

REFUSALS = re.compile(
    "不知道|不晓得|不记得|记不|不清楚|想不起|忘了|忘记|没带|找不到|没记|没存|(?:^|我|这|手头|身边|现在|真|也)没有(?![了吗啊呀呢?？]*$)|^没有"
)
"""How callers say that they cannot answer; counts only where the question leads on from there."""


def merge(turn: Turn, understanding: Understanding, ask: Step | None) -> frozenset[str]:
    """Keep every detail that was said; gives the slots whose value is another than before."""
    asked = turn.script.slots.get(ask.slot) if isinstance(ask, Ask) else None
    taken = {asked.name, *asked.sources, *asked.accepts} if asked else set()
    changed = set()
    for name, rule in turn.script.slots.items():
        if name in taken or taken.intersection(rule.sources):
            continue
        value = next(
            (understanding.slots[one].value for one in rule.sources if one in understanding.slots), None
        )
        if value is None:
            continue
        old = turn.state.slots.get(name)
        if old is not None and old.value != value:
            changed.add(name)
        turn.fill(name, value)
    return frozenset(changed)


def corrected(turn: Turn, changed: frozenset[str], understanding: Understanding) -> bool:
    """Something said before was said differently: the flow that rests on it begins again, asking only what it must."""
    flow = turn.serving()
    ask = turn.step
    if flow is None or not (changed & flow.uses) or understanding.intent == "affirm":
        return False
    if isinstance(ask, Ask) and ask.kind == "open":
        return False
    name = sorted(changed & flow.uses)[0]
    _begin_again(turn, name)
    turn.phrase("corrected", value=turn.state.slots[name].value, title=turn.script.slots[name].title)
    return True


def _begin_again(turn: Turn, name: str) -> None:
    """The flow that serves the caller's wish begins again with what is known by now."""
    turn.matched = True
    turn.change(failures=0)
    while turn.state.stack[-1].called:
        turn.pop()
    turn.move(0)
    turn.tried(turn.script.slots[name].title, "更正")


def amended(turn: Turn, ask: Step | None, understanding: Understanding) -> bool:
    """Asked whether it is all right, the caller names another option or day than he chose: 不对,是上门取件."""
    flow = turn.serving()
    if flow is None or not isinstance(ask, Ask) or ask.kind != "yes_no":
        return False
    reading = turn.frame is not None and turn.frame.reading
    other = understanding.intent not in {"affirm", "deny"} and wishes.elsewhere(turn, understanding)
    if reading or other:
        return False
    changed = [
        name
        for name in sorted(flow.uses & turn.state.slots.keys())
        if (value := _instead_of(turn, name, understanding)) is not None and _put_instead(turn, name, value)
    ]
    if changed:
        _begin_again(turn, changed[0])
    return bool(changed)


def _instead_of(turn: Turn, name: str, understanding: Understanding) -> Any:
    for accepted in turn.script.slots[name].accepts:
        if accepted in understanding.slots and accepted not in _DIGITS:
            return understanding.slots[accepted].value
    choice = turn.script.choice_of(name)
    return named(choice, understanding) if choice is not None else None


def _put_instead(turn: Turn, name: str, value: Any) -> bool:
    if turn.state.slots[name].value == value:
        return False
    turn.fill(name, value)
    return True


_DIGITS = frozenset({"digits", "tail_number", "order_number", "phone"})


def answer_with(turn: Turn, ask: Ask, understanding: Understanding) -> bool:
    """Take the sentence as the answer to the question, if it is one; the step then is done or asks on."""
    if turn.frame is not None and turn.frame.reading:
        return _settle_reading(turn, ask, understanding)
    if _answered(turn, ask, understanding):
        return True
    for intent in understanding.intents:
        if f"on {intent.name}" in ask.targets and intent.confidence >= turn.script.settings.confirm:
            turn.change(failures=0)
            turn.move(ask.targets[f"on {intent.name}"])
            return True
    return ask.kind != "yes_no" and _refused(turn, ask, understanding)


def _answered(turn: Turn, ask: Ask, understanding: Understanding) -> bool:
    if ask.kind == "yes_no":
        return _yes_or_no(turn, ask, understanding)
    if ask.kind == "choice":
        option = chosen(turn, ask, understanding)
        if option is not None:
            choose(turn, ask, option)
        return option is not None
    rule = turn.script.slots[ask.slot]
    value = None if wishes.instead(turn, rule, understanding) else answer_of(rule, understanding)
    if value is not None:
        put(turn, ask, value)
    return value is not None


def put(turn: Turn, ask: Ask, value: Any, sure: bool = False) -> None:
    """Fill the slot of the question; whether it is valid is found when the question is arrived at again."""
    if ask.fresh:
        turn.change(counts={**turn.state.counts, f"{turn.key} fresh": 1})
    turn.fill(ask.slot, value, sure)


def _yes_or_no(turn: Turn, ask: Ask, understanding: Understanding) -> bool:
    intents = {intent.name for intent in understanding.intents}
    if "deny" not in intents and _hedged(understanding.text):
        return False
    for intent, answer in (("deny", "no"), ("affirm", "yes")):
        if intent in intents:
            turn.change(failures=0)
            turn.move(ask.targets[answer])
            return True
    if wishes.insists(turn, understanding):
        turn.change(failures=0)
        turn.move(ask.targets["yes"])
        return True
    return False


_NOT = re.compile("不|别|没|算了|再想|再说|再看")
_NO_NOT = re.compile("没错|没问题|没毛病|没意见|没关系|不错|不客气|别客气|没事")
_FIRST_CLAUSE = re.compile("[，,。.！!？? ]")


def _hedged(text: str) -> bool:
    """Is there a no in what was taken for a yes? 先不办了 is none; 对,不要了 is one."""
    first = _FIRST_CLAUSE.split(text.strip())[0]
    return bool(_NOT.search(_NO_NOT.sub("", text))) and yes_or_no(first) != "affirm"


def _refused(turn: Turn, ask: Ask, understanding: Understanding) -> bool:
    first = understanding.intents[0]
    sure = first.name == "deny" and first.confidence >= turn.script.settings.act
    denied = sure or bool(REFUSALS.search(understanding.text))
    if "unknown" not in ask.targets or not denied:
        return False
    turn.move(ask.targets["unknown"])
    return True


def answer_of(rule: SlotRule, understanding: Understanding) -> Any:
    """What the sentence says about a slot, or None."""
    for source in (*rule.sources, *rule.accepts):
        if source in understanding.slots:
            return understanding.slots[source].value
    text = understanding.text.strip()
    bare = understanding.intent in _NO_ANSWER or (understanding.intent == "deny" and len(text) <= 2)
    return text if rule.free and text and not bare else None


_NO_ANSWER = (BUILT_IN_INTENTS - {"affirm", "deny"}) | {"thanks", "goodbye", "human_agent", "opt_out"}


def _settle_reading(turn: Turn, ask: Ask, understanding: Understanding) -> bool:
    intents = {intent.name for intent in understanding.intents}
    old = turn.state.slots.get(ask.slot)
    value = answer_of(turn.script.slots[ask.slot], understanding)
    if value is not None and (old is None or value != old.value) and "affirm" not in intents:
        turn.reading(False)
        put(turn, ask, _amended(old.value if old else None, value))
        return True
    if "deny" in intents:
        turn.reading(False)
        turn.forget([ask.slot])
        turn.phrase("once_more")
        failures = turn.state.counts.get(f"{turn.key} denied", 0) + 1
        turn.change(counts={**turn.state.counts, f"{turn.key} denied": failures})
        if failures >= 3:
            give_up(turn, ask)
        return True
    if "affirm" in intents or (old is not None and value == old.value):
        turn.reading(False)
        if old is not None:
            put(turn, ask, old.value, sure=True)
        return True
    return False


def _amended(old: Any, new: Any) -> Any:
    """A correction that is much shorter than a number is its end: 不对,是六七八九."""
    if not (isinstance(old, str) and isinstance(new, str) and old.isdigit() and new.isdigit()):
        return new
    if len(old) >= 8 and 3 <= len(new) <= len(old) - 4:
        return old[: -len(new)] + new
    return new


def keyed(turn: Turn, ask: Ask, digits: str) -> bool:
    """Take keys as the answer to the question, if they can be."""
    reading = turn.frame is not None and turn.frame.reading
    if reading or ask.kind == "yes_no":
        return _keyed_yes_or_no(turn, ask, digits, reading)
    if ask.kind == "choice":
        value = by_key(turn, ask, digits)
        if value is not None:
            choose(turn, ask, value)
        return value is not None
    if ask.kind == "slot" and ask.keys is not None and digits.isdigit() and len(digits) >= ask.keys.min:
        put(turn, ask, int(digits) if ask.slot == "rating" else digits, sure=True)
        return True
    return False


def _keyed_yes_or_no(turn: Turn, ask: Ask, digits: str, reading: bool) -> bool:
    if digits not in {"1", "2"}:
        return False
    if not reading:
        turn.move(ask.targets["yes" if digits == "1" else "no"])
        return True
    turn.reading(False)
    old = turn.state.slots.get(ask.slot)
    if digits == "1" and old is not None:
        put(turn, ask, old.value, sure=True)
    else:
        turn.forget([ask.slot])
    return True
