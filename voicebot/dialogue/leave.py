"""The caller thinks better of it in the middle of a question: what was begun is left, and nothing of it is done."""

from __future__ import annotations

from voicebot.dialogue import endings, wishes
from voicebot.dialogue.choices import chosen
from voicebot.dialogue.second_thoughts import gives_up
from voicebot.dialogue.step_kinds import Ask, Step
from voicebot.dialogue.turn import Turn
from voicebot.nlu.understanding import Understanding


def leaves(turn: Turn, ask: Step | None, understanding: Understanding) -> bool:
    """Leave the flow that is being served, if that is what he says. Asked yes or no, it is a no like any other."""
    flow = turn.serving()
    if flow is None or not isinstance(ask, Ask) or ask.kind not in {"slot", "choice"}:
        return False
    if not flow.intents or flow.brief or not gives_up(understanding.text):
        return False
    if wishes.elsewhere(turn, understanding) or (ask.kind == "choice" and chosen(turn, ask, understanding)):
        return False
    turn.matched = True
    turn.phrase("left", title=flow.title)
    turn.tried(flow.title, "客户不办了")
    turn.record("left", flow=flow.name)
    endings.drop(turn)
    return True
