"""The grammars of a language: the folder `grammars/zh-CN/<intent>/*.yaml`, read, checked and searched.

    intent: invoice                 one file has one intent
    sentences:                      templates (voicebot.nlu.grammar)
      - "[<w>]开(张|个)发票"

`_common.yaml` beside the intents defines the lists, expansions and skip words that all of them share; `_heard.tsv` and
`_wishes.tsv` hold sentences to learn from besides (voicebot.nlu.grammar_tables).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from voicebot.errors import VoicebotError
from voicebot.nlu.grammar import Node, Reader, TemplateError, Words, parse, references, required, sample
from voicebot.nlu.grammar_tables import heard_lines, wish_lines
from voicebot.nlu.normalize import normalize, standard_rewriter
from voicebot.nlu.words import read_words

NUMBER = "#"
"""Stands for any long string of digits."""

_INSISTED = 4
_NOT_INTENTS = {"expecting", "words"}
_SILENT = re.compile(r"[\s,，。.!！?？:：;；…、~～\"'“”‘’()（）—\-]+")
_SAYS = re.compile(r"[^\W\d_]|[<{]")
_DIGITS = re.compile(r"[0-9零〇一二三四五六七八九幺洞]{4,}|[0-9]{3,}")


@dataclass(frozen=True, slots=True)
class Template:
    """One template and what it means."""

    intent: str
    text: str
    node: Node
    needs: tuple[frozenset[str], ...]
    """Sets of words; the template says nothing without one of each."""

    @property
    def whole(self) -> bool:
        """Does it stand for one sentence only?"""
        return not set(self.text) & set("[](){}<>|?")


@dataclass(frozen=True, eq=False)
class Grammars:
    """All templates of one language. Immutable; safe to use from several threads."""

    templates: tuple[Template, ...]
    parts: Mapping[str, Node]
    digest: str
    heard: tuple[tuple[str, str, str], ...]
    """What a recogniser made of sentences: (intent, said, heard)."""
    _before: re.Pattern[str]
    _after: re.Pattern[str]
    _empty: re.Pattern[str]
    _by_anchor: Mapping[str, tuple[int, ...]]
    _longest: int
    _unanchored: tuple[int, ...]
    kinds: Mapping[str, str] = field(default_factory=dict)
    """The words of the shared lists, each with the name of its list."""
    wishes: tuple[tuple[tuple[str, ...], str], ...] = ()
    """Sentences that are told apart by how many wishes they hold: (the intents in order, the sentence)."""

    @property
    def intents(self) -> tuple[str, ...]:
        """The names of all intents, sorted."""
        return tuple(sorted({template.intent for template in self.templates}))

    def bare(self, text: str) -> str:
        """What is left of a sentence without dialect, punctuation, politeness and hesitation around it.

        Long strings of digits become one sign. A sentence that is nothing but politeness stays as it is.
        """
        text = _DIGITS.sub(NUMBER, _SILENT.sub("", normalize(text.lower())))
        shorter = self._after.sub("", self._before.sub("", text))
        return text if not shorter or self._empty.fullmatch(text) else shorter

    def match(self, bare: str, without: frozenset[int] = frozenset()) -> frozenset[str]:
        """The intents of which some template is exactly this (bare) sentence.

        `without` are numbers of templates that are to be left out.
        """
        reader = Reader(bare, self.parts)
        found: set[str] = set()
        for number in self._candidates(bare) - without:
            template = self.templates[number]
            if template.intent not in found and reader.whole(template.node):
                found.add(template.intent)
        return frozenset(found)

    def _candidates(self, bare: str) -> set[int]:
        """The templates whose every needed word is somewhere in the sentence."""
        size = len(bare)
        pieces = {
            bare[start:end]
            for start in range(size)
            for end in range(start + 1, min(size, start + self._longest) + 1)
        }
        numbers = set(self._unanchored)
        for piece in pieces:
            numbers.update(self._by_anchor.get(piece, ()))
        return {
            number
            for number in numbers
            if not any(pieces.isdisjoint(words) for words in self.templates[number].needs)
        }

    def draw(self, template: Template, rng: np.random.Generator) -> str:
        """A bare sentence of this template."""
        return self.bare(sample(template.node, self.parts, rng))

    def spoken(self, template: Template, rng: np.random.Generator) -> str:
        """A sentence of this template as it would be said, numbers and all."""
        return sample(template.node, self.parts, rng)


def load_grammars(folder: Path) -> Grammars:
    """Read a language's folder. Raises VoicebotError that names the file and the line that is wrong."""
    common = _read(folder / "_common.yaml")
    files = sorted(path for path in folder.glob("*/*.yaml") if path.parent.name not in _NOT_INTENTS)
    if not files:
        raise VoicebotError(
            f"There are no grammars in {folder}; point `grammars` to a folder of <intent>/*.yaml."
        )
    parts = _parts(common, folder / "_common.yaml")
    templates = tuple(template for path in files for template in _templates(path, parts))
    digest = hashlib.sha256()
    heard, wishes = folder / "_heard.tsv", folder / "_wishes.tsv"
    for path in [
        folder / "_common.yaml",
        *files,
        *(path for path in sorted(folder.glob("words/*.yaml")) if not path.stem.startswith("mood")),
        *folder.glob(heard.name),
        *folder.glob(wishes.name),
    ]:
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    joined = _joined(templates, parts, digest.hexdigest(), heard_lines(heard), _skip_words(common, folder))
    return replace(joined, kinds=_kinds(common, folder / "words"), wishes=wish_lines(wishes))


