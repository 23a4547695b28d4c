"""What the caller wants, as far as it can be read from one sentence at this place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voicebot.dialogue import endings
from voicebot.dialogue.questions import asks
from voicebot.dialogue.script import Flow, SlotRule
from voicebot.dialogue.step_kinds import Ask, Step
from voicebot.dialogue.tax import tax_number
from voicebot.dialogue.turn import Turn
from voicebot.dialogue.vocabulary import COMPLAINTS
from voicebot.dialogue.weighing import AND_THIS, NAMES_DEED, reason_only, thought_better_of, without_ways
from voicebot.nlu.understanding import Intent, Understanding

ASIDE = frozenset({"thanks", "greeting", "goodbye", "smalltalk"})
"""Intents that count only when nothing else was wanted in the same sentence."""


def human(turn: Turn, understanding: Understanding) -> bool:
    """Is a human wanted? Then he is called, whatever else was said."""
    wanted = any(
        intent.name == "human_agent" and intent.confidence >= turn.script.settings.human
        for intent in understanding.intents
    )
    if not wanted or _PRIVATELY.fullmatch(understanding.text) or tax_number(understanding.text):
        return False
    turn.matched = True
    flow = turn.script.intents.get("human_agent")
    if flow is None:
        endings.hand_over(turn, turn.script.settings.handover, "asked")
    else:
        turn.change(doubt=None)
        turn.push(flow)
    return True


_PRIVATELY = re.compile("(?:就|开|要|写|是|我|嗯|那)*(?:个人|私人|自己)(?:的|吧|发票|抬头|名义|[，,。 ])*")
"""个人 is a kind of invoice, and nobody to talk to."""


def wanted(turn: Turn, understanding: Understanding, least: float) -> list[str]:
    """The flows that were asked for with at least this confidence, in order, each once."""
    open_question = is_open(turn)
    if not open_question and too_little(understanding.text):
        return []
    intents = understanding.intents
    if _only_digits(understanding.text):
        intents = tuple(intent for intent in intents if intent.name == "inform")
    names = [
        (intent.name, flow)
        for intent in intents
        if (flow := turn.script.intents.get(intent.name))
        and (intent.confidence >= _least(turn, flow, least) or _catches(turn, flow, intent, understanding))
        and (open_question or _belongs_anywhere(turn, turn.script.flows[flow], intent, understanding.text))
    ]
    serious = [flow for name, flow in names if name not in ASIDE]
    served = turn.serving()
    reasoned = {*serious, *([served.name] if served and not open_question else [])}
    serious = [flow for flow in serious if not set(turn.script.flows[flow].gives_way) & reasoned]
    if AND_THIS.search(understanding.text.strip()):  # 那运费呢 complains of nothing
        serious = [flow for flow in serious if not COMPLAINTS & set(turn.script.flows[flow].intents)]
    serious = without_ways(turn, serious, understanding)
    serious = thought_better_of(turn, serious, understanding)
    if served and not open_question:
        serious = [flow for flow in serious if not reason_only(turn, flow, served, understanding.text)]
    return list(dict.fromkeys(serious or [flow for name, flow in names if name in ASIDE][:1]))


def too_little(text: str) -> bool:
    """In the middle of a question, one syllable or a row of digits begins nothing else, whatever it sounds like."""
    letters = _LETTERS.findall(text)
    digits = _NUMERALS.findall(text)
    return len(letters) < 2 or (len(digits) >= 4 and len(letters) - len(digits) < 3)


def _belongs_anywhere(turn: Turn, flow: Flow, intent: Intent, text: str) -> bool:
    """What counts only at an open question is heard elsewhere where it is a question itself: 你们几点下班."""
    asked = flow.questions and intent.confidence >= turn.script.settings.act and asks(text)
    return asked or not flow.open_only


def _only_digits(text: str) -> bool:
    letters = _LETTERS.findall(text)
    return bool(letters) and len(letters) == len(_NUMERALS.findall(text))


_LETTERS = re.compile(r"\w")


_NUMERALS = re.compile("[0-9零〇一二两三四五六七八九幺]")


def _least(turn: Turn, flow: str, least: float) -> float:
    return min(least, turn.script.settings.act) if turn.script.flows[flow].brief else least


def _catches(turn: Turn, flow: str, intent: Intent, understanding: Understanding) -> bool:
    return turn.script.flows[flow].open_only and intent is understanding.intents[0]


def elsewhere(turn: Turn, understanding: Understanding, least: float | None = None) -> bool:
    """Is something wanted that is not being served already? `least` is the confidence that it takes."""
    settings = turn.script.settings
    if least is None:
        least = settings.act if is_open(turn) else settings.digress
    return any(flow not in being_served(turn) for flow in wanted(turn, understanding, least))


def besides(turn: Turn, understanding: Understanding) -> bool:
    """Is something else wanted, so that what is named with it corrects nothing? 不对 makes it a correction sooner."""
    settings = turn.script.settings
    against = any(intent.name == "deny" for intent in understanding.intents) or "不对" in understanding.text
    return elsewhere(turn, understanding, settings.digress if against else settings.act)


def instead(turn: Turn, rule: SlotRule, understanding: Understanding) -> bool:
    """At a question that any words can answer: is something else wanted instead?"""
    if not rule.free or rule.name in understanding.slots or "all" in rule.means:
        return False
    first, flow = understanding.intents[0], turn.serving()
    rival = flow is not None and turn.script.intents.get(first.name) in flow.rivals
    rival = rival and bool(NAMES_DEED.search(understanding.text))
    if first.name in rule.means and not (rival and first.confidence >= turn.script.settings.digress):
        return False
    least = turn.script.settings.act if asks(understanding.text) else turn.script.settings.digress
    return elsewhere(turn, understanding, least)


def serious(turn: Turn, ask: Step | None, understanding: Understanding) -> bool:
    """Is there anything in it that can be served, or that the question answers itself?"""
    flows = wanted(turn, understanding, turn.script.settings.confirm)
    local = isinstance(ask, Ask) and any(f"on {one.name}" in ask.targets for one in understanding.intents)
    return local or any(not turn.script.flows[flow].open_only for flow in flows)


def nothing_new(understanding: Understanding) -> bool:
    """Is it neither a wish nor a question, so that what was asked before is asked again?"""
    return understanding.intent == "out_of_scope" and not asks(understanding.text)


def only_denied(turn: Turn, understanding: Understanding) -> bool:
    """Is it a no, and nothing else?"""
    return understanding.intent == "deny" and not understanding.slots and not elsewhere(turn, understanding)


def is_open(turn: Turn) -> bool:
    return isinstance(turn.step, Ask) and turn.step.kind == "open"


def being_served(turn: Turn) -> Iterator[str]:
    yield from (frame.flow for frame in turn.state.stack)
    yield from (wish.flow for wish in turn.state.queue)


def said_again(turn: Turn, ask: Ask, understanding: Understanding) -> bool:
    """Is it only the wish that is being served, once more, instead of an answer?"""
    flow = turn.serving()
    intent = understanding.intents[0]
    return (
        ask.kind != "open"
        and flow is not None
        and intent.name in flow.intents
        and intent.confidence >= turn.script.settings.digress
    )
