"""Details: every one that is said is kept, for the wish that it was said with."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from voicebot.dialogue.script import SlotRule
from voicebot.dialogue.step_kinds import Ask, Step
from voicebot.dialogue.tax import tax_number
from voicebot.dialogue.turn import Turn, can_be
from voicebot.dialogue.vocabulary import BUILT_IN_INTENTS
from voicebot.dialogue.weighing import explains
from voicebot.dialogue.wishes import elsewhere
from voicebot.nlu.understanding import Slot, Understanding


def merge(
    turn: Turn, understanding: Understanding, ask: Step | None
) -> tuple[frozenset[str], frozenset[str]]:
    """Keep every detail that was said; gives the slots that are filled anew, and those that speak against what was."""
    asked = turn.script.slots.get(ask.slot) if isinstance(ask, Ask) else None
    taken = {asked.name, *asked.sources, *asked.accepts} if asked else set()
    understanding = replace(understanding, slots=_of_this_wish(turn, understanding))
    learned, changed = set(), set()
    for name, rule in turn.script.slots.items():
        if name in taken or taken.intersection(rule.sources):
            continue
        value = value_of(rule.sources, understanding)
        if value is None or not can_be(turn, rule, value):
            continue
        old, gone = turn.state.slots.get(name), turn.against(name, value)
        if gone and not _instead(turn, ask, understanding):
            continue
        if old is None or old.value != value:
            learned.add(name)
        if (old is not None and old.value != value) or gone:
            changed.add(name)
        turn.fill(name, value)
    learned |= _told_why(turn, ask, understanding)
    return frozenset(learned), frozenset(changed)


def _told_why(turn: Turn, ask: Step | None, understanding: Understanding) -> set[str]:
    """屏幕不亮, at another question of a return, is its reason, and no wish for a repair. Gives the slot then."""
    flow, first = turn.serving(), understanding.intents[0]
    wish = turn.script.flows.get(turn.script.intents.get(first.name, ""))
    if (
        flow is None
        or wish is None
        or not isinstance(ask, Ask)
        or ask.kind == "open"
        or len(understanding.intents) > 1
    ):
        return set()
    if not explains(wish, flow, understanding.text) or first.confidence < turn.script.settings.act:
        return set()
    rules = turn.script.slots.values()
    free = [one.name for one in rules if one.free and first.name in one.means and "all" not in one.means]
    free = [name for name in free if name in flow.uses and name != ask.slot and name not in turn.state.slots]
    for name in free[:1]:
        turn.fill(name, understanding.text)
    return set(free[:1])


def _of_this_wish(turn: Turn, understanding: Understanding) -> dict[str, Slot]:
    """The details of the first of several wishes; what was said with another is kept for that one."""
    flow = turn.script.intents.get(understanding.intent, understanding.intent)
    parts = [(turn.script.intents.get(intent, intent) == flow, slots) for intent, slots in turn.parts.items()]
    others = {name for same, slots in parts if not same for name in slots}
    own = {name: slot for same, slots in reversed(parts) if same for name, slot in slots.items()}
    besides = {name: slot for name, slot in understanding.slots.items() if name not in others}
    return {**besides, **own}


def value_of(names: tuple[str, ...], understanding: Understanding) -> Any:
    """What the sentence says under one of these names of understanding."""
    for name in names:
        slot = understanding.slots.get(name)
        if slot is not None and not _of_an_address(name, understanding):
            return slot.value
    return None


def _of_an_address(name: str, understanding: Understanding) -> bool:
    """The number of a house is no order's."""
    address = understanding.slots.get("address")
    if name not in NUMBERS or address is None:
        return False
    return (
        understanding.slots[name].text in address.text or str(understanding.slots[name].value) in address.text
    )


_INSTEAD = re.compile("不对|不是|错|应该是|我说的|我要的|我问的|我是说|是说|而是|另外|另一|换成|改成")


def _instead(turn: Turn, ask: Step | None, understanding: Understanding) -> bool:
    """May a detail take the place of what rests on another? One that is only mentioned beside a yes does not."""
    if not isinstance(ask, Ask) or ask.kind == "open":
        return True
    names = {intent.name for intent in understanding.intents}
    if "affirm" in names:
        return False
    if names & {"deny", "inform"} or _INSTEAD.search(understanding.text):
        return True
    return elsewhere(turn, understanding, turn.script.settings.act)


NUMBERS = frozenset({"digits", "tail_number", "order_number", "phone"})


def put(turn: Turn, ask: Ask, value: Any, sure: bool = False) -> None:
    """Fill the slot of the question; whether it is valid is found when the question is arrived at again."""
    if ask.fresh:
        turn.change(counts={**turn.state.counts, f"{turn.key} fresh": 1})
    turn.fill(ask.slot, value, sure)


def answer_of(rule: SlotRule, understanding: Understanding) -> Any:
    """What the sentence says about a slot, or None."""
    value = value_of((*rule.sources, *rule.accepts), understanding)
    if value is not None or not rule.free:
        return value
    text = understanding.text.strip()
    short = len(text.strip("，。,. ")) <= SHORT.get(understanding.intent, 0)
    intent, sure = understanding.intent, understanding.intents[0].confidence
    unlikely = intent not in _NEVER_MISSED and sure < _LIKELY
    answers = intent not in _NO_ANSWER or unlikely or tax_number(text) is not None
    return text if text and not short and answers else None


SHORT = {"affirm": 3, "deny": 2}
"""是的呀 and 不是 describe nothing."""


_LIKELY = 0.5
"""What an open question hears is taken for something else only where that is as likely as not."""
_NEVER_MISSED = {"human_agent", "opt_out"}
_NO_ANSWER = (BUILT_IN_INTENTS - {"affirm", "deny"}) | {"thanks", "goodbye", "human_agent", "opt_out"}
