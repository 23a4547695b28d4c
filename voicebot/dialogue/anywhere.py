"""What can be said anywhere: repeat, wait, help. The question that was asked stays."""

from __future__ import annotations

from dataclasses import replace

from voicebot.dialogue import wishes
from voicebot.dialogue.asks import ask_doubt, listen, prompt
from voicebot.dialogue.step_kinds import Ask
from voicebot.dialogue.turn import Turn
from voicebot.nlu.understanding import Understanding


def heard(turn: Turn, understanding: Understanding) -> bool:
    """Answer what can be said anywhere; False when it is something else."""
    sure = {intent.name for intent in understanding.intents if intent.confidence >= turn.script.settings.act}
    if (understanding.turn == "wait" or "wait" in sure) and not wishes.elsewhere(turn, understanding):
        wait(turn)
    elif "repeat" in sure and not understanding.slots:
        repeat(turn)
    elif "help" in sure and understanding.intent == "help" and not wishes.elsewhere(turn, understanding):
        help_out(turn)
    else:
        return False
    turn.matched = True
    return True


def wait(turn: Turn) -> None:
    """The caller needs a moment: be patient, and say so."""
    turn.keeps_last = True
    turn.phrase("wait")
    turn.wait(replace(turn.state.asked, silence_ms=turn.script.settings.patience_ms))


def repeat(turn: Turn) -> None:
    """Say the last thing again."""
    turn.keeps_last = True
    if turn.state.last:
        turn.phrase("repeat")
        turn.speech += turn.state.last
    else:
        ask_again(turn)


def help_out(turn: Turn) -> None:
    """Say what can be said here, and ask again."""
    ask = turn.step
    if isinstance(ask, Ask) and ask.help:
        turn.say(ask.help, f"{turn.key} help")
        listen(turn, ask)
        return
    turn.phrase("help")
    ask_again(turn)


def ask_again(turn: Turn) -> None:
    """Ask once more what was asked."""
    if turn.state.doubt is not None:
        ask_doubt(turn)
        return
    ask = turn.step
    if isinstance(ask, Ask):
        prompt(turn, ask, again=True)
