"""Questions: arriving at one, asking it again, reading the answer back.

arrive ── filled already? ──no──> prompt, wait for the caller
   │ yes
   ├─ not valid ─────> say why, forget it, prompt
   ├─ to be confirmed ─> read back, wait for yes or no
   └─ go on
"""

from __future__ import annotations

from typing import Any

from voicebot.dialogue import endings
from voicebot.dialogue.choices import offered
from voicebot.dialogue.reply import Keys
from voicebot.dialogue.state import Asked
from voicebot.dialogue.step_kinds import Ask
from voicebot.dialogue.turn import Turn
from voicebot.dialogue.wording import Words


def arrive(turn: Turn, ask: Ask) -> bool:
    """Come to a question; True when it waits for the caller, False when it has its answer already."""
    if ask.kind == "choice" and ask.source is not None:
        return _arrive_choosing(turn, ask)
    if ask.settled is not None and turn.value(ask.settled):
        turn.move(ask.targets["yes"])
        return False
    filled = turn.state.slots.get(ask.slot) if ask.slot else None
    if filled is None or _stale(turn, ask):
        prompt(turn, ask)
        return True
    return _take(turn, ask, filled.value, filled.sure)


def _stale(turn: Turn, ask: Ask) -> bool:
    if not ask.fresh or turn.state.counts.get(f"{turn.key} fresh"):
        return False
    turn.forget([ask.slot])
    return True


def _arrive_choosing(turn: Turn, ask: Ask) -> bool:
    assert ask.source is not None
    options = turn.value(ask.source)
    bound = turn.state.values.get(ask.slot)
    if bound is not None and bound.value is not None and not ask.fresh:
        turn.move(ask.next)
        return False
    if not isinstance(options, (list, tuple)) or not options:
        endings.trouble(turn, "system")
        return False
    if len(options) == 1:
        choose(turn, ask, options[0])
        return False
    prompt(turn, ask)
    return True


def choose(turn: Turn, ask: Ask, option: Any) -> None:
    """Take one of the options and go on."""
    turn.change(failures=0)
    if ask.source is None:
        turn.fill(ask.slot, option, sure=True)
    else:
        turn.bind(ask.slot, option, frozenset() if turn.private([ask.source]) else None)
    turn.move(ask.next)


def _take(turn: Turn, ask: Ask, value: Any, sure: bool) -> bool:
    turn.extra["it"] = value
    if ask.valid is not None and not turn.value(ask.valid):
        return refuse(turn, ask)
    if ask.confirm and not sure:
        read_back(turn, ask)
        return True
    turn.change(failures=0)
    if ask.fresh:
        turn.change(counts={**turn.state.counts, f"{turn.key} fresh": 0})
    turn.move(ask.next)
    return False


def refuse(turn: Turn, ask: Ask) -> bool:
    """The answer cannot be right: forget it, say so, and ask again; too often is a failure. True: it waits."""
    turn.say(ask.invalid or turn.script.words["invalid"], f"{turn.key} invalid")
    turn.forget([ask.slot])
    turn.matched = False
    return missed(turn, ask, ())


def read_back(turn: Turn, ask: Ask) -> None:
    """Say the answer back and wait for yes or no."""
    turn.reading(True)
    turn.change(failures=0)
    turn.say(ask.confirm, f"{turn.key} confirm")
    turn.wait(Asked("yes_no", None, turn.script.settings.silence_ms))


def missed(turn: Turn, ask: Ask, words: Words, whole: bool = False) -> bool:
    """A failure more at this question: ask again, or give up when there were too many. True: it waits.

    `words` come before the question is asked again, or are the `whole` of it.
    """
    failures = turn.state.failures + 1
    turn.change(failures=failures)
    if failures >= (ask.limit or turn.script.settings.failures):
        return give_up(turn, ask)
    turn.say(words, f"{turn.key} missed" if whole else "missed")
    if turn.state.doubt is not None:
        ask_doubt(turn)
    elif whole and not turn.state.stack[-1].reading:
        listen(turn, ask)
    else:
        prompt(turn, ask, again=True)
    return True


def ask_doubt(turn: Turn) -> None:
    """您是要退货,对吗?"""
    assert turn.state.doubt is not None
    turn.phrase("doubt", title=turn.script.flows[turn.state.doubt.flow].title)
    turn.wait(Asked("yes_no", None, turn.script.settings.silence_ms))


def give_up(turn: Turn, ask: Ask) -> bool:
    """Too many failures: to where the script says, or to a human. True: it waits."""
    turn.change(failures=0)
    if "otherwise" in ask.targets:
        turn.move(ask.targets["otherwise"])
        return False
    turn.tried(asked_for(turn, ask), "没有听清")
    endings.hand_over(turn, turn.script.settings.handover, "failed")
    return True


def asked_for(turn: Turn, ask: Ask) -> str:
    """What a question is about, for the story."""
    rule = turn.script.slots.get(ask.slot)
    return rule.title if rule else "询问"


def prompt(turn: Turn, ask: Ask, again: bool = False) -> None:
    """Ask, and wait for the answer."""
    if turn.frame is not None and turn.frame.reading:
        read_back(turn, ask)
        return
    if turn.state.doubt is not None:
        ask_doubt(turn)
        return
    before = turn.state.counts.get(turn.key, 0)
    words = ask.again if ask.again and (again or before) else ask.words
    if ask.kind == "choice" and ask.source is not None:
        words_with_options(turn, ask, words)
    else:
        turn.say(words, turn.key)
    listen(turn, ask)


def words_with_options(turn: Turn, ask: Ask, words: Words) -> None:
    """Ask which one, naming the options; privacy is that of the list they come from."""
    assert ask.source is not None
    if not turn.state.verified and turn.private([ask.source]):
        for text in ask.show:
            turn.render(text, [ask.source])
    turn.say(words, turn.key, option="、".join(offered(turn, ask)))


def listen(turn: Turn, ask: Ask) -> None:
    """Wait for the answer to this question."""
    if turn.frame is not None and turn.frame.reading:
        turn.wait(Asked("yes_no", None, turn.script.settings.silence_ms))
        return
    keys = ask.keys or (Keys(1, 1) if ask.kind == "choice" else None)
    turn.wait(Asked(ask.expecting, keys, turn.script.settings.silence_ms))
