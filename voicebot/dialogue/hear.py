"""What the caller said, and what becomes of it: an answer, a wish, a correction, or not understood.

In this order: danger and anger, a human, what can be said anywhere (repeat, wait, help), a doubt that was asked
about, a correction of something said before, the answer to the question, another wish, and else a failure.
"""

from __future__ import annotations

import re

from voicebot.dialogue import anywhere, doubts, following, mood, opting_out, starting, wishes
from voicebot.dialogue.asks import missed
from voicebot.dialogue.choices import chosen, named_exactly, note_early
from voicebot.dialogue.corrections import amended, corrected
from voicebot.dialogue.details import merge
from voicebot.dialogue.fill import answer_with
from voicebot.dialogue.leave import leaves
from voicebot.dialogue.questions import about_the_question
from voicebot.dialogue.run import run
from voicebot.dialogue.said import Spoke
from voicebot.dialogue.state import Wanted
from voicebot.dialogue.step_kinds import Ask, Step
from voicebot.dialogue.turn import Turn
from voicebot.nlu.understanding import Understanding

SURELY = 0.8
"""From this confidence on a human is wanted, even when one of the options is named in the same sentence."""

WAITING = 3
"""So many sentences said while the shop is asked are kept and heard afterwards."""


def heard(turn: Turn) -> None:
    """The caller is there: counts of steps and silences begin again, and so does what `repeat` repeats."""
    turn.change(steps=0, silences=0, stale=True)


NOTED = 2
"""So often a detail that was not asked for is thanked for; after that it is no answer to the question."""


def spoke(turn: Turn, said: Spoke) -> None:
    """The caller said something."""
    understanding = said.understanding
    if turn.state.outstanding is not None:
        later = (*turn.state.meanwhile, said)[-WAITING:]
        turn.change(meanwhile=later)
        return
    turn.clear, turn.heard, turn.parts = said.clear, said.readings, said.parts
    heard(turn)
    if turn.state.transferring is not None:
        turn.phrase("transferring")
        return
    first = understanding.intents[0]
    clear = first.confidence >= turn.script.settings.act
    turn.change(text=understanding.text, meant=first.name if clear else "")
    if opting_out.said(turn, understanding):
        run(turn)
        return
    if mood.felt(turn, understanding) or (
        not _chosen(turn, understanding)
        and not _only_noise(turn, understanding)
        and wishes.human(turn, understanding)
    ):
        run(turn)
        return
    if not _helps_itself(turn, understanding) and anywhere.heard(turn, understanding):
        return
    if _understood(turn, understanding):
        run(turn)
    turn.matched = turn.matched and understanding.turn != "unfinished"


_NAMES_HUMAN = re.compile(
    "人工|客服|真人|活人|专员|坐席|经理|领导|主管|管事|负责|机器|转接|转人|人说|人接|人聊|人讲"
)


def _chosen(turn: Turn, understanding: Understanding) -> bool:
    """Is an option named? 叫人上门来拿 wants somebody to come, not somebody to talk to."""
    ask = turn.step
    if not isinstance(ask, Ask) or ask.kind != "choice":
        return False
    doubtful = not _NAMES_HUMAN.search(understanding.text) or all(
        one.name != "human_agent" or one.confidence < SURELY for one in understanding.intents
    )
    return named_exactly(turn, ask, understanding) or (
        doubtful and chosen(turn, ask, understanding) is not None
    )


def _only_noise(turn: Turn, understanding: Understanding) -> bool:
    """Asked for a mark, who hardly seems to want a human and names none is not transferred: the call is nearly over."""
    ask = turn.step
    marked = isinstance(ask, Ask) and ask.expecting == "rating"
    unsure = understanding.intents[0].confidence < turn.script.settings.act
    return marked and unsure and not _NAMES_HUMAN.search(understanding.text)


MOST_HELP = 2
"""Whoever asks for help oftener at one question has not understood it, or cannot answer it."""


def _helps_itself(turn: Turn, understanding: Understanding) -> bool:
    """我不知道 asks for help, but where it is one of the options, or where there was help enough."""
    ask = turn.step
    if understanding.intent != "help" or not isinstance(ask, Ask) or ask.kind == "open":
        return False
    if ask.kind == "choice" and chosen(turn, ask, understanding) is not None:
        return True
    return turn.count(f"{turn.key} helped") >= MOST_HELP


