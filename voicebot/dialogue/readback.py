"""The answer to a readback: yes, no, another value, or only its end."""

from __future__ import annotations

from typing import Any

from voicebot.dialogue.asks import give_up
from voicebot.dialogue.details import answer_of, put
from voicebot.dialogue.step_kinds import Ask
from voicebot.dialogue.turn import Turn
from voicebot.nlu.digits import correct
from voicebot.nlu.normalize import normalize
from voicebot.nlu.understanding import Understanding


def settle_reading(turn: Turn, ask: Ask, understanding: Understanding) -> bool:
    intents = {intent.name for intent in understanding.intents}
    old = turn.state.slots.get(ask.slot)
    value = _read_instead(turn, ask, old.value if old else None, understanding)
    if value is not None and (old is None or value != old.value) and "affirm" not in intents:
        turn.reading(False)
        put(turn, ask, value)
        return True
    if "deny" in intents:
        turn.reading(False)
        turn.forget([ask.slot])
        turn.phrase("once_more")
        failures = turn.state.counts.get(f"{turn.key} denied", 0) + 1
        turn.change(counts={**turn.state.counts, f"{turn.key} denied": failures})
        if failures >= 3:
            give_up(turn, ask)
        return True
    if "affirm" in intents or (old is not None and value == old.value):
        turn.reading(False)
        if old is not None:
            put(turn, ask, old.value, sure=True)
        return True
    return False


def _read_instead(turn: Turn, ask: Ask, old: Any, understanding: Understanding) -> Any:
    """What is said against a readback: another value, another end (不对,是六七八九), or one place (最后一位是八)."""
    new = answer_of(turn.script.slots[ask.slot], understanding)
    if not (isinstance(old, str) and old.isdigit()):
        return new
    if new is None:
        return correct(old, normalize(understanding.text))
    if isinstance(new, str) and new.isdigit() and len(old) >= 8 and 3 <= len(new) <= len(old) - 4:
        return old[: -len(new)] + new
    return new
