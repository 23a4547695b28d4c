"""Sentences to learn from that are no templates, in tables beside the intents' folders, columns parted by tabs.

_heard.tsv    intent, what was said, what a recogniser made of it
_wishes.tsv   one intent, or two in order with a comma; the sentence: what tells two wishes from one
"""

from __future__ import annotations

from pathlib import Path

from voicebot.errors import VoicebotError


def heard_lines(path: Path) -> tuple[tuple[str, str, str], ...]:
    """(intent, said, heard) of each line. Raises VoicebotError that names a line with other columns."""
    return tuple((intent, said, heard) for intent, said, heard in _lines(path, "intent, said and heard", 3))


def wish_lines(path: Path) -> tuple[tuple[tuple[str, ...], str], ...]:
    """(intents in order, sentence) of each line. Raises VoicebotError that names a line with other columns."""
    return tuple((tuple(names.split(",")), text) for names, text in _lines(path, "intents and sentence", 2))


def _lines(path: Path, what: str, columns: int) -> list[list[str]]:
    """The lines of a file that may be absent, split at tabs; those that begin with # left out."""
    if not path.is_file():
        return []
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    rows = [(number, line.split("\t")) for number, line in lines if line[:1] != "#"]
    if wrong := next((number for number, row in rows if len(row) != columns), None):
        raise VoicebotError(f"{path}: line {wrong} must be {what} with a tab between them.")
    return [row for _, row in rows]
