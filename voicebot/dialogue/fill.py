"""Filling slots: from the sentence that asks for something, from an answer, from a correction."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from voicebot.dialogue import wishes
from voicebot.dialogue.asks import asked_for, choose, give_up
from voicebot.dialogue.choices import by_key, chosen, named
from voicebot.dialogue.questions import about_the_question, asks, for_information
from voicebot.dialogue.script import Ask, Query, SlotRule, Step
from voicebot.dialogue.second_thoughts import gives_up
from voicebot.dialogue.turn import Turn, can_be
from voicebot.dialogue.vocabulary import BUILT_IN_INTENTS
from voicebot.nlu.answers import yes_or_no
from voicebot.nlu.digits import correct
from voicebot.nlu.normalize import normalize
from voicebot.nlu.understanding import Intent, Slot, Understanding

REFUSALS = re.compile(
    "不知道|不晓得|晓不得|不记得|记不|不清楚|想不起|忘了|忘记|没带|找不到|没记|没存|(?:^|我|这|手头|身边|现在|真|也)没有(?![了吗啊呀呢?？]*$)|^没有"
)
"""How callers say that they cannot answer; counts only where the question leads on from there."""


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
        value = _value_of(rule.sources, understanding)
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
    if not wishes.explains(wish, flow, understanding.text) or first.confidence < turn.script.settings.act:
        return set()
    rules = turn.script.slots.values()
    free = [one.name for one in rules if one.free and first.name in one.means and "all" not in one.means]
    free = [name for name in free if name in flow.uses and name != ask.slot and name not in turn.state.slots]
    for name in free[:1]:
        turn.fill(name, understanding.text)
    return set(free[:1])


def _of_this_wish(turn: Turn, understanding: Understanding) -> dict[str, Slot]:
    """The details of the first of several wishes; what was said with another is kept for that one."""
    own = turn.parts.get(understanding.intent, {})
    others = {
        name for intent, slots in turn.parts.items() if intent != understanding.intent for name in slots
    }
    besides = {name: slot for name, slot in understanding.slots.items() if name not in others}
    return {**besides, **own}


def _value_of(names: tuple[str, ...], understanding: Understanding) -> Any:
    """What the sentence says under one of these names of understanding."""
    for name in names:
        slot = understanding.slots.get(name)
        if slot is not None and not _of_an_address(name, understanding):
            return slot.value
    return None


def _of_an_address(name: str, understanding: Understanding) -> bool:
    """The number of a house is no order's."""
    address = understanding.slots.get("address")
    if name not in _DIGITS or address is None:
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
    return wishes.elsewhere(turn, understanding, turn.script.settings.act)


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
    turn.move(turn.script.flows[turn.state.stack[-1].flow].resume)
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
    if _knows_not(turn, ask, understanding) or _answered(turn, ask, understanding):
        return True
    if _insists_on_it(turn, ask, understanding):
        turn.change(failures=0)
        turn.move(ask.targets["on same"])
        return True
    for intent in _leading(ask, understanding):
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
        _value_of(rule.sources, understanding) for rule in turn.script.slots.values() if rule.name in uses
    )
    return not named and wishes.said_again(turn, ask, understanding)


def _leading(ask: Ask, understanding: Understanding) -> tuple[Intent, ...]:
    """The intents that may lead on; a detail in a sentence that else means nothing gives a detail."""
    first = understanding.intents[0]
    if "on inform" in ask.targets and first.name == "out_of_scope" and understanding.slots:
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
        _value_of(rule.sources, understanding) is not None
        for name, rule in turn.script.slots.items()
        if name in uses
    )


def _answered(turn: Turn, ask: Ask, understanding: Understanding) -> bool:
    if ask.kind == "yes_no":
        return _yes_or_no(turn, ask, understanding)
    if ask.kind == "choice":
        option = chosen(turn, ask, understanding)
        if option is not None:
            choose(turn, ask, option)
        return option is not None
    rule = turn.script.slots[ask.slot]
    other = wishes.instead(turn, rule, understanding) or _asks_instead(rule, understanding)
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


def put(turn: Turn, ask: Ask, value: Any, sure: bool = False) -> None:
    """Fill the slot of the question; whether it is valid is found when the question is arrived at again."""
    if ask.fresh:
        turn.change(counts={**turn.state.counts, f"{turn.key} fresh": 1})
    turn.fill(ask.slot, value, sure)


def _yes_or_no(turn: Turn, ask: Ask, understanding: Understanding) -> bool:
    intents = {intent.name: intent.confidence for intent in understanding.intents}
    if "deny" in intents or gives_up(understanding.text):
        return _go(turn, ask, "no")
    if _hedged(understanding.text) or _murmurs_and_asks(understanding.text):
        return False
    if "affirm" not in intents and yes_or_no(_THANKS.sub("", understanding.text)) == "affirm":
        intents["affirm"] = understanding.intents[0].confidence  # 好的谢谢
    if "affirm" in intents:
        return _once_more(turn, ask, intents["affirm"]) or _go(turn, ask, "yes")
    agreed = (
        wishes.insists(turn, understanding)
        or _says_do_it(turn, understanding)
        or _echoes(turn, ask, understanding)
    )
    return agreed and _go(turn, ask, "yes")


