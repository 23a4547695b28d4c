"""Everything that a script may say, so that what is fixed of it can be made before any call."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from voicebot.dialogue.script import Script
from voicebot.dialogue.step_kinds import words_of
from voicebot.dialogue.wording import Words

_CONSTANT = re.compile(r"\{([a-z_]+)\.([a-z_]+)\}")


def templates(script: Script) -> list[str]:
    """Every wording template, each once, with the script's constants filled in and all other holes left open."""
    found = (template.text for words in _words(script) for template in words)
    return list(dict.fromkeys(_with_constants(text, script.constants) for text in found))


def _words(script: Script) -> Iterator[Words]:
    yield from script.words.values()
    yield from (rule.words for rule in script.moods.values())
    for flow in script.flows.values():
        for step in flow.steps:
            yield from words_of(step)


def _with_constants(text: str, constants: Any) -> str:
    def fill(match: re.Match[str]) -> str:
        group = constants.get(match[1])
        known = isinstance(group, dict) and match[2] in group
        return str(group[match[2]]) if known else match[0]

    return _CONSTANT.sub(fill, text)
