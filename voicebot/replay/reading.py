"""Reading a YAML file into a pydantic model, each mistake told with its file, line and key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Generic, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from voicebot.errors import VoicebotError

Key = tuple[str | int, ...]
"""The way to a value: ("turns", 3, "caller")."""
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Checked(Generic[Model]):
    """What a file says, and the line (from 1) on which each of its keys stands."""

    path: Path
    value: Model
    lines: Mapping[Key, int]

    def where(self, *key: str | int) -> str:
        """`FILE:LINE: turns[3].caller`, for a sentence about this key."""
        return _where(self.path, self.lines, key)


def read_checked(path: Path, model: type[Model]) -> Checked[Model]:
    """The file as `model`. Raises VoicebotError with a line for each mistake."""
    root, lines, data = _parsed(path)
    for key in _repeated(root, ()):
        raise VoicebotError(f"{_where(path, lines, key)}: is here twice.")
    try:
        return Checked(path, model.model_validate(data), lines)
    except ValidationError as error:
        mistakes = [(_key(found["loc"]), _reason(found)) for found in error.errors()]
        mistakes.sort(key=lambda mistake: _line(lines, mistake[0]))
        sentences = [f"{_where(path, lines, key)}: {reason}." for key, reason in mistakes]
        raise VoicebotError("\n".join(sentences)) from error


def _parsed(path: Path) -> tuple[yaml.Node, dict[Key, int], object]:
    """The YAML as nodes, the line of each key, and the data."""
    try:
        text = path.read_text("utf-8")
        root, data = yaml.compose(text, Loader=yaml.SafeLoader), yaml.safe_load(text)
        lines = dict(_lines(root, ()))
    except FileNotFoundError as error:
        raise VoicebotError(f"{path} does not exist; check the name.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise VoicebotError(f"{path} cannot be read as UTF-8 text ({error}).") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise VoicebotError(f"{path}:{line}: this is not YAML: {error.problem}.") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise VoicebotError(f"{path} is not YAML: {' '.join(str(error).split())}.") from error
    if not isinstance(root, yaml.MappingNode):
        raise VoicebotError(f"{path} must be a YAML mapping such as 'title: ...'.")
    return root, lines, data


def _children(node: yaml.Node | None) -> Iterator[tuple[str | int, yaml.Node, yaml.Node]]:
    """Each child's name, the node that marks its line, and the node of its value."""
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            yield str(name.value), name, value
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield number, value, value


def _lines(node: yaml.Node | None, key: Key) -> Iterator[tuple[Key, int]]:
    for name, mark, value in _children(node):
        yield (*key, name), mark.start_mark.line + 1
        yield from _lines(value, (*key, name))


def _repeated(node: yaml.Node, key: Key) -> Iterator[Key]:
    seen = set()
    for name, _, value in _children(node):
        if name in seen:
            yield (*key, name)
        seen.add(name)
        yield from _repeated(value, (*key, name))


def _key(location: Key) -> Key:
    """Without the names that pydantic gives to the branches of a union, which are written <so>."""
    return tuple(part for part in location if not str(part).startswith("<"))


def _line(lines: Mapping[Key, int], key: Key) -> int:
    while key and key not in lines:
        key = key[:-1]
    return lines.get(key, 1)


def _where(path: Path, lines: Mapping[Key, int], key: Key) -> str:
    return f"{path}:{_line(lines, key)}: {_dotted(key)}".rstrip(": ")


def _dotted(key: Key) -> str:
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in key)
    return "".join(parts).removeprefix(".")


def _reason(found: ErrorDetails) -> str:
    if found["type"] == "missing":
        return "is missing"
    if found["type"] == "extra_forbidden":
        return "is not a key that is known here"
    reason = found["msg"].removeprefix("Value error, ").rstrip(".")
    reason = f"{reason[:1].lower()}{reason[1:]}"
    if found["type"] == "value_error":
        return reason
    quotes = found["type"] == "string_type" and isinstance(found["input"], int | float | date)
    return f"{reason}; put it in quotes" if quotes else f"{reason}, not {_short(found)}"


def _short(found: ErrorDetails) -> str:
    shown = repr(found["input"])
    return shown if len(shown) <= 40 else f"{shown[:37]}..."
