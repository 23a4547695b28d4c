"""Entries of the knowledge base, and their YAML form.

A file has a `category`, a `source` and a list of `entries`, each with an `id`, `questions`, an `answer` and, where
needed, `conditions`, `valid_from`, `valid_until` (both included), and a category or source of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from voicebot.errors import VoicebotError

KEYS = frozenset(
    ["id", "questions", "answer", "conditions", "category", "valid_from", "valid_until", "source"]
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing the shop knows. `conditions` name facts about the caller and the values for which it is said."""

    id: str
    questions: tuple[str, ...]
    answer: str
    category: str = ""
    source: str = ""
    conditions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    valid_from: date | None = None
    valid_until: date | None = None

    def valid(self, today: date) -> bool:
        """May it be said on this day?"""
        begun = self.valid_from is None or self.valid_from <= today
        return begun and (self.valid_until is None or today <= self.valid_until)

    def applies(self, facts: Mapping[str, str]) -> bool:
        """Is it meant for a caller of whom these facts are known?"""
        return all(facts.get(name) in values for name, values in self.conditions.items())


@dataclass(frozen=True, slots=True)
class Library:
    """All entries, the sentences that have no answer, and what is called by several names."""

    entries: tuple[Entry, ...]
    unanswerable: tuple[str, ...] = ()
    synonyms: Mapping[str, str] = field(default_factory=dict)
    attributes: tuple[Mapping[str, Any], ...] = ()
    otherwise: tuple[str, ...] = ()
    """Sentences that name goods and ask for none of their attributes."""


def load_folder(folder: Path) -> Library:
    """Everything in the *.yaml files of a folder. Raises VoicebotError that names the file, the entry, the reason."""
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise VoicebotError(f"there is no knowledge in {folder}: it has no *.yaml files; name another folder")
    documents = [(file, _read(file)) for file in files]
    entries = [entry for file, document in documents for entry in read_entries(document, str(file))]
    _unique(entries)
    return Library(
        _phrased(entries, documents),
        tuple(str(text) for _, document in documents for text in document.get("unanswerable") or ()),
        _synonyms(document for _, document in documents),
        _attributes(documents),
        tuple(str(text) for _, document in documents for text in document.get("otherwise") or ()),
    )


def as_item(entry: Entry) -> dict[str, Any]:
    """The entry as plain data, as read_entry takes it."""
    item = {"id": entry.id, "questions": list(entry.questions), "answer": entry.answer}
    more = {
        "category": entry.category,
        "source": entry.source,
        "conditions": {name: list(values) for name, values in entry.conditions.items()},
        "valid_from": entry.valid_from and entry.valid_from.isoformat(),
        "valid_until": entry.valid_until and entry.valid_until.isoformat(),
    }
    return item | {key: value for key, value in more.items() if value}


def changed(library: Library, changes: Mapping[str, Entry | None]) -> Library:
    """The library with these entries instead of its own of the same id; None removes one. Their order stays."""
    known: dict[str, Entry | None] = {entry.id: entry for entry in library.entries}
    known.update(changes)
    return replace(library, entries=tuple(entry for entry in known.values() if entry is not None))


def _read(file: Path) -> dict[str, Any]:
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise VoicebotError(f"{file} cannot be read: {' '.join(str(error).split())}") from error
    if not isinstance(document, dict):
        raise VoicebotError(f"{file} must be a mapping with `entries`; see the other files of its folder")
    return document


def read_entries(document: Mapping[str, Any], where: str) -> list[Entry]:
    """The entries of one document. Raises VoicebotError that names `where`, the entry and the reason."""
    found = document.get("entries") or []
    if not isinstance(found, list):
        raise VoicebotError(f"{where}: `entries` must be a list")
    return [read_entry(item, document, f"{where}, entry {number}") for number, item in enumerate(found, 1)]


