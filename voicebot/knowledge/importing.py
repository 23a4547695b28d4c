"""Entries from other people's files: CSV, Markdown and YAML, cleaned, with duplicates found and everything reported.

CSV has a heading row with `question` (or `questions`, several separated by | or ;) and `answer`, and perhaps the
other keys of an entry. Markdown has a heading per question and the answer below it; further questions to the same
answer are the items of a list that stands before it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from voicebot.errors import VoicebotError
from voicebot.knowledge.entries import Entry, read_entry
from voicebot.knowledge.signs import Signs

HEADINGS = {
    "问题": "questions",
    "question": "questions",
    "答案": "answer",
    "回答": "answer",
    "分类": "category",
    "类别": "category",
    "来源": "source",
    "编号": "id",
    "生效": "valid_from",
    "失效": "valid_until",
}
SPLIT = re.compile(r"[|;；\n]+")
TAGS = re.compile(r"<[^>]+>|[*_`#]+|!?\[([^\]]*)\]\([^)]*\)")
ALIKE = 0.8
"""Two questions that share this much of their characters' pairs say the same."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something the reader of the report should know: which entry, what (duplicate, empty, wrong), and why."""

    entry: str
    kind: str
    text: str


@dataclass(slots=True)
class Report:
    """What came of an import."""

    entries: list[Entry] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    cleaned: int = 0


def import_text(
    text: str, name: str, known: Sequence[Entry] = (), synonyms: dict[str, str] | None = None
) -> Report:
    """The entries of a file named `name`, cleaned, without what `known` has already.

    Raises VoicebotError when the file as a whole cannot be read.
    """
    report = Report()
    signs = Signs(synonyms or {})
    asked = _Asked(signs)
    for entry in known:
        asked.add(entry)
    for number, item in enumerate(_items(text, name), 1):
        _take(item, f"{name}, entry {number}", report, asked)
    return report


def _items(text: str, name: str) -> list[dict[str, Any]]:
    ending = name.rsplit(".", 1)[-1].lower()
    readers = {"csv": _from_csv, "md": _from_markdown, "markdown": _from_markdown}
    if ending in readers:
        items = readers[ending](text, name)
    elif ending in {"yaml", "yml"}:
        items = _from_yaml(text, name)
    else:
        raise VoicebotError(f"{name} is neither .csv, .md nor .yaml; export it as one of these")
    if not items:
        raise VoicebotError(
            f"{name} has no entries; a CSV needs the columns question and answer, Markdown a heading each"
        )
    return items


def _from_csv(text: str, name: str) -> list[dict[str, Any]]:
    rows = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    columns = [
        HEADINGS.get(str(column).strip().lower(), str(column).strip()) for column in rows.fieldnames or ()
    ]
    if not {"questions", "answer"} <= set(columns):
        raise VoicebotError(
            f"{name} needs the columns question and answer; it has {', '.join(columns) or 'none'}"
        )
    found = []
    for row in rows:
        item = {
            key: value for key, value in zip(columns, row.values(), strict=False) if isinstance(value, str)
        }
        questions = SPLIT.split(item.pop("questions", ""))
        found.append({"questions": questions, **{key: value for key, value in item.items() if value}})
    return found


