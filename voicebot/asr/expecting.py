"""What the recogniser is told to expect: files in grammars/<language>/expecting, checked when they are loaded.

kind: digits        # digits: strings of digits; phrases: one of these; sentences: anything
lengths: [4]        # digits only: how many digits a complete answer has
starts: "1"         # digits only: how a complete answer begins
phrases: [...]      # what callers say here, as written
includes: [common]  # other files whose phrases are expected as well
words:              # how to say a word that the recogniser would spell badly
  iPhone: 爱疯
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

import yaml

from voicebot.errors import VoicebotError

Kind = Literal["digits", "phrases", "sentences"]
KINDS = ("digits", "phrases", "sentences")
_KEYS = frozenset(("kind", "lengths", "starts", "phrases", "includes", "words"))


@dataclass(frozen=True, slots=True)
class Expecting:
    """One thing that a caller may be asked for, and how he may say it."""

    name: str
    kind: Kind
    phrases: tuple[str, ...] = ()
    lengths: tuple[int, ...] = ()
    starts: str = ""
    words: Mapping[str, str] = field(default_factory=dict)


def load(folder: Path) -> dict[str, Expecting]:
    """All files of `folder`, by name. Raises VoicebotError, one sentence, for the first mistake found."""
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        raise VoicebotError(
            f"There are no *.yaml files in {folder}; the recogniser needs to know what to expect."
        )
    raw = {path.stem: _read(path) for path in paths}
    return {path.stem: _expecting(path, raw, folder) for path in paths}


def _read(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise VoicebotError(f"{path} cannot be read as YAML: {reason}.") from error
    if not isinstance(content, dict):
        raise VoicebotError(f"{path} must be a mapping with the key kind; see digits.yaml beside it.")
    _check(path, content)
    return content


def _check(path: Path, content: dict[str, Any]) -> None:
    for key in content:
        if key not in _KEYS:
            raise VoicebotError(f"{path}: unknown key {key!r}; the keys are {', '.join(sorted(_KEYS))}.")
    if content.get("kind") not in KINDS:
        raise VoicebotError(f"{path}: kind must be one of {', '.join(KINDS)}, not {content.get('kind')!r}.")
    for key in ("phrases", "includes"):
        _check_list(path, key, content.get(key, []), str)
    _check_list(path, "lengths", content.get("lengths", []), int)
    if not isinstance(content.get("starts", ""), str) or not all(
        c.isdigit() for c in content.get("starts", "")
    ):
        raise VoicebotError(f"{path}: starts must be digits in quotes, not {content['starts']!r}.")
    words = content.get("words", {})
    if not isinstance(words, dict) or not all(isinstance(w, str) for pair in words.items() for w in pair):
        raise VoicebotError(f"{path}: words must map a written word to how it is said, both text.")
    if content["kind"] != "digits" and (content.get("lengths") or content.get("starts")):
        raise VoicebotError(f"{path}: lengths and starts are only for kind: digits.")


def _check_list(path: Path, key: str, found: object, of: type) -> None:
    if not isinstance(found, list) or not all(type(item) is of for item in found):
        what = "whole numbers" if of is int else "text (put words such as 是 or no in quotes)"
        raise VoicebotError(f"{path}: {key} must be a list of {what}.")


def _expecting(path: Path, raw: Mapping[str, dict[str, Any]], folder: Path) -> Expecting:
    phrases: dict[str, None] = {}
    words: dict[str, str] = {}
    for name in _included(path.stem, raw, folder, ()):
        phrases |= dict.fromkeys(raw[name].get("phrases", []))
        words |= raw[name].get("words", {})
    own = raw[path.stem]
    return Expecting(
        path.stem,
        cast(Kind, own["kind"]),
        tuple(phrases),
        tuple(own.get("lengths", ())),
        own.get("starts", ""),
        words,
    )


def _included(
    name: str, raw: Mapping[str, dict[str, Any]], folder: Path, above: tuple[str, ...]
) -> list[str]:
    if name not in raw:
        raise VoicebotError(
            f"{folder / above[-1]}.yaml includes {name!r}, which is not there; there are {', '.join(sorted(raw))}."
        )
    if name in above:
        raise VoicebotError(f"{folder / above[-1]}.yaml includes {name!r}, which includes it again.")
    names = [name]
    for other in raw[name].get("includes", []):
        names += [n for n in _included(other, raw, folder, (*above, name)) if n not in names]
    return names
