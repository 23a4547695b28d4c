"""YAML that knows where it stands: mappings and lists that remember the line of each key and item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from voicebot.errors import VoicebotError

MOST_NODES = 200_000
"""A file whose anchors unfold to more than that is no script but an attack."""


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a script."""

    place: Place
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


class ScriptError(VoicebotError):
    """Everything that is wrong with a script, one line each: file, line, reason."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda one: (one.place.file, one.place.line)))
        listed = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(
            f"the dialogue script cannot be used; correct these places and start again:\n{listed}"
        )


class Table(dict[str, Any]):
    """A mapping with the place of itself and of each of its keys."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.places: dict[str, Place] = {}


class Row(list[Any]):
    """A list with the place of each of its items."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.places: list[Place] = []


def read_yaml(text: str, file: str, problems: list[Problem]) -> Table:
    """The mapping in `text`; mistakes are added to `problems`, and what can be read is returned."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problems.append(Problem(Place(file, line), f"not YAML: {error.problem}"))
        return Table(Place(file, 1))
    except yaml.YAMLError as error:
        problems.append(Problem(Place(file, 1), f"not YAML: {error}"))
        return Table(Place(file, 1))
    except RecursionError:
        problems.append(Problem(Place(file, 1), "not YAML that can be read: it is nested too deeply"))
        return Table(Place(file, 1))
    if node is not None and _size(node, {}) > MOST_NODES:
        problems.append(Problem(Place(file, 1), f"its anchors unfold to more than {MOST_NODES} values"))
        return Table(Place(file, 1))
    if not isinstance(node, yaml.MappingNode):
        problems.append(Problem(Place(file, 1), "a script is a mapping of sections such as flows and slots"))
        return Table(Place(file, 1))
    value = _located(node, file, problems)
    assert isinstance(value, Table)
    return value


def _size(node: yaml.Node, known: dict[int, int]) -> int:
    """How many values a node unfolds to, with what its aliases stand for; too many for one that holds itself."""
    if id(node) in known:
        return known[id(node)]
    known[id(node)] = MOST_NODES + 1
    inside: list[yaml.Node] = []
    if isinstance(node, yaml.MappingNode):
        inside = [one for pair in node.value for one in pair]
    elif isinstance(node, yaml.SequenceNode):
        inside = node.value
    known[id(node)] = 1 + sum(_size(one, known) for one in inside)
    return known[id(node)]


def _located(node: yaml.Node, file: str, problems: list[Problem]) -> Any:
    place = Place(file, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _table(node, place, problems)
    if isinstance(node, yaml.SequenceNode):
        row = Row(place)
        for child in node.value:
            row.append(_located(child, file, problems))
            row.places.append(Place(file, child.start_mark.line + 1))
        return row
    return _scalar(node)


def _scalar(node: yaml.Node) -> Any:
    # yes, no, on and off are words of the caller here, not truth values: only true and false are.
    if node.tag == "tag:yaml.org,2002:bool" and str(node.value).lower() not in {"true", "false"}:
        return str(node.value)
    if node.tag == "tag:yaml.org,2002:timestamp":
        return str(node.value)
    return yaml.constructor.SafeConstructor().construct_object(node)


def _table(node: yaml.MappingNode, place: Place, problems: list[Problem]) -> Table:
    table = Table(place)
    for key_node, value_node in node.value:
        here = Place(place.file, key_node.start_mark.line + 1)
        if not isinstance(key_node, yaml.ScalarNode):
            problems.append(Problem(here, "a key must be a word"))
            continue
        key = str(key_node.value)
        if key in table:
            problems.append(Problem(here, f"{key!r} is here twice"))
        table[key] = _located(value_node, place.file, problems)
        table.places[key] = here
    return table
