"""Starting what is wanted, and keeping what else was wanted for afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from voicebot.dialogue import endings
from voicebot.dialogue.choices import named
from voicebot.dialogue.state import Wanted
from voicebot.dialogue.step_kinds import Ask
from voicebot.dialogue.turn import Turn
from voicebot.dialogue.weighing import words_for
from voicebot.dialogue.wishes import being_served, is_open, wanted
from voicebot.nlu.understanding import Slot, Understanding


def begin(turn: Turn, flow: str) -> None:
    """Start a flow that is sure to be wanted."""
    start_flows(turn, [flow], replaces=is_open(turn))


def wish_for(turn: Turn, wish: Wanted) -> None:
    """Start what was doubted, as if the words it was wanted in had been said now."""
    turn.change(text=wish.text)
    begin(turn, wish.flow)


def queue(turn: Turn, ask: Ask, understanding: Understanding) -> None:
    """An answer with another wish in the same sentence: the wish is served afterwards."""
    rule = turn.script.slots.get(ask.slot)
    if rule is not None and len(understanding.intents) < 2:
        return
    if rule is not None and rule.free and (rule.name not in understanding.slots or "all" in rule.means):
        return
    own = {turn.script.intents.get(intent) for intent in rule.means} if rule is not None else set()
    running = {*being_served(turn), *own}
    later = [flow for flow in wanted(turn, understanding, turn.script.settings.act) if flow not in running]
    later = [flow for flow in later if not turn.script.flows[flow].brief]
    if ask.kind == "choice":  # 给我换一个 answers what remedy is wanted, and is no wish besides
        later = [flow for flow in later if not _names_an_option(turn, ask, understanding, flow)]
    wishes = (Wanted(flow, words_for(turn, understanding, flow), details_of(turn, flow)) for flow in later)
    turn.change(queue=(*turn.state.queue, *wishes))


def _names_an_option(turn: Turn, ask: Ask, understanding: Understanding, flow: str) -> bool:
    words = words_for(turn, understanding, flow)
    return named(ask, replace(understanding, text=words)) is not None


def start_flows(turn: Turn, flows: list[str], replaces: bool, said: Understanding | None = None) -> bool:
    if not flows:
        return False
    first, *rest = flows
    if not turn.script.flows[first].open_only:
        turn.change(failures=0)
    if replaces:
        while turn.pop().called:
            pass
    waiting = {wish.flow for wish in turn.state.queue}
    words = {flow: words_for(turn, said, flow) if said else turn.state.text for flow in flows}
    if said:
        words[first] = _without(said.text, [words[flow] for flow in rest])
    later = [Wanted(flow, words[flow], details_of(turn, flow)) for flow in rest if flow not in waiting]
    turn.change(text=words[first])
    turn.change(queue=(*later, *turn.state.queue), doubt=None)
    endings.start(turn, first)
    return True


def details_of(turn: Turn, flow: str) -> Mapping[str, Slot]:
    """The details that were said with this wish."""
    intents = turn.script.flows[flow].intents
    return next((turn.parts[name] for name in intents if name in turn.parts), {})


def _without(text: str, others: list[str]) -> str:
    """The sentence but for the parts in which something else is wanted: what is said beside a wish belongs to it."""
    for other in others:
        if other != text:
            text = text.replace(other, "")
    return text.strip("，。, ") or text


def queue_besides(turn: Turn, understanding: Understanding, served: str) -> None:
    """对,我还要开发票: what is wanted besides the wish that was agreed to is kept for afterwards."""
    running = {*being_served(turn), served}
    later = [flow for flow in wanted(turn, understanding, turn.script.settings.act) if flow not in running]
    later = [
        flow for flow in later if not turn.script.flows[flow].brief and not turn.script.flows[flow].open_only
    ]
    kept = (Wanted(flow, words_for(turn, understanding, flow), details_of(turn, flow)) for flow in later)
    turn.change(queue=(*turn.state.queue, *kept))
