"""Whoever was rung and wants no more calls: by word or by key, at any moment, before anything else that he says."""

from __future__ import annotations

from voicebot.dialogue.turn import Turn
from voicebot.nlu.understanding import Understanding

INTENT = "opt_out"


def said(turn: Turn, understanding: Understanding) -> bool:
    """Has he said so? Only in scripts with `settings.opt_out_key`, which are those of calls that the bot places."""
    settings = turn.script.settings
    sure = any(one.name == INTENT and one.confidence >= settings.digress for one in understanding.intents)
    return bool(settings.opt_out_key) and sure and _begin(turn)


def keyed(turn: Turn, digits: str) -> bool:
    """Has he pressed the key?"""
    if not digits or digits != turn.script.settings.opt_out_key:
        return False
    turn.change(text="", meant="")
    return _begin(turn)


def _begin(turn: Turn) -> bool:
    flow = turn.script.intents.get(INTENT)
    if flow is None:
        return False
    turn.matched = True
    turn.change(doubt=None, queue=(), failures=0)
    turn.push(flow)
    return True
