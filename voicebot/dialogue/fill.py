"""Answers to a question, spoken or keyed."""

from __future__ import annotations

import re

from voicebot.dialogue.agreeing import answer_yes_or_no
from voicebot.dialogue.asks import asked_for, choose
from voicebot.dialogue.choices import by_key, chosen
from voicebot.dialogue.details import answer_of, put, value_of
from voicebot.dialogue.questions import about_the_question, for_information
from voicebot.dialogue.readback import settle_reading
from voicebot.dialogue.script import SlotRule
from voicebot.dialogue.step_kinds import Ask
from voicebot.dialogue.turn import Turn
from voicebot.dialogue.wishes import instead, said_again
from voicebot.nlu.understanding import Intent, Understanding

REFUSALS = re.compile(
    "不知道|不晓得|晓不得|不记得|记不|不清楚|想不起|忘了|忘记|没带|找不到|没记|没存|(?:^|我|这|手头|身边|现在|真|也)没有(?![了吗啊呀呢?？]*$)|^没有"
)
"""How callers say that they cannot answer; counts only where the question leads on from there."""


def answer_with(turn: Turn, ask: Ask, understanding: Understanding) -> bool:
    """Take the sentence as the answer to the question, if it is one; the step then is done or asks on."""
    if turn.frame is not None and turn.frame.reading:
        return settle_reading(turn, ask, understanding)
    if _knows_not(turn, ask, understanding) or _answered(turn, ask, understanding):
        return True
    if _insists_on_it(turn, ask, understanding):
        turn.change(failures=0)
        turn.move(ask.targets["on same"])
        return True
    for intent in _leading(turn, ask, understanding):
        if _leads_on(turn, ask, intent, understanding):
            turn.change(failures=0)
            turn.move(ask.targets[f"on {intent.name}"])
            return True
    return ask.kind != "yes_no" and _refused(turn, ask, understanding)


_OTHER = re.compile("不是|不对|别的|另|其他|其它|错|哪|换一")


def _insists_on_it(turn: Turn, ask: Ask, understanding: Understanding) -> bool:
    """Asked whether it is this one, he goes on with his wish: 那它啥时候能到啊."""
    if "on same" not in ask.targets or _OTHER.search(understanding.text):
        return False
    uses = turn.script.flows[turn.state.stack[-1].flow].uses
    named = any(
        value_of(rule.sources, understanding) for rule in turn.script.slots.values() if rule.name in uses
    )
    return not named and said_again(turn, ask, understanding)


def _leading(turn: Turn, ask: Ask, understanding: Understanding) -> tuple[Intent, ...]:
    """The intents that may lead on; a detail in a sentence that else means nothing gives a detail."""
    first = understanding.intents[0]
    unclear = first.name == "out_of_scope" or first.confidence < turn.script.settings.confirm
    if "on inform" in ask.targets and unclear and understanding.slots:
        return (Intent("inform", 1.0), *understanding.intents)
    return understanding.intents


def _leads_on(turn: Turn, ask: Ask, intent: Intent, understanding: Understanding) -> bool:
    """Does the question itself say where this leads? Details do where the flow that asks has a use for them."""
    if f"on {intent.name}" not in ask.targets or intent.confidence < turn.script.settings.confirm:
        return False
    if intent.name != "inform" or turn.frame is None:
        return True
    uses = turn.script.flows[turn.frame.flow].uses
    return any(
        value_of(rule.sources, understanding) is not None
        for name, rule in turn.script.slots.items()
        if name in uses
    )


def _answered(turn: Turn, ask: Ask, understanding: Understanding) -> bool:
    if ask.kind == "yes_no":
        return answer_yes_or_no(turn, ask, understanding)
    if ask.kind == "choice":
        option = chosen(turn, ask, understanding)
        if option is not None:
            choose(turn, ask, option)
        return option is not None
    rule = turn.script.slots[ask.slot]
    other = instead(turn, rule, understanding) or _asks_instead(rule, understanding)
    value = None if other else answer_of(rule, understanding)
    if value is not None:
        put(turn, ask, value)
    return value is not None


def _asks_instead(rule: SlotRule, understanding: Understanding) -> bool:
    """Asked for the reason, he asks something himself: 你们周末上班吗."""
    if not rule.free or rule.name in understanding.slots or "all" in rule.means:
        return False
    if understanding.intent in rule.means:
        return about_the_question(understanding.text)
    return for_information(understanding.text) or about_the_question(understanding.text)


def _knows_not(turn: Turn, ask: Ask, understanding: Understanding) -> bool:
    """我不知道 answers no question, though any words could, where that leads on."""
    rule = turn.script.slots.get(ask.slot)
    free = rule is not None and rule.free and ask.kind == "slot"
    return free and bool(REFUSALS.search(understanding.text)) and _refused(turn, ask, understanding)


def _refused(turn: Turn, ask: Ask, understanding: Understanding) -> bool:
    first = understanding.intents[0]
    sure = first.name == "deny" and first.confidence >= turn.script.settings.act
    denied = sure or bool(REFUSALS.search(understanding.text))
    if "unknown" not in ask.targets or not denied:
        return False
    turn.tried(asked_for(turn, ask), "客户答不上来")
    turn.move(ask.targets["unknown"])
    return True


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
        put(turn, ask, int(digits) if (ask.expecting or "") in _COUNTED else digits, sure=True)
        return True
    return False


_COUNTED = frozenset({"rating", "rating_10", "quantity"})
"""What is asked for so is a number, keyed or said."""


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
