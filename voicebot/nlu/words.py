"""The word lists in grammars/zh-CN/words: data that operations extend without touching code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from voicebot.errors import VoicebotError

FOLDER = Path(__file__).resolve().parents[2] / "grammars" / "zh-CN" / "words"
"""Where the word lists of this installation lie."""


def read_words(name: str, folder: Path = FOLDER) -> dict[str, Any]:
    """The contents of `name`.yaml in `folder`. Raises VoicebotError when it is absent or no mapping."""
    path = folder / f"{name}.yaml"
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise VoicebotError(
            f"The word list {path} is missing; put it back or set the grammars folder."
        ) from None
    except yaml.YAMLError as error:
        where = " ".join(str(error).split())
        raise VoicebotError(f"The word list {path} is not valid YAML ({where}); correct that line.") from None
    if not isinstance(data, dict):
        raise VoicebotError(f"The word list {path} must be a mapping of names to lists; see its comments.")
    return data


def strings(value: object, where: str) -> tuple[str, ...]:
    """One string or a list of strings, as a tuple; `where` names file and key for the complaint."""
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(item, str) and item for item in items):
        raise VoicebotError(
            f"{where} must be a word or a list of words, not {value!r}; quote numbers and yes/no."
        )
    return tuple(items)
