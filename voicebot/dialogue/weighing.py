"""Of the wishes in one sentence, which count: a reason is none, nor is the way in which a wish is to be served."""

from __future__ import annotations

import re
from dataclasses import replace

from voicebot.dialogue.choices import named
from voicebot.dialogue.script import Flow
from voicebot.dialogue.turn import Turn
from voicebot.nlu.understanding import Understanding

NAMES_DEED = re.compile("[换退修]|取消")
"""A reason may sound like a rival wish; only one that says what is to be done instead is one."""


def explains(wish: Flow, served: Flow, text: str) -> bool:
    """May what sounds like this wish be the reason for what is being served?"""
    rival = wish.name in served.rivals and not NAMES_DEED.search(text)
    return rival or served.name in wish.gives_way


def without_ways(turn: Turn, flows: list[str], understanding: Understanding) -> list[str]:
    """给我换了吧，让快递来拿: how the first wish is to be done, which may sound like a wish, is none."""
    if len(flows) < 2:
        return flows
    choices = (turn.script.choice_of(name) for name in turn.script.flows[flows[0]].uses)
    early = [choice for choice in choices if choice is not None and choice.early]

    def is_way(flow: str) -> bool:
        words = words_for(turn, understanding, flow)
        said = replace(understanding, text=words, slots={})
        return not NAMES_DEED.search(words) and any(named(choice, said) for choice in early)

    return [flows[0], *(flow for flow in flows[1:] if not is_way(flow))]


def thought_better_of(turn: Turn, flows: list[str], understanding: Understanding) -> list[str]:
    """我想退……算了，还是换吧: of two wishes that are rivals, the one that is said after thinking better of it.

    没货就退了: what is only wanted if the first cannot be is not wanted yet.
    """
    if len(flows) > 1 and _ELSE.search(understanding.text):
        return flows[:1]
    rivals = len(flows) == 2 and flows[1] in turn.script.flows[flows[0]].rivals
    return flows[1:] if rivals and _RATHER.search(understanding.text) else flows


def reason_only(turn: Turn, name: str, served: Flow, text: str) -> bool:
    """Is it why he wants what is being served (屏幕不亮, 不想要了), and nothing that he wants instead?"""
    wish = turn.script.flows[name]
    rules = (turn.script.slots[one] for one in served.uses)
    means = any(set(wish.intents) & set(rule.means) for rule in rules if rule.free)
    return means and wish is not served and explains(wish, served, text)


def words_for(turn: Turn, understanding: Understanding, flow: str) -> str:
    """The part of the sentence in which this flow was wanted."""
    intents = turn.script.flows[flow].intents
    return next(
        (one.text for one in understanding.intents if one.name in intents and one.text), turn.state.text
    )


AND_THIS = re.compile("^(?:那|那么|还有|哦|嗯|好的?)?[，,]?.{1,14}呢[。？?]?$")


_ELSE = re.compile("(?:没货|没有货?|不行|不能换?|换不了|不然|否则)(?:的话)?[，,]?(?:我)?(?:就|直接)")
_RATHER = re.compile("算了|哦不|啊不|不不|还是.{0,4}[换退取]")
