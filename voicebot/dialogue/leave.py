"""The caller thinks better of it in the middle of a question: what was begun is left, and nothing of it is done."""

from __future__ import annotations

import re

from voicebot.dialogue import endings, starting, wishes
from voicebot.dialogue.choices import chosen
from voicebot.dialogue.script import Flow
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
    rival = _named_instead(turn, flow, understanding.text)
    if rival is None and wishes.elsewhere(turn, understanding):
        return False
    if ask.kind == "choice" and chosen(turn, ask, understanding):
        return False
    turn.matched = True
    turn.phrase("left", title=flow.title)
    turn.tried(flow.title, "客户不办了")
    turn.record("left", flow=flow.name)
    if rival is not None:
        starting.start_flows(turn, [rival], replaces=True, said=understanding)
    else:
        endings.drop(turn)
    return True


_NOT = re.compile("(?:不|别|甭)(?:想|要|用|再)?[退换修取改][货消]?(?:了|啦)?")


def _named_instead(turn: Turn, flow: Flow, text: str) -> str | None:
    """算了不退，换货: the rival wish that is called by its name, however unsure it was understood."""
    rest = _NOT.sub("", text)
    titles = ((name, turn.script.flows[name].title) for name in flow.rivals)
    return next((name for name, title in titles if title and title in rest), None)