def _understood(turn: Turn, understanding: Understanding) -> bool:
    """True when there is more to be done; False when the caller has been asked again."""
    ask = turn.step
    learned, changed = merge(turn, understanding, ask)
    doubt = turn.state.doubt
    if (
        doubt is not None
        and isinstance(ask, Ask)
        and (settled := _settled(turn, ask, understanding)) is not None
    ):
        return settled
    if not wishes.besides(turn, understanding) and corrected(turn, changed, understanding):
        return True
    early = note_early(turn, turn.serving(), understanding.text)
    if amended(turn, ask, understanding) or leaves(turn, ask, understanding):
        return True
    if isinstance(ask, Ask) and _answered(turn, ask, understanding, early):
        return True
    return _otherwise(turn, ask, understanding, learned | early, doubt)


def _settled(turn: Turn, ask: Ask, understanding: Understanding) -> bool | None:
    """The answer to 您是要退货,对吗? None when it is neither yes nor no."""
    if doubts.settle(turn, understanding):
        return True
    if not wishes.only_denied(turn, understanding):
        return None
    open_question = ask.kind == "open"
    return not (open_question and missed(turn, ask, turn.script.words.get("not_that", ()), whole=True))


def _answered(turn: Turn, ask: Ask, understanding: Understanding, early: frozenset[str]) -> bool:
    if early and _only(turn, ask, understanding) and _noted(turn, ask, early):
        return True
    if ask.kind == "open" or not answer_with(turn, ask, understanding):
        return False
    turn.matched = True
    starting.queue(turn, ask, understanding)
    return True


def _otherwise(
    turn: Turn, ask: Step | None, understanding: Understanding, learned: frozenset[str], doubt: Wanted | None
) -> bool:
    """It is no answer: another wish, a detail, or nothing that was understood. What was doubted may be so still."""
    if doubt is not None and isinstance(ask, Ask) and wishes.nothing_new(understanding):
        turn.change(doubt=doubt)
        return not missed(turn, ask, turn.script.words["no_match"])
    if following.go_on_with(turn, ask, understanding, learned):
        return True
    if not wishes.serious(turn, ask, understanding) and mood.offered(turn):
        return True
    if _asks_about_it(turn, ask, understanding):
        return False
    if following.follow(turn, ask, understanding):
        return turn.state.doubt is None
    return not isinstance(ask, Ask) or _unanswered(turn, ask, understanding, learned, doubt)


def _unanswered(
    turn: Turn, ask: Ask, understanding: Understanding, learned: frozenset[str], doubt: Wanted | None
) -> bool:
    """Neither an answer nor a wish: a detail that is kept, the same wish once more, or not understood."""
    if _noted(turn, ask, learned):
        return True
    if wishes.said_again(turn, ask, understanding):
        return not missed(turn, ask, ())
    if doubt is not None and understanding.intent != "deny":
        turn.change(doubt=doubt)
    own = turn.script.words["no_match"] if not ask.no_match else ask.no_match
    return not missed(turn, ask, own, whole=bool(ask.no_match))


def _asks_about_it(turn: Turn, ask: Step | None, understanding: Understanding) -> bool:
    """为什么要后四位: what the question has to say for itself is said, and it is asked again."""
    if not isinstance(ask, Ask) or not ask.help or not about_the_question(understanding.text):
        return False
    if wishes.elsewhere(turn, understanding, turn.script.settings.act):
        return False
    if turn.count(f"{turn.key} helped") >= MOST_HELP:
        return False
    turn.matched = True
    anywhere.help_out(turn)
    return True


FEW = 8
"""So few characters that name an option are nothing else besides."""


def _only(turn: Turn, ask: Ask, understanding: Understanding) -> bool:
    """Asked what any words can answer: does the sentence only name an option of another question (上门取吧)?"""
    rule = turn.script.slots.get(ask.slot)
    free = rule is not None and rule.free and rule.name not in understanding.slots
    return free and len(understanding.text) <= FEW


def _noted(turn: Turn, ask: Ask, learned: frozenset[str]) -> bool:
    """A detail that was not asked for, but will be needed: thank for it, and ask on. Nothing has failed."""
    flow = turn.serving()
    if flow is None or ask.kind == "open" or not learned & flow.uses or turn.count("noted") >= NOTED:
        return False
    turn.matched = True
    turn.phrase("noted")
    return True
