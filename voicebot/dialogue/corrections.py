"""Something is said differently than before: what rests on it begins again, asking only what it must."""

from __future__ import annotations

from typing import Any

from voicebot.dialogue.choices import named
from voicebot.dialogue.details import NUMBERS
from voicebot.dialogue.step_kinds import Ask, Step
from voicebot.dialogue.turn import Turn
from voicebot.dialogue.wishes import elsewhere
from voicebot.nlu.understanding import Understanding


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
    other = understanding.intent not in {"affirm", "deny"} and elsewhere(turn, understanding)
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
        if accepted in understanding.slots and accepted not in NUMBERS:
            return understanding.slots[accepted].value
    choice = turn.script.choice_of(name)
    return named(choice, understanding) if choice is not None else None


def _put_instead(turn: Turn, name: str, value: Any) -> bool:
    if turn.state.slots[name].value == value:
        return False
    turn.fill(name, value)
    return True
