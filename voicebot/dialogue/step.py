"""The fold: a state and what was said give the next state and the reply. Pure and total."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from voicebot.dialogue import answers, endings, quiet
from voicebot.dialogue.hear import spoke
from voicebot.dialogue.reply import Reply
from voicebot.dialogue.returned import returned
from voicebot.dialogue.run import run
from voicebot.dialogue.said import (
    Answer,
    Began,
    HandedOver,
    HumanFailed,
    Keyed,
    NotHeard,
    Returned,
    Said,
    Spoke,
    WasSilent,
)
from voicebot.dialogue.script import Script
from voicebot.dialogue.state import Bound, State
from voicebot.dialogue.turn import NotVerifiedError, Turn
from voicebot.errors import VoicebotError


def begin(script: Script, call: str = "", given: Mapping[str, Any] | None = None) -> State:
    """The state before the call is answered.

    `call` makes the keys of what is done differ from other calls'. `given` are values that the script may speak
    of from the start (whom a campaign rings, and why); the script declares them as constants, with what holds
    when they are not given.
    """
    unknown = sorted(set(given or {}) - set(script.constants))
    if unknown:
        raise VoicebotError(
            f"the script has no constant {unknown[0]!r}; declare it under constants, or leave it out"
        )
    return State(call=call, values={name: Bound(value) for name, value in (given or {}).items()})


def step(script: Script, state: State, said: Said) -> tuple[State, Reply]:
    """The next state and the reply. Never raises for what callers or shops do; after the end nothing is said.

    A private value that would reach an unverified caller, which the checks at load rule out, is not spoken: the
    step is taken back, apologised for, and a human takes over.
    """
    if state.ended != "open":
        return state, Reply()
    turn = Turn(script, state)
    try:
        _receive(turn, said)
        _catch_up(turn)
    except NotVerifiedError:
        turn = Turn(script, state)
        turn.change(outstanding=None)
        endings.trouble(turn, "unverified")
    return turn.close()


def _receive(turn: Turn, said: Said) -> None:  # noqa: C901 - one case per kind of Said
    match said:
        case Began():
            turn.change(caller=said.caller, now=said.now, line=said.line)
            if not turn.state.stack:
                turn.push("opening")
                run(turn)
        case Spoke():
            spoke(turn, said)
        case Keyed():
            quiet.keys(turn, said.digits)
        case WasSilent():
            quiet.was_silent(turn)
        case NotHeard():
            quiet.not_heard(turn)
        case Answer():
            answers.answered(turn, said)
        case HandedOver():
            answers.handed_over(turn, said)
        case HumanFailed():
            answers.human_failed(turn, said)
        case Returned():
            returned(turn, said)


def _catch_up(turn: Turn) -> None:
    """Hear what was said while the shop was asked."""
    while turn.state.meanwhile and _listening(turn.state):
        first, *rest = turn.state.meanwhile
        turn.change(meanwhile=tuple(rest))
        spoke(turn, first)


def _listening(state: State) -> bool:
    return state.outstanding is None and state.transferring is None and state.ended == "open"
