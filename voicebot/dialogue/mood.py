"""What the caller's mood does to the dialogue: a word of sympathy once, a human offered, or a human at once."""

from __future__ import annotations

from voicebot.dialogue import endings, starting
from voicebot.dialogue.state import GRAVITY
from voicebot.dialogue.turn import Turn
from voicebot.nlu.understanding import Understanding

UPSET = frozenset({"unhappy", "angry", "distressed"})


def felt(turn: Turn, understanding: Understanding) -> bool:
    """Note the mood and answer to it. True when that is all that is to be done with this sentence."""
    mood, before = understanding.mood, turn.state.mood
    rule = turn.script.moods.get(mood)
    upset = turn.state.upset + 1 if mood in UPSET else 0
    if mood != "neutral" or before == "satisfied":
        turn.change(mood=mood)
    turn.change(upset=upset)
    turn.count(f"felt {mood}")
    if mood in UPSET:
        turn.count("upset")
    if rule is None:
        return False
    if rule.transfer is not None:
        turn.matched = True
        endings.hand_over(turn, rule.transfer, mood, rule.words, priority=mood == "distressed")
        return True
    if mood != before and GRAVITY.get(mood, 0) >= GRAVITY.get(before, 0):
        turn.say(rule.words, f"mood {mood}")
    return False


def offered(turn: Turn) -> bool:
    """Instead of saying once more that nothing was understood: begin the flow that is offered in this mood, once."""
    rule = turn.script.moods.get(turn.state.mood)
    flow = rule.offer if rule else None
    if rule is None or flow is None or turn.state.upset < rule.after or turn.count(f"offered {flow}"):
        return False
    starting.begin(turn, flow)
    return True
