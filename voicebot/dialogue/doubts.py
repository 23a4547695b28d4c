"""What is not sure to be wanted: asked about, or answered first from what is known."""

from __future__ import annotations

import re
from dataclasses import replace

from voicebot.dialogue.asks import ask_doubt
from voicebot.dialogue.questions import asks
from voicebot.dialogue.script import Flow
from voicebot.dialogue.starting import begin, details_of, queue_besides, wish_for
from voicebot.dialogue.state import Wanted
from voicebot.dialogue.step_kinds import Ask, Step
from voicebot.dialogue.turn import Turn
from voicebot.dialogue.weighing import words_for
from voicebot.dialogue.wishes import being_served, wanted
from voicebot.nlu.understanding import Understanding

GUESS = 0.65
"""A wish that is not much less likely than one to ask about is asked about, too: rather than 没听明白."""


def likely_flows(turn: Turn, understanding: Understanding) -> list[str]:
    """What to ask back about. A detail that fits the wish speaks for it; and rather a guess than 没听明白 twice."""
    least = turn.script.settings.confirm
    flows = wanted(turn, understanding, least)
    if flows:
        return flows
    guesses = [
        flow for flow in wanted(turn, understanding, least / 2) if not turn.script.flows[flow].open_only
    ]
    fitting = [flow for flow in guesses if understanding.slots.keys() & turn.script.flows[flow].uses]
    return guesses if turn.state.failures else fitting or wanted(turn, understanding, least * GUESS)


_IN_GENERAL = re.compile("(?:你们|一般|通常|正常).*(?:什么|怎么|啥|多少|多久|几|哪|吗|不)")
"""A question about the shop, and not about the caller's own order: the knowledge is asked before it is doubted."""


def doubt_of(turn: Turn, flows: list[str]) -> bool:
    flows = [flow for flow in flows if not turn.script.flows[flow].brief]
    if not flows:
        return False
    answers = next((flow for flow in turn.script.flows.values() if flow.questions), None)
    if answers is not None and _IN_GENERAL.search(turn.state.text) and turn.state.guess is None:
        turn.change(guess=Wanted(flows[0], turn.state.text))
        begin(turn, answers.name)
        return True
    turn.change(doubt=Wanted(flows[0], turn.state.text))
    ask_doubt(turn)
    return True


def settle(turn: Turn, understanding: Understanding) -> bool:
    """The answer to a doubt. False when it was no yes: then the sentence is heard as if nothing had been asked."""
    doubt = turn.state.doubt
    turn.change(doubt=None)
    if doubt is None:
        return False
    agreed = doubt.flow in wanted(turn, understanding, turn.script.settings.confirm)
    agreed = agreed or _goes_on_with(turn, turn.script.flows[doubt.flow], understanding)
    if understanding.intent == "affirm" or agreed:
        turn.matched = True
        says_more = understanding.intent != "affirm" and asks(understanding.text)
        wish_for(turn, replace(doubt, text=understanding.text) if says_more else doubt)
        queue_besides(turn, understanding, doubt.flow)
        return True
    return False


def _goes_on_with(turn: Turn, flow: Flow, understanding: Understanding) -> bool:
    """您是要投诉,对吗? 咖啡机: who only gives a detail that this needs, or proves who he is, has agreed to it."""
    only = understanding.intent == "inform" and len(understanding.intents) == 1
    if only and "tail_number" in understanding.slots:
        return True
    rules = (rule for name, rule in turn.script.slots.items() if name in flow.uses)
    return only and any(source in understanding.slots for rule in rules for source in rule.sources)


def beside_an_aside(turn: Turn, understanding: Understanding, sure: list[str]) -> bool:
    """Small talk or thanks with a wish that is not sure: the wish is asked about, and not lost."""
    likely = wanted(turn, understanding, turn.script.settings.confirm)
    only_aside = bool(sure) and all(turn.script.flows[flow].brief for flow in sure)
    likely = [flow for flow in likely if not turn.script.flows[flow].open_only]
    if not only_aside or not likely or likely[0] in sure or not doubt_of(turn, likely[:1]):
        return False
    turn.matched = True
    return True


def unsure_first(turn: Turn, understanding: Understanding, sure: list[str]) -> bool:
    """Two wishes in one sentence, the first not sure: it is asked about, and the other kept for afterwards."""
    likely = wanted(turn, understanding, turn.script.settings.confirm)
    if not sure or not likely or likely[0] in sure or turn.script.flows[likely[0]].open_only:
        return False
    if not doubt_of(turn, likely[:1]):
        return False
    later = tuple(Wanted(flow, words_for(turn, understanding, flow), details_of(turn, flow)) for flow in sure)
    turn.change(queue=(*later, *turn.state.queue))
    turn.matched = True
    return True


def doubt_in_between(turn: Turn, ask: Step | None, understanding: Understanding) -> bool:
    """A question or a detail that does not answer what was asked, and may be another wish: 您是要查订单,对吗?"""
    if not isinstance(ask, Ask) or ask.kind not in {"slot", "choice"} or turn.state.doubt is not None:
        return False
    if not understanding.slots and not asks(understanding.text):
        return False
    likely = wanted(turn, understanding, turn.script.settings.confirm)
    fresh = [
        flow for flow in likely if flow not in being_served(turn) and not turn.script.flows[flow].open_only
    ]
    return doubt_of(turn, fresh)


def asked_in_between(turn: Turn, ask: Step | None, understanding: Understanding) -> bool:
    """A question instead of an answer, and no wish that is sure: the knowledge is asked, and only then the caller."""
    answers = next((flow for flow in turn.script.flows.values() if flow.questions), None)
    if (
        not isinstance(ask, Ask)
        or ask.kind == "open"
        or answers is None
        or answers.name in being_served(turn)
    ):
        return False
    if not asks(understanding.text) or turn.state.doubt is not None:
        return False
    likely = wanted(turn, understanding, turn.script.settings.confirm)
    fresh = [flow for flow in likely if flow not in being_served(turn) and not lightly(turn, flow)]
    turn.change(guess=Wanted(fresh[0], understanding.text) if fresh else None)
    begin(turn, answers.name)
    return True


def lightly(turn: Turn, flow: str) -> bool:
    return turn.script.flows[flow].open_only or turn.script.flows[flow].brief
