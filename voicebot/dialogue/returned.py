"""A human had the caller and gives him back: the bot knows it, says so, and goes on where it was."""

from __future__ import annotations

from voicebot.dialogue.anywhere import ask_again
from voicebot.dialogue.run import run
from voicebot.dialogue.said import Returned
from voicebot.dialogue.step_kinds import Ask
from voicebot.dialogue.turn import Turn


def returned(turn: Turn, said: Returned) -> None:
    """The question that was open is asked again; where a human or the shop was waited for, anything else is."""
    state = turn.state
    turn.tried("人工客服", said.note or "已经接待")
    asks = isinstance(turn.step, Ask) and state.transferring is None and state.outstanding is None
    turn.change(transferring=None, outstanding=None, meanwhile=(), failures=0, silences=0, steps=0, last=())
    if turn.script.words.get("returned"):
        turn.phrase("returned")
    if asks:
        turn.change(stale=True)
        ask_again(turn)
        return
    turn.change(stack=(), queue=(), doubt=None)
    turn.push("closing")
    run(turn)