def _from_markdown(text: str, _name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    category = ""
    for block in re.split(r"(?m)^(?=#+\s)", text):
        heading, _, body = block.partition("\n")
        if not heading.startswith("#"):
            continue
        title, lines = (
            heading.lstrip("#").strip(),
            [line.strip() for line in body.splitlines() if line.strip()],
        )
        if not lines:
            category = title
            continue
        more = [line[1:].strip() for line in lines if line[0] in "-*+" and line[1:2] == " "]
        answer = "".join(line for line in lines if line[0] not in "-*+>" or line[1:2] != " ")
        found.append({"questions": [title, *more], "answer": answer, "category": category})
    return found


def _from_yaml(text: str, name: str) -> list[dict[str, Any]]:
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise VoicebotError(f"{name} cannot be read: {' '.join(str(error).split())}") from error
    items = document.get("entries") if isinstance(document, dict) else document
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise VoicebotError(f"{name} needs `entries`, a list of mappings with questions and answer")
    defaults = (
        {key: document[key] for key in ("category", "source") if key in document}
        if document is not items
        else {}
    )
    return [{**defaults, **item} for item in items]


class _Asked:
    """The questions that are there already, bare, with their entries and pairs of characters."""

    def __init__(self, signs: Signs) -> None:
        self._signs = signs
        self._seen: dict[str, str] = {}
        self._pairs: dict[str, frozenset[str]] = {}

    def add(self, entry: Entry) -> None:
        """Remember an entry's questions."""
        for question in entry.questions:
            bare = self._signs.bare(question)
            self._seen.setdefault(bare, entry.id)
            self._pairs[bare] = _pairs(bare)

    def twin(self, entry: Entry) -> tuple[str, str] | None:
        """A question of this entry that another entry has already, and that entry."""
        for question in entry.questions:
            bare = self._signs.bare(question)
            mine = _pairs(bare)
            for other, theirs in self._pairs.items():
                if bare == other or len(mine & theirs) >= ALIKE * len(mine | theirs):
                    return question, self._seen[other]
        return None


def _take(item: dict[str, Any], where: str, report: Report, asked: _Asked) -> None:
    """Clean one item and put it into the report, or say why not."""
    questions = item.get("questions") or [item.get("question", "")]
    given = [str(question) for question in (questions if isinstance(questions, list) else [questions])]
    cleaned = [cleaned for cleaned in map(clean, given) if cleaned]
    answer = clean(str(item.get("answer") or ""))
    report.cleaned += sum(
        before != after
        for before, after in zip([*given, item.get("answer")], [*cleaned, answer], strict=False)
    )
    item = {**item, "questions": cleaned, "answer": answer}
    item.pop("question", None)
    item.setdefault("id", "imported-" + hashlib.sha256("".join(cleaned).encode("utf-8")).hexdigest()[:8])
    if not cleaned or not answer:
        report.remarks.append(Remark(where, "empty", "it has no question or no answer"))
        return
    try:
        entry = read_entry(item, {}, where)
    except VoicebotError as error:
        report.remarks.append(Remark(where, "wrong", str(error)))
        return
    twin = asked.twin(entry)
    if twin:
        report.remarks.append(Remark(entry.id, "duplicate", f"{twin[0]} is already asked in {twin[1]}"))
        return
    asked.add(entry)
    report.entries.append(entry)


def clean(text: str) -> str:
    """Plain text for speech: no markup, no addresses of pages, single spaces, Chinese stops at the end."""
    text = TAGS.sub(lambda match: match[1] or "", text.replace("\u3000", " ").replace("\xa0", " "))
    text = re.sub(r"https?://\S+", "", text)
    text = re.sub(r"^\s*(?:\d+[.、)]|[QqAa问答][::.])\s*", "", text)
    return re.sub(r"\s+", " ", text).strip()


def _pairs(bare: str) -> frozenset[str]:
    return frozenset(bare[at : at + 2] for at in range(len(bare) - 1)) or frozenset([bare])


def as_yaml(entries: Iterable[Entry]) -> str:
    """Entries as a file of the knowledge folder."""
    items = []
    for entry in entries:
        item: dict[str, Any] = {"id": entry.id, "questions": list(entry.questions), "answer": entry.answer}
        for key in ("category", "source", "valid_from", "valid_until"):
            if getattr(entry, key):
                item[key] = getattr(entry, key)
        if entry.conditions:
            item["conditions"] = {name: list(values) for name, values in entry.conditions.items()}
        items.append(item)
    return yaml.safe_dump({"entries": items}, allow_unicode=True, sort_keys=False, width=110)


def duplicates(entries: Sequence[Entry], synonyms: dict[str, str] | None = None) -> list[Remark]:
    """Questions that two entries of one knowledge base share."""
    signs, seen, found = Signs(synonyms or {}), dict[str, str](), []
    for entry in entries:
        for question in entry.questions:
            other = seen.setdefault(signs.bare(question), entry.id)
            if other != entry.id:
                found.append(Remark(entry.id, "duplicate", f"{question} is already asked in {other}"))
    return found