def read_entry(item: Any, defaults: Mapping[str, Any], where: str) -> Entry:
    """One entry from its mapping; `defaults` give category and source."""
    if not isinstance(item, Mapping):
        raise VoicebotError(f"{where} must be a mapping with id, questions and answer")
    where = f"{where} ({item['id']})" if "id" in item else where
    unknown = set(item) - KEYS
    if unknown:
        raise VoicebotError(f"{where} has an unknown key {sorted(map(str, unknown))[0]!r}")
    questions = item.get("questions")
    if not isinstance(questions, list) or not questions or not all(isinstance(q, str) for q in questions):
        raise VoicebotError(f"{where} needs `questions`, a list of sentences")
    for key in ("id", "answer"):
        if not isinstance(item.get(key), str) or not item[key].strip():
            raise VoicebotError(f"{where} needs `{key}`, a text")
    return Entry(
        item["id"],
        tuple(questions),
        item["answer"].strip(),
        str(item.get("category", defaults.get("category", ""))),
        str(item.get("source", defaults.get("source", ""))),
        _conditions(item.get("conditions") or {}, where),
        _day(item, "valid_from", where),
        _day(item, "valid_until", where),
    )


def _conditions(given: Any, where: str) -> dict[str, tuple[str, ...]]:
    if not isinstance(given, Mapping):
        raise VoicebotError(f"{where}: `conditions` must be a mapping such as {{tier: [金卡]}}")
    return {
        str(name): tuple(map(str, values if isinstance(values, list) else [values]))
        for name, values in given.items()
    }


def _day(item: Mapping[str, Any], key: str, where: str) -> date | None:
    value = item.get(key)
    if value is None or (isinstance(value, date) and type(value) is date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise VoicebotError(f"{where}: `{key}` must be a day such as 2026-12-31, not {value!r}") from None


def _unique(entries: Iterable[Entry]) -> None:
    seen: set[str] = set()
    for entry in entries:
        if entry.id in seen:
            raise VoicebotError(f"the knowledge base has two entries {entry.id!r}; give one another id")
        seen.add(entry.id)


def _phrased(entries: Sequence[Entry], documents: Sequence[tuple[Path, dict[str, Any]]]) -> tuple[Entry, ...]:
    """The entries with the further questions that documents have for them under `phrasings`."""
    more: dict[str, list[str]] = {}
    for file, document in documents:
        for name, questions in (document.get("phrasings") or {}).items():
            if not isinstance(questions, list) or not all(isinstance(one, str) for one in questions):
                raise VoicebotError(f"{file}: the phrasings of {name!r} must be a list of sentences")
            if all(entry.id != name for entry in entries):
                raise VoicebotError(f"{file} has phrasings of {name!r}, but there is no such entry")
            more.setdefault(str(name), []).extend(questions)
    return tuple(
        replace(entry, questions=tuple(dict.fromkeys((*entry.questions, *more.get(entry.id, ())))))
        for entry in entries
    )


def _attributes(documents: Sequence[tuple[Path, dict[str, Any]]]) -> tuple[Mapping[str, Any], ...]:
    """The attributes with the sentences that documents have for them under `asked`."""
    found = {
        str(item["name"]): item for _, document in documents for item in document.get("attributes") or ()
    }
    for file, document in documents:
        for name, sentences in (document.get("asked") or {}).items():
            if name not in found:
                raise VoicebotError(
                    f"{file} has sentences that ask for {name!r}, but there is no such attribute"
                )
            if not isinstance(sentences, list) or not all(isinstance(one, str) for one in sentences):
                raise VoicebotError(f"{file}: what asks for {name!r} must be a list of sentences")
            found[name] = found[name] | {"asked": [*(found[name].get("asked") or ()), *sentences]}
    return tuple(found.values())


def _synonyms(documents: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Every word of a group stands for the group's first."""
    return {
        str(word): str(group[0])
        for document in documents
        for group in document.get("synonyms") or ()
        for word in group[1:]
    }
