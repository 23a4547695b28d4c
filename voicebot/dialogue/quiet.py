"""Silence, voices without words, and keys."""

from __future__ import annotations

from voicebot.dialogue import anywhere, endings, opting_out, starting
from voicebot.dialogue.asks import listen, missed, prompt
from voicebot.dialogue.fill import keyed
from voicebot.dialogue.hear import heard
from voicebot.dialogue.run import run
from voicebot.dialogue.step_kinds import Ask
from voicebot.dialogue.turn import Turn

HELD = 3
"""After so many silences the shop's answer is given up."""


def was_silent(turn: Turn) -> None:
    """The caller said nothing: ask in other words, and say goodbye after a few times."""
    silences = turn.state.silences + 1
    turn.change(silences=silences, steps=0, stale=True)
    if turn.state.transferring is not None or turn.state.outstanding is not None:
        _hold(turn, silences)
    elif isinstance(ask := turn.step, Ask) and "silent" in ask.targets and turn.state.doubt is None:
        turn.change(failures=0, silences=0)
        turn.move(ask.targets["silent"])
        run(turn)
    elif silences >= turn.script.settings.silences:
        turn.record("failed", why="silence")
        endings.hang_up(turn, "silence", turn.script.words["silent_goodbye"])
    else:
        _prompt(turn)


def _hold(turn: Turn, silences: int) -> None:
    turn.phrase("please_hold" if turn.state.transferring is None else "transferring")
    if silences >= HELD and turn.state.outstanding is not None:
        turn.change(outstanding=None)
        endings.trouble(turn, "system")


def _prompt(turn: Turn) -> None:
    asked, settings = turn.state.asked, turn.script.settings
    if asked.silence_ms == settings.patience_ms:
        turn.phrase("still_there")
        anywhere.ask_again(turn)
        return
    ask = turn.step
    if isinstance(ask, Ask) and ask.no_input and turn.state.doubt is None:
        turn.say(ask.no_input, f"{turn.key} no_input")
        listen(turn, ask)
        return
    turn.phrase("no_input")
    anywhere.ask_again(turn)


def not_heard(turn: Turn) -> None:
    """There was a voice and no words: a failure like any other, in words of its own."""
    if turn.state.outstanding is not None:
        return
    heard(turn)
    if turn.state.transferring is not None:
        turn.phrase("transferring")
        return
    ask = turn.step
    if isinstance(ask, Ask) and not missed(turn, ask, turn.script.words["not_heard"]):
        run(turn)


def keys(turn: Turn, digits: str) -> None:
    """Keys: an answer where one can be keyed; 0 alone asks for a human, * repeats."""
    if turn.state.outstanding is not None:
        return
    heard(turn)
    ask = turn.step
    if turn.state.transferring is not None:
        turn.phrase("transferring")
    elif opting_out.keyed(turn, digits):
        run(turn)
    elif turn.state.doubt is not None and digits in {"1", "2"}:
        _keyed_doubt(turn, digits)
    elif isinstance(ask, Ask) and keyed(turn, ask, digits):
        turn.matched = True
        run(turn)
    elif digits == "0":
        turn.matched = True
        _human(turn)
        run(turn)
    elif digits == "*":
        anywhere.repeat(turn)
    elif isinstance(ask, Ask) and not missed(turn, ask, turn.script.words["no_match"]):
        run(turn)


def _human(turn: Turn) -> None:
    flow = turn.script.intents.get("human_agent")
    if flow is None:
        endings.hand_over(turn, turn.script.settings.handover, "asked")
    else:
        turn.change(doubt=None)
        turn.push(flow)


def _keyed_doubt(turn: Turn, digits: str) -> None:
    doubt = turn.state.doubt
    turn.change(doubt=None)
    if digits == "1" and doubt is not None:
        turn.matched = True
        starting.wish_for(turn, doubt)
        run(turn)
        return
    ask = turn.step
    if isinstance(ask, Ask):
        prompt(turn, ask, again=True)
