"""Sentences with what they mean, to measure understanding by: `<folder>/<intent>/*.yaml`.

intent: return_goods
tests:
  - 我要退货                          a sentence
  - text: 昨天的鞋子我要退            a sentence with slots, or with several intents in order
    slots: {product: 鞋子}
    intents: [return_goods]
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from voicebot.errors import VoicebotError


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence, its intents in order, and the values of its slots as text."""

    text: str
    intents: tuple[str, ...]
    slots: Mapping[str, str] = field(default_factory=dict)


def load_examples(folder: Path, name: str = "*") -> list[Example]:
    """The examples of `<folder>/<intent>/<name>.yaml`. Raises VoicebotError that names the faulty file."""
    files = sorted(folder.glob(f"*/{name}.yaml"))
    if not files:
        raise VoicebotError(
            f"There are no sentences in {folder}; name a folder of <intent>/*.yaml with `tests`."
        )
    return [example for path in files for example in _of_file(path)]


def _of_file(path: Path) -> list[Example]:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise VoicebotError(f"{path} is not valid YAML: {' '.join(str(error).split())}.") from None
    if (
        not isinstance(data, dict)
        or not isinstance(data.get("intent"), str)
        or not isinstance(data.get("tests"), list)
    ):
        raise VoicebotError(f"{path} must have `intent` (a name) and `tests` (a list of sentences).")
    return [_example(entry, data["intent"], path) for entry in data["tests"]]


def _example(entry: Any, intent: str, path: Path) -> Example:
    if isinstance(entry, str):
        return Example(entry, (intent,))
    if isinstance(entry, dict) and isinstance(entry.get("text"), str):
        slots = {str(name): str(value) for name, value in (entry.get("slots") or {}).items()}
        return Example(entry["text"], tuple(entry.get("intents") or (intent,)), slots)
    raise VoicebotError(f"{path}: {entry!r} is no sentence; write text, or {{text: ..., slots: ...}}.")