def domain_sentences(grammars: Grammars, per_template: int = 5) -> list[str]:
    """Typical sentences of callers, each once: what the recogniser may expect to hear.

    Requests for a human are drawn more often than others, since they must not be missed.
    """
    rng = np.random.default_rng(11)
    sentences: dict[str, None] = {}
    for template in grammars.templates:
        if template.intent == "out_of_scope":
            continue
        for _ in range(per_template * (_INSISTED if template.intent == "human_agent" else 1)):
            text = re.sub(r"\d{3,}", "", grammars.spoken(template, rng))
            if len(text) > 1:
                sentences[text] = None
    return list(sentences)


def _joined(
    templates: tuple[Template, ...],
    parts: dict[str, Node],
    digest: str,
    heard: tuple[tuple[str, str, str], ...],
    skip: tuple[list[str], list[str]],
) -> Grammars:
    by_anchor: dict[str, list[int]] = {}
    unanchored: list[int] = []
    for number, template in enumerate(templates):
        for word in template.needs[0] if template.needs else ():
            by_anchor.setdefault(word, []).append(number)
        if not template.needs:
            unanchored.append(number)
    before = _either(skip[0])
    particles = _either([word for word in skip[1] if len(word) == 1])
    thanks = _either([word for word in skip[1] if len(word) > 1])
    return Grammars(
        templates,
        parts,
        digest,
        heard,
        re.compile(rf"^(?:(?:{before})(?!了|$))+(?=.)"),
        re.compile(rf"(?:(?<=..)(?:{particles})|(?<=...)(?:{thanks}))+$"),
        re.compile(rf"(?:{before}|{particles}|{thanks}|了)+"),
        {word: tuple(numbers) for word, numbers in by_anchor.items()},
        max(map(len, by_anchor), default=0),
        tuple(unanchored),
    )


def _kinds(common: dict[str, Any], words: Path) -> dict[str, str]:
    """Each word of the lists with the first list that has it; the everyday names of goods are products."""
    goods = read_words("things", words).get("things", "") if (words / "things.yaml").is_file() else ""
    listed = [*(common.get("lists") or {}).items(), ("product", str(goods).split())]
    plain = standard_rewriter()
    return {
        plain(str(word).lower()): str(name)
        for name, words_ in reversed(listed)
        for word in words_
        if len(str(word)) > 1 and not str(word).isdecimal()
    }


def _skip_words(common: dict[str, Any], folder: Path) -> tuple[list[str], list[str]]:
    """What may stand before and after any sentence."""
    words, path = common.get("skip_words") or {}, folder / "_common.yaml"
    return (
        _strings(words.get("before", []), path, "skip_words: before"),
        _strings(words.get("after", []), path, "skip_words: after"),
    )


def _parts(common: dict[str, Any], path: Path) -> dict[str, Node]:
    parts: dict[str, Node] = {}
    for name, words in (common.get("lists") or {}).items():
        listed = [_DIGITS.sub(NUMBER, word.lower()) if word.isdecimal() else word.lower()
                  for word in _strings(words, path, f"lists: {name}")]  # fmt: skip
        parts[str(name)] = Words.of(map(standard_rewriter(), listed))
    for name, text in (common.get("expansions") or {}).items():
        parts[str(name)] = _parsed(str(text), f"{path}: expansions: {name}")
    for name, node in parts.items():
        _check(node, parts, f"{path}: {name}", (name,))
    return parts


def _templates(path: Path, parts: Mapping[str, Node]) -> list[Template]:
    data = _read(path)
    intent, sentences = data.get("intent"), data.get("sentences")
    if not isinstance(intent, str) or not isinstance(sentences, list):
        raise VoicebotError(f"{path} must have `intent` (a name) and `sentences` (a list of templates).")
    templates = []
    for line, text in enumerate(_strings(sentences, path, "sentences"), 1):
        if not _SAYS.search(text):
            raise VoicebotError(
                f"{path}: sentence {line} is a number alone, which wants nothing; take it out."
            )
        node = _parsed(text, f"{path}: sentence {line}")
        _check(node, parts, f"{path}: sentence {line}", ())
        templates.append(Template(intent, text, node, required(node, parts)))
    return templates


def _parsed(text: str, where: str) -> Node:
    try:
        return parse(standard_rewriter()(text.lower()))
    except TemplateError as error:
        raise VoicebotError(f"{where}: {error}; see the head of _common.yaml for the signs.") from None


def _check(node: Node, parts: Mapping[str, Node], where: str, within: tuple[str, ...]) -> None:
    for name in references(node):
        if name not in parts:
            raise VoicebotError(f"{where} asks for {name!r}, which is no list or expansion of _common.yaml.")
        if name in within:
            raise VoicebotError(
                f"{where}: the expansion {name!r} contains itself; take it out of its own text."
            )
        _check(parts[name], parts, where, (*within, name))


def _read(path: Path) -> dict[str, Any]:
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except FileNotFoundError:
        raise VoicebotError(
            f"The grammar file {path} is missing; put it back or set the grammars folder."
        ) from None
    except yaml.YAMLError as error:
        raise VoicebotError(f"{path} is not valid YAML: {' '.join(str(error).split())}.") from None
    if not isinstance(data, dict):
        raise VoicebotError(f"{path} must be a mapping with `intent` and `sentences`.")
    return data


_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _strings(value: Any, path: Path, key: str) -> list[str]:
    if not isinstance(value, list):
        raise VoicebotError(f"{path}: {key} must be a list of words, not {value!r}.")
    for number, item in enumerate(value, 1):
        if not isinstance(item, str) or not item:
            raise VoicebotError(
                f"{path}: {key}, entry {number} must be text, not {item!r}; put it in quotes."
            )
    return value


def _either(words: list[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True))) or r"(?!)"
