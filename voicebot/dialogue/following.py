"""A sentence that answers no question: what it wants is begun, now, once more, or after a word about it."""

from __future__ import annotations

import re

from voicebot.dialogue.choices import note_early
from voicebot.dialogue.doubts import (
    asked_in_between,
    beside_an_aside,
    doubt_in_between,
    doubt_of,
    likely_flows,
    unsure_first,
)
from voicebot.dialogue.questions import asks
from voicebot.dialogue.second_thoughts import gives_up
from voicebot.dialogue.starting import begin, start_flows
from voicebot.dialogue.step_kinds import Ask, Step
from voicebot.dialogue.turn import Turn
from voicebot.dialogue.vocabulary import COMPLAINTS
from voicebot.dialogue.weighing import AND_THIS
from voicebot.dialogue.wishes import being_served, wanted
from voicebot.nlu.understanding import Understanding


def follow(turn: Turn, ask: Step | None, understanding: Understanding) -> bool:
    """Start what was wanted; ask back when it is not sure enough. False when nothing fits here."""
    settings = turn.script.settings
    if isinstance(ask, Ask) and ask.kind == "open":
        if _local(turn, ask, understanding):
            return True
        flows = wanted(turn, understanding, settings.act)
        if unsure_first(turn, understanding, flows) or beside_an_aside(turn, understanding, flows):
            return True
        aside = bool(flows) and turn.script.flows[flows[0]].brief
        turn.matched = start_flows(turn, flows, replaces=not aside, said=understanding)
        likely = likely_flows(turn, understanding) if not turn.matched else []
        turn.matched = turn.matched or _same_as_before(turn, likely, understanding)
        return turn.matched or doubt_of(turn, likely)
    fresh = [flow for flow in wanted(turn, understanding, settings.act) if flow not in being_served(turn)]
    turn.matched = start_flows(
        turn, fresh, replaces=_left_for(turn, fresh, understanding), said=understanding
    )
    turn.matched = turn.matched or asked_in_between(turn, ask, understanding)
    return turn.matched or doubt_in_between(turn, ask, understanding)


def _same_as_before(turn: Turn, likely: list[str], understanding: Understanding) -> bool:
    """那它什么时候到, after an order was told: what was served before is likely enough, and is not asked about."""
    again = likely[:1] == [turn.state.served] and turn.script.flows[likely[0]].again
    return again and start_flows(turn, likely[:1], replaces=True, said=understanding)


def _left_for(turn: Turn, fresh: list[str], understanding: Understanding) -> bool:
    """Is what is being served not come back to: 算了,直接退货吧; a return, when an exchange is wanted instead?"""
    flow = turn.serving()
    if flow is None or not fresh:
        return False
    return flow.passing or fresh[0] in flow.rivals or gives_up(understanding.text)


CLEARLY = 0.95
"""那另一个呢 asks for the same once more, unless something else is as clear as this: 那发票呢."""


_MOVED = re.compile("改[到成在为]|[换挪推]到|提前|推迟|延后|晚一?点|早一?点")


def go_on_with(turn: Turn, ask: Step | None, understanding: Understanding, learned: frozenset[str]) -> bool:
    """那电饭煲呢, after an order was told: the same once more, for what he names now."""
    flow = turn.script.flows.get(turn.state.served)
    if flow is None or not flow.again or not isinstance(ask, Ask) or ask.kind != "open":
        return False
    same = bool(AND_THIS.search(understanding.text.strip()))
    learned |= (
        note_early(turn, flow, understanding.text) if _MOVED.search(understanding.text) else frozenset()
    )
    others = wanted(turn, understanding, turn.script.settings.act)
    own = (learned & flow.uses).difference(*(turn.script.flows[one].uses for one in others))
    least = CLEARLY if same or own else turn.script.settings.act
    moved = bool(own) and bool(_MOVED.search(understanding.text))
    if not moved and any(_is_other(turn, one, same) for one in wanted(turn, understanding, least)):
        return False
    if not learned & flow.uses and not same:
        return False
    turn.matched = True
    turn.change(text=understanding.text)
    begin(turn, flow.name)
    return True


def _is_other(turn: Turn, flow: str, same: bool) -> bool:
    """Is this something else than the same once more? A complaint is not made by 那电池呢."""
    rule = turn.script.flows[flow]
    return not rule.open_only and not (same and COMPLAINTS & set(rule.intents))


def _local(turn: Turn, ask: Ask, understanding: Understanding) -> bool:
    """What an open question answers itself (closing: no, thanks, goodbye), unless something is wanted besides."""
    serious = [
        flow
        for flow in wanted(turn, understanding, turn.script.settings.act)
        if not turn.script.flows[flow].open_only and not turn.script.flows[flow].brief
    ]
    for intent in understanding.intents:
        target = ask.targets.get(f"on {intent.name}")
        own = turn.script.intents.get(intent.name)
        sure = (
            turn.script.settings.act
            if asks(understanding.text) or "你" in understanding.text
            else turn.script.settings.confirm
        )
        if target is not None and intent.confidence >= sure:
            if any(flow != own for flow in serious):
                continue
            turn.matched = True
            turn.change(failures=0)
            turn.move(target)
            return True
    return False
