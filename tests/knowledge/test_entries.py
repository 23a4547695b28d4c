"""Entries in YAML, and what a mistake in them is called."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from voicebot.errors import VoicebotError
from voicebot.knowledge.entries import Entry, load_folder

GOOD = """
category: 退货
entries:
  - id: a
    questions: [能退吗]
    answer: 能退。
    valid_until: 2026-11-12
    conditions: {tier: [金卡]}
"""


def test_what_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD, encoding="utf-8")
    (entry,) = load_folder(tmp_path).entries
    assert (entry.category, entry.valid_until, entry.conditions) == (
        "退货",
        date(2026, 11, 12),
        {"tier": ("金卡",)},
    )


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("answer: 能退。", "", r"\(a\) needs `answer`"),
        ("questions: [能退吗]", "questions: 能退吗", r"\(a\) needs `questions`"),
        ("valid_until: 2026-11-12", "valid_until: soon", "`valid_until` must be a day"),
        ("valid_until:", "valid_til:", "unknown key 'valid_til'"),
        ("conditions: {tier: [金卡]}", "conditions: 金卡", "`conditions` must be a mapping"),
        ("entries:", "entries: [", "cannot be read"),
        ("  - id: a", "  - id: a\n    questions: [x]\n    answer: y\n  - id: a", "two entries 'a'"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, old: str, new: str, named: str) -> None:
    assert old in GOOD
    (tmp_path / "a.yaml").write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(VoicebotError, match=named):
        load_folder(tmp_path)


def test_a_folder_without_knowledge(tmp_path: Path) -> None:
    with pytest.raises(VoicebotError, match="no knowledge"):
        load_folder(tmp_path)


def test_when_an_entry_is_said() -> None:
    entry = Entry("a", ("q",), "a", valid_from=date(2026, 1, 2), valid_until=date(2026, 1, 3))
    assert [entry.valid(date(2026, 1, day)) for day in (1, 2, 3, 4)] == [False, True, True, False]


def test_the_shipped_knowledge_is_whole(root: Path) -> None:
    library = load_folder(root / "config" / "knowledge")
    assert len(library.entries) >= 80
    assert all(entry.category and entry.source and len(entry.questions) >= 5 for entry in library.entries)
    assert all(len(entry.answer) <= 110 for entry in library.entries)