_DO_IT = re.compile(
    "(?:嗯+|恩|好的?|行|对|可以|成|那|就|你|请|帮我|给我|快|赶紧|直接|现在|[，,。 ])*"
    "(?:(办理?|弄|搞|提交|登记|申请|操作)|开|退|换|取消|改|预?约|修|撤)(?:了|掉|吧|呗|啊|呀|好了|就行|[。！!])+"
)
"""Says to do it: 办吧, 嗯开吧. A deed that it names must be the one that is asked about."""


def _says_do_it(turn: Turn, understanding: Understanding) -> bool:
    said = _DO_IT.fullmatch(understanding.text.strip())
    flow = turn.serving()
    own = flow is not None and any(one.name in flow.intents for one in understanding.intents)
    return said is not None and (own or said[1] is not None)


_PARTICLES = "吧啊呀的了呗嘛嗯好，,。！! "


def _echoes(turn: Turn, ask: Ask, understanding: Understanding) -> bool:
    """要我帮您催一下吗? 催: a word of the question, said back, is a yes, where nothing costly follows."""
    said = understanding.text.strip(_PARTICLES)
    asked = "".join(part for one in ask.words for part in one.parts if isinstance(part, str))
    return 0 < len(said) <= MOST_ECHOED and said in asked and not _costly(turn, ask) and not _NOT.search(said)


MOST_ECHOED = 4
"""So many characters are a word of the question, and not another sentence."""


_THANKS = re.compile("(?:非常|太|多)?(?:谢谢|感谢|麻烦|辛苦|多谢)(?:了|你|您|啦)*|[，,。.！! ]")


def _go(turn: Turn, ask: Ask, answer: str) -> bool:
    turn.change(failures=0, counts={**turn.state.counts, f"{turn.key} sure": 0})
    turn.move(ask.targets[answer])
    return True


def _once_more(turn: Turn, ask: Ask, confidence: float) -> bool:
    """Before something costly, a yes that may have been a no is asked for once more."""
    if (
        not _costly(turn, ask)
        or min(turn.clear, confidence) >= turn.script.settings.sure
        or turn.count(f"{turn.key} sure")
    ):
        return False
    turn.phrase("sure")
    return True


def _costly(turn: Turn, ask: Ask) -> bool:
    """Does a yes do something that is not easily undone?"""
    deed = turn.script.step_at(turn.state.stack[-1].flow, ask.targets["yes"])
    return isinstance(deed, Query) and turn.script.queries[deed.query].costly


_MURMUR = re.compile("^(?:嗯|恩|哦|噢|喔|啊|呃|额|唔|哎|诶|那)")


def _murmurs_and_asks(text: str) -> bool:
    """嗯,那运费谁出啊 agrees to nothing yet."""
    return bool(_MURMUR.match(text.strip())) and asks(text)


_NOT = re.compile("不|别|没|算了|再想|再说|再看")
_NO_NOT = re.compile("没错|没问题|没毛病|没意见|没关系|不错|不客气|别客气|没事")
_FIRST_CLAUSE = re.compile("[，,。.！!？? ]")


def _hedged(text: str) -> bool:
    """Is there a no in what was taken for a yes? 先不办了 is none; 对,不要了 is one."""
    first = _FIRST_CLAUSE.split(text.strip())[0]
    return bool(_NOT.search(_NO_NOT.sub("", text))) and yes_or_no(first) != "affirm"


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


def answer_of(rule: SlotRule, understanding: Understanding) -> Any:
    """What the sentence says about a slot, or None."""
    value = _value_of((*rule.sources, *rule.accepts), understanding)
    if value is not None or not rule.free:
        return value
    text = understanding.text.strip()
    short = len(text.strip("，。,. ")) <= SHORT.get(understanding.intent, 0)
    return text if text and not short and understanding.intent not in _NO_ANSWER else None


SHORT = {"affirm": 3, "deny": 2}
"""是的呀 and 不是 describe nothing."""


_NO_ANSWER = (BUILT_IN_INTENTS - {"affirm", "deny"}) | {"thanks", "goodbye", "human_agent", "opt_out"}


def _settle_reading(turn: Turn, ask: Ask, understanding: Understanding) -> bool:
    intents = {intent.name for intent in understanding.intents}
    old = turn.state.slots.get(ask.slot)
    value = _read_instead(turn, ask, old.value if old else None, understanding)
    if value is not None and (old is None or value != old.value) and "affirm" not in intents:
        turn.reading(False)
        put(turn, ask, value)
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


def _read_instead(turn: Turn, ask: Ask, old: Any, understanding: Understanding) -> Any:
    """What is said against a readback: another value, another end (不对,是六七八九), or one place (最后一位是八)."""
    new = answer_of(turn.script.slots[ask.slot], understanding)
    if not (isinstance(old, str) and old.isdigit()):
        return new
    if new is None:
        return correct(old, normalize(understanding.text))
    if isinstance(new, str) and new.isdigit() and len(old) >= 8 and 3 <= len(new) <= len(old) - 4:
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
