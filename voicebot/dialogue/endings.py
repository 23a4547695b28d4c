"""How things end: a flow that is over, a human who is wanted, a call that is hung up."""

from __future__ import annotations

from voicebot.actions import HangUp, Transfer
from voicebot.dialogue.choices import note_early
from voicebot.dialogue.state import Asked, Kept, Wanted
from voicebot.dialogue.step_kinds import CallFlow
from voicebot.dialogue.story import story
from voicebot.dialogue.turn import Turn, can_be
from voicebot.dialogue.wording import Words


def finish(turn: Turn, outcome: str, whole: bool = False, quietly: bool = False) -> None:
    """The flow on top is over: back to its caller, on to what else was wanted, back to where it left, or closing.

    `quietly`: without saying what is gone back to.
    """
    if outcome:
        _note(turn, outcome, whole)
    frame = turn.pop()
    if frame.called:
        if not whole:
            _return(turn)
            return
        while frame.called:
            frame = turn.pop()
    flow = turn.script.flows[frame.flow]
    turn.change(guess=None)
    if flow.intents and not flow.brief and not flow.passing:
        turn.change(served=flow.name)
    if frame.kept is not None:
        _restore(turn, frame.kept)
    onward(turn, flow.brief or quietly)


def _note(turn: Turn, outcome: str, whole: bool) -> None:
    """Keep what came of it: for the record, and for the story."""
    serving = turn.serving() if whole else None
    flow = serving or turn.script.flows[turn.state.stack[-1].flow]
    turn.record(outcome, flow=flow.name)
    turn.tried(flow.title or flow.name, {"resolved": "已解决", "failed": "未解决"}[outcome])
    if outcome == "resolved":
        turn.change(failures=0)
        turn.count("resolved")


def _restore(turn: Turn, kept: Kept) -> None:
    """What the flow below was working with is as it was; what else was learned meanwhile stays."""
    below = turn.serving()
    if below is None:
        return
    rules = turn.script.slots
    names = below.uses.union(*(rules[name].drops for name in below.uses if name in rules)) | below.works_with
    slots = {name: slot for name, slot in kept.slots.items() if name in names}
    values = {name: bound for name, bound in kept.values.items() if name in names}
    state = turn.state
    turn.change(slots={**state.slots, **slots}, values={**state.values, **values})


def _return(turn: Turn) -> None:
    call = turn.step
    assert isinstance(call, CallFlow)
    turn.move(call.next)


def drop(turn: Turn) -> None:
    """The flow that is being served is over, with nothing done; its slots are forgotten, but for those of the call."""
    flow = turn.serving()
    used = flow.uses if flow else frozenset()
    while turn.state.stack[-1].called:
        turn.pop()
    rules = turn.script.slots
    turn.forget(name for name in used if name in rules and rules[name].keep != "call")
    turn.change(failures=0)
    finish(turn, "")


def onward(turn: Turn, brief: bool = False) -> None:
    """After a flow that the caller wanted: the next wish, or the question that was left, or anything else?"""
    state = turn.state
    if state.queue:
        wish, *rest = state.queue
        turn.change(queue=tuple(rest), text=wish.text)
        _learn(turn, wish)
        start(turn, wish.flow)
        turn.phrase("next", title=turn.script.flows[wish.flow].title)
        return
    if state.stack:
        below = turn.serving()
        if below is not None and below.title and not brief:
            turn.phrase("bridge", title=below.title)
        return
    kept = {name for name, rule in turn.script.slots.items() if rule.keep == "call"}
    turn.forget(set(state.slots) - kept)
    turn.push("closing")


def _learn(turn: Turn, wish: Wanted) -> None:
    """What was said with this wish holds for it, whatever held for the one before."""
    for name, rule in turn.script.slots.items():
        value = next((wish.slots[one].value for one in rule.sources if one in wish.slots), None)
        if value is not None and can_be(turn, rule, value):
            turn.fill(name, value)


def start(turn: Turn, name: str) -> None:
    """Begin a flow that the caller wants."""
    flow = turn.script.flows[name]
    if flow.title and flow.title not in turn.state.wanted[-1:] and not flow.brief:
        turn.change(wanted=(*turn.state.wanted, flow.title)[-10:])
    turn.push(name)
    note_early(turn, flow, turn.state.text)


def hand_over(turn: Turn, to: str, why: str, words: Words = (), priority: bool = False) -> None:
    """Ask for a human; the story goes along. The call waits until one has the caller or none could be had."""
    if turn.state.transferring is not None:
        return
    if words:
        turn.say(words, f"handover {why}")
    else:
        turn.phrase("urgent" if priority else "handover")
    told = story(turn, why, priority)
    turn.record("handover", to=to, why=why, priority=priority)
    turn.actions.append(Transfer(to, told))
    turn.change(transferring=to, doubt=None, meanwhile=(), outstanding=None)
    turn.wait(Asked())


def hang_up(turn: Turn, why: str, words: Words = ()) -> None:
    """Say the last words and end the call."""
    turn.say(words, f"hangup {why}")
    turn.actions.append(HangUp(why))
    turn.change(ended="ended", stack=(), queue=(), outstanding=None)
    turn.wait(Asked())


def trouble(turn: Turn, why: str) -> None:
    """Something is wrong with the script or the shop: apologise, and a human takes over."""
    turn.phrase("trouble")
    turn.tried("系统", "出错")
    hand_over(turn, turn.script.settings.handover, why)
