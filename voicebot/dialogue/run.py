"""Running: from place to place, until the caller, the shop or a human is waited for, or the call is over."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from voicebot.actions import Do, Look
from voicebot.dialogue import endings
from voicebot.dialogue.asks import arrive
from voicebot.dialogue.state import Asked
from voicebot.dialogue.step_kinds import (
    Ask,
    Assign,
    Branch,
    CallFlow,
    Done,
    ForgetStep,
    Go,
    Goodbye,
    Handover,
    Miss,
    Note,
    Query,
    Say,
    Step,
)
from voicebot.dialogue.turn import Turn


def run(turn: Turn) -> None:
    """Perform steps until something is waited for. More than `max_steps` since the caller spoke is trouble."""
    while _runnable(turn):
        turn.change(steps=turn.state.steps + 1)
        if turn.state.steps > turn.script.settings.max_steps:
            endings.trouble(turn, "system")
            return
        step = turn.step
        if step is None:
            endings.onward(turn)
        elif _perform(turn, step):
            return


def _runnable(turn: Turn) -> bool:
    state = turn.state
    return state.ended == "open" and state.transferring is None and state.outstanding is None


def _perform(turn: Turn, step: Step) -> bool:  # noqa: C901, PLR0912 - one case per kind of step
    """Perform one step; True when it waits for the caller."""
    match step:
        case Say():
            turn.say(step.words, turn.key, step.interruptible)
            turn.move(step.next)
        case Ask():
            return arrive(turn, step)
        case Query():
            _query(turn, step)
        case Branch():
            holds = (target for condition, target in step.cases if turn.value(condition))
            turn.move(next(holds, step.next))
        case Assign():
            _assign(turn, step)
        case ForgetStep():
            turn.forget(step.names)
            turn.move(step.next)
        case CallFlow():
            turn.push(step.flow, called=True)
        case Go():
            turn.move(step.next)
        case Note():
            turn.record(step.kind, **{name: turn.value(one) for name, one in step.data.items()})
            turn.move(step.next)
        case Handover():
            endings.hand_over(turn, step.to, step.why, step.words, step.priority)
        case Goodbye():
            endings.hang_up(turn, step.why, step.words)
        case Done():
            endings.finish(turn, step.outcome, step.whole)
        case Miss():
            _miss(turn, step)
    return False


def _query(turn: Turn, step: Query) -> None:
    turn.say(step.words, turn.key)
    arguments = {name: turn.value(one) for name, one in step.arguments.items()}
    number = turn.state.queries + 1
    rule = turn.script.queries[step.query]
    if step.changes and rule.verified and not turn.state.verified:
        endings.trouble(turn, "unverified")
        return
    action = Look(number, step.query, arguments)
    wish = Do(number, step.query, arguments, _once(turn, step.query, arguments)) if step.changes else action
    turn.actions.append(wish)
    turn.change(queries=number, outstanding=number)
    turn.wait(Asked())


def _once(turn: Turn, name: str, arguments: dict[str, Any]) -> str:
    """The key under which a deed is done once: this call, this deed, these details."""
    plain = json.dumps(arguments, sort_keys=True, ensure_ascii=False, default=str)
    digest = hashlib.sha256(plain.encode()).hexdigest()[:16]
    return "/".join(part for part in (turn.state.call, name, digest) if part)


def _assign(turn: Turn, step: Assign) -> None:
    for name, expression in step.values.items():
        value = turn.value(expression)
        if name in turn.script.slots:
            _put(turn, name, value)
        else:
            turn.bind(name, value, frozenset() if turn.private([expression]) else None)
    turn.move(step.next)


def _put(turn: Turn, name: str, value: Any) -> None:
    """Into a slot. What the script knows is sure; another reading of what was heard is not before it is read back."""
    old = turn.state.slots.get(name)
    reading = any(one.digits == value for one in turn.state.readings.get(name, ()))
    turn.keep(name, value, sure=not (reading and old is not None and old.value != value))


def _miss(turn: Turn, step: Miss) -> None:
    guess = turn.state.guess
    if guess is not None:
        turn.change(guess=None, doubt=guess)
        endings.finish(turn, "", quietly=True)
        return
    failures = turn.state.failures + 1
    turn.change(failures=failures)
    if failures >= (step.limit or turn.script.settings.failures):
        endings.hand_over(turn, turn.script.settings.handover, "failed")
        return
    turn.say(step.words, turn.key)
    turn.record("failed", flow=turn.state.stack[-1].flow)
    endings.finish(turn, "")
