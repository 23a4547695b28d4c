"""What happened in a call, as a person would tell it; and the journal, as a machine would."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from voicebot.actions import Action, Do, HangUp, Look, Record, Say, Transfer
from voicebot.call.journal import VERSION, write_action, write_event
from voicebot.events import Event, Heard, HungUp, Played, Transferred
from voicebot.runtime.driver import Observer


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened at `at` seconds. `kind` is say, said, heard, understood, look, do, ... ."""

    at: float
    kind: str
    data: Mapping[str, Any]


@dataclass(slots=True)
class CallLog:
    """Collects what matters of a call; `told` hears each entry as it happens."""

    told: Callable[[Entry], None] | None = None
    entries: list[Entry] = field(default_factory=list)
    ended: str | None = None

    def happened(self, event: Event, actions: list[Action], place: int | None, speech: bool) -> None:
        """Take note of an event and its actions."""
        if isinstance(event, Heard) and not actions:
            return
        if isinstance(event, HungUp):
            self.ended = event.by
        elif isinstance(event, Transferred):
            self.ended = "transferred"
        elif isinstance(event, Played) and not event.finished:
            self._add(Entry(event.at, "playing", {"utterance": event.utterance}))
        for action in actions:
            entry = _entry(event.at, action)
            if entry is not None:
                self._add(entry)

    def _add(self, entry: Entry) -> None:
        self.entries.append(entry)
        if self.told is not None:
            self.told(entry)

    def between(self, start: float, end: float, kind: str) -> list[Entry]:
        """Entries of a kind with start <= at < end."""
        return [entry for entry in self.entries if entry.kind == kind and start <= entry.at < end]


def _entry(at: float, action: Action) -> Entry | None:
    match action:
        case Say():
            return Entry(at, "say", {"text": action.text, "utterance": action.utterance})
        case Look() | Do():
            kind = "look" if isinstance(action, Look) else "do"
            return Entry(at, kind, {"name": action.name, "arguments": dict(action.arguments)})
        case Transfer():
            return Entry(at, "transfer", {"to": action.to, "story": dict(action.story)})
        case HangUp():
            return Entry(at, "hang_up", {"why": action.why})
        case Record():
            return Entry(at, action.kind, dict(action.data))
        case _:
            return None


class Journal:
    """Writes every event and action of a call to a file, a line at a time, so that nothing is lost by a crash."""

    def __init__(self, path: Path, header: Mapping[str, Any], *, recorded: bool = True) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: TextIO = path.open("w", encoding="utf-8", buffering=1)
        self._recorded = recorded
        self._write({"journal": VERSION, **header})

    def happened(self, event: Event, actions: list[Action], place: int | None, speech: bool) -> None:
        """Write an event and its actions."""
        self._write(write_event(event, place=place if self._recorded else None, speech=speech))
        for action in actions:
            self._write(write_action(action))

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def _write(self, line: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")


def read_journal(path: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The header and the lines of a journal; a last line that was cut off is left out."""
    lines = []
    for text in path.read_text(encoding="utf-8").splitlines():
        try:
            lines.append(json.loads(text))
        except json.JSONDecodeError:
            break
    return (lines[0], lines[1:]) if lines else ({}, [])


@dataclass(frozen=True, slots=True)
class Both:
    """Two observers that are told the same."""

    first: Observer
    second: Observer

    def happened(self, event: Event, actions: list[Action], place: int | None, speech: bool) -> None:
        """Tell both."""
        self.first.happened(event, actions, place, speech)
        self.second.happened(event, actions, place, speech)
