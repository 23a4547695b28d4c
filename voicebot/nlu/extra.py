"""Sentences that were taught beside the grammars' files: joined to them, and written as files like theirs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace

import yaml

from voicebot.errors import VoicebotError
from voicebot.nlu.grammar import parse, required
from voicebot.nlu.grammars import Grammars, Template

LONGEST = 60
SIGNS = frozenset("()[]{}<>|?*")
"""What means something in a template, or stands for what must not be seen."""
FILE = "learned.yaml"

Told = tuple[str, str]
"""(intent, sentence)."""


def bare_sentence(grammars: Grammars, text: str) -> str:
    """The sentence as it is learned: without politeness around it, long numbers as one sign.

    Raises VoicebotError when nothing is left, or it has signs that no sentence has.
    """
    bare = grammars.bare(text)
    if not bare or len(bare) > LONGEST or SIGNS & set(bare):
        raise VoicebotError(f"训练句要有1到{LONGEST}个字，不能有括号、星号和竖线；隐去的内容请换成一般的说法")
    return bare


def with_told(grammars: Grammars, told: Iterable[Told]) -> Grammars:
    """The grammars with these sentences as further templates; those that they have already are left out.

    Raises VoicebotError for an intent that the grammars do not know.
    """
    there = {(one.intent, one.text) for one in grammars.templates}
    more = [one for one in dict.fromkeys(told) if one not in there]
    for intent, _ in more:
        if intent not in grammars.intents:
            raise VoicebotError(f"没有意图 {intent}")
    if not more:
        return grammars
    templates, first = [_template(grammars, *one) for one in more], len(grammars.templates)
    anchors = dict(grammars._by_anchor)
    unanchored = list(grammars._unanchored)
    for number, template in enumerate(templates, first):
        for word in template.needs[0] if template.needs else ():
            anchors[word] = (*anchors.get(word, ()), number)
        if not template.needs:
            unanchored.append(number)
    return replace(
        grammars,
        templates=(*grammars.templates, *templates),
        digest=hashlib.sha256(repr((grammars.digest, more)).encode()).hexdigest(),
        _by_anchor=anchors,
        _unanchored=tuple(unanchored),
        _longest=max(map(len, anchors), default=0),
    )


def _template(grammars: Grammars, intent: str, text: str) -> Template:
    node = parse(text)
    return Template(intent, text, node, required(node, grammars.parts))


def as_files(told: Iterable[Told]) -> Mapping[str, str]:
    """The sentences as grammar files: by path under the folder of the grammars, their YAML."""
    by_intent: dict[str, list[str]] = {}
    for intent, text in sorted(dict.fromkeys(told)):
        by_intent.setdefault(intent, []).append(text)
    return {f"{intent}/{FILE}": _file(intent, sentences) for intent, sentences in by_intent.items()}


def _file(intent: str, sentences: list[str]) -> str:
    return yaml.safe_dump(
        {"intent": intent, "sentences": sentences}, allow_unicode=True, sort_keys=False, width=120
    )
