"""Sentence templates: how people say things, written so that a linguist needs no Python.

    (我要|我想)退[掉]<it>      (a|b) one of several · [a] or (a)? may be left out · {list} a word of a list
                              <name> a part that is defined once and used in many templates

A template matches whole sentences, and brings forth sentences to learn from. White space means nothing in it. Parts
that contain no reference are flattened to sets of words, so that matching is mostly looking up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

_MOST = 300
_TOKEN = re.compile(r"\{(\w+)\}|<(\w+)>|([(\[])|([)\]])|(\|)|(\?)|([^{}<>()\[\]|?]+)")


class TemplateError(ValueError):
    """A template that cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Words:
    """One of these strings ("" among them when it may be left out)."""

    choices: tuple[str, ...]
    choice_set: frozenset[str]
    lengths: tuple[int, ...]

    @staticmethod
    def of(choices: Iterable[str]) -> Words:
        """The strings without doubles, in their order."""
        unique = tuple(dict.fromkeys(choices))
        return Words(unique, frozenset(unique), tuple(sorted({len(word) for word in unique})))


@dataclass(frozen=True, slots=True)
class Reference:
    """Whatever the list or the expansion of this name says."""

    name: str


@dataclass(frozen=True, slots=True)
class Sequence_:  # noqa: N801 - the plain name is a type of the standard library
    """All of these, one after the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of these."""

    options: tuple[Node, ...]


Node = Words | Reference | Sequence_ | Either


def parse(template: str) -> Node:
    """The tree of a template. Raises TemplateError for brackets that do not close and for empty names."""
    tokens = list(_TOKEN.finditer(re.sub(r"\s", "", template)))
    if sum(len(token[0]) for token in tokens) != len(re.sub(r"\s", "", template)):
        raise TemplateError(f"{template!r} has a {{, }}, < or > without its partner")
    node, position = _either(tokens, 0, template)
    if position != len(tokens):
        raise TemplateError(f"{template!r} closes a bracket that was not opened")
    return node


def _either(tokens: Sequence[re.Match[str]], position: int, template: str) -> tuple[Node, int]:
    options: list[Node] = []
    while True:
        option, position = _sequence(tokens, position, template)
        options.append(option)
        if position == len(tokens) or not tokens[position][5]:
            return _flat_either(options), position
        position += 1


def _sequence(tokens: Sequence[re.Match[str]], position: int, template: str) -> tuple[Node, int]:
    parts: list[Node] = []
    while position < len(tokens) and not tokens[position][4] and not tokens[position][5]:
        token = tokens[position]
        position += 1
        if token[6]:
            raise TemplateError(f"{template!r} has a ? that follows nothing that may be left out")
        if token[3]:
            part, position = _group(tokens, position, token[3], template)
        else:
            part = Reference(token[1] or token[2]) if token[1] or token[2] else Words.of([token[7]])
        if position < len(tokens) and tokens[position][6]:
            part, position = _flat_either([part, Words.of([""])]), position + 1
        parts.append(part)
    return _flat_sequence(parts), position


def _group(tokens: Sequence[re.Match[str]], position: int, bracket: str, template: str) -> tuple[Node, int]:
    inner, position = _either(tokens, position, template)
    if position == len(tokens) or tokens[position][4] != {"(": ")", "[": "]"}[bracket]:
        raise TemplateError(f"{template!r} opens a {bracket} that is not closed")
    return (inner if bracket == "(" else _flat_either([inner, Words.of([""])])), position + 1


def _flat_either(options: Sequence[Node]) -> Node:
    words = [word for option in options if isinstance(option, Words) for word in option.choices]
    others = tuple(option for option in options if not isinstance(option, Words))
    if not others:
        return Words.of(words)
    if len(options) == 1:
        return options[0]
    return Either((*others, Words.of(words)) if words else others)


def _flat_sequence(parts: Sequence[Node]) -> Node:
    """Neighbouring words are joined while there are not too many combinations."""
    joined: list[Node] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(part, Words) and isinstance(last, Words) and _few(part, last):
            joined[-1] = Words.of(a + b for a, b in product(last.choices, part.choices))
        else:
            joined.append(part)
    if not joined:
        return Words.of([""])
    return joined[0] if len(joined) == 1 else Sequence_(tuple(joined))


def _few(a: Words, b: Words) -> bool:
    return len(a.choices) * len(b.choices) <= _MOST and min(len(a.choices), len(b.choices)) <= 8


def references(node: Node) -> set[str]:
    """The names of all lists and expansions that this tree asks for directly."""
    if isinstance(node, Reference):
        return {node.name}
    children = node.parts if isinstance(node, Sequence_) else node.options if isinstance(node, Either) else ()
    return {name for child in children for name in references(child)}


def sample(node: Node, parts: Mapping[str, Node], rng: np.random.Generator) -> str:
    """One sentence that the tree describes, drawn with `rng`."""
    if isinstance(node, Words):
        return node.choices[int(rng.integers(len(node.choices)))]
    if isinstance(node, Reference):
        return sample(parts[node.name], parts, rng)
    if isinstance(node, Sequence_):
        return "".join(sample(part, parts, rng) for part in node.parts)
    weights = np.array([len(one.choices) if isinstance(one, Words) else 4.0 for one in node.options])
    return sample(node.options[int(rng.choice(len(weights), p=weights / weights.sum()))], parts, rng)


class Reader:
    """Matches many trees against one sentence; what a part matches at a place is found out once."""

    def __init__(self, text: str, parts: Mapping[str, Node]) -> None:
        self._text = text
        self._parts = parts
        self._known: dict[tuple[str, int], set[int]] = {}

    def whole(self, node: Node) -> bool:
        """Is the whole sentence one of the tree's?"""
        return len(self._text) in self._ends(node, 0)

    def _ends(self, node: Node, start: int) -> set[int]:
        """The places where a match of `node` that begins at `start` may end."""
        if isinstance(node, Words):
            text, choices, left = self._text, node.choice_set, len(self._text) - start
            return {
                start + size
                for size in node.lengths
                if size <= left and text[start : start + size] in choices
            }
        if isinstance(node, Reference):
            key = (node.name, start)
            known = self._known.get(key)
            if known is None:
                known = self._known[key] = self._ends(self._parts[node.name], start)
            return known
        if isinstance(node, Sequence_):
            return self._after_all(node, start)
        ends: set[int] = set()
        for option in node.options:
            ends |= self._ends(option, start)
        return ends

    def _after_all(self, node: Sequence_, start: int) -> set[int]:
        ends = {start}
        for part in node.parts:
            further: set[int] = set()
            for place in ends:
                further |= self._ends(part, place)
            if not further:
                return further
            ends = further
        return ends


def required(node: Node, parts: Mapping[str, Node]) -> tuple[frozenset[str], ...]:
    """Sets of words of which every sentence of the tree contains one each, the longest words first."""
    sets: list[frozenset[str]] = []
    if isinstance(node, Words):
        sets = [node.choice_set] if "" not in node.choice_set else []
    elif isinstance(node, Reference):
        sets = list(required(parts[node.name], parts))
    elif isinstance(node, Sequence_):
        sets = [words for part in node.parts for words in required(part, parts)]
    else:
        each = [required(option, parts) for option in node.options]
        sets = [frozenset().union(*(one[0] for one in each))] if all(each) else []
    return tuple(sorted(sets, key=lambda words: (-min(map(len, words)), len(words))))
