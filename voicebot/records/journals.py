"""The journal of a live call, sealed line by line: what a call was told and what it asked for, to be replayed.

Each line of the file is the sealed JSON object of one line of the journal (see voicebot.call.journal) in base64,
bound to its place. A last line that was cut off is left out.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from voicebot.actions import Action
from voicebot.call.journal import VERSION, write_action, write_event
from voicebot.errors import VoicebotError
from voicebot.events import Event
from voicebot.records.recordings import FolderShelf, plain_name, plain_names
from voicebot.records.vault import Vault

ENDING = ".journal"


class SealedJournal:
    """Implements Observer: writes every event and action of a call to a file that only the key opens."""

    def __init__(self, path: Path, header: Mapping[str, Any], vault: Vault, *, recorded: bool = True) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(handle, "wb", buffering=0)
        self._name = path.name
        self._vault = vault
        self._recorded = recorded
        self._lines = 0
        self._write({"journal": VERSION, **header})

    def happened(self, event: Event, actions: list[Action], place: int | None, speech: bool) -> None:
        """Write an event and its actions."""
        lines = [write_event(event, place=place if self._recorded else None, speech=speech)]
        self._write(*lines, *(write_action(action) for action in actions))

    def close(self) -> None:
        """Nothing more happens."""
        self._file.close()

    def _write(self, *lines: Mapping[str, Any]) -> None:
        text = b""
        for line in lines:
            plain = json.dumps(line, ensure_ascii=False, default=str).encode()
            text += base64.b64encode(self._vault.seal(plain, _place(self._name, self._lines))) + b"\n"
            self._lines += 1
        self._file.write(text)


def read_sealed_journal(path: Path, vault: Vault) -> Iterator[dict[str, Any]]:
    """The lines of a journal, the header first. Raises VoicebotError for a wrong key or a file that is not there."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise VoicebotError(f"the journal {path} cannot be read ({error.strerror})") from error
    for number, line in enumerate(data.split(b"\n")[:-1]):
        yield json.loads(vault.unseal(base64.b64decode(line), _place(path.name, number)))


def is_old(path: Path, vault: Vault) -> bool:
    """Was it sealed with a key from before? False when it is not there, or has no whole line."""
    try:
        with path.open("rb") as file:
            first = file.readline()
    except FileNotFoundError:
        return False
    return first.endswith(b"\n") and not base64.b64decode(first).startswith(vault.mark)


def reseal_journal(path: Path, vault: Vault) -> None:
    """Seal a journal with the present key, under the name that its call has with that key."""
    lines = list(read_sealed_journal(path, vault))
    name = plain_name(vault, str(lines[0].get("call", ""))) + ENDING
    if path.name.removesuffix(ENDING) not in plain_names(vault, str(lines[0].get("call", ""))):
        name = path.name
    plain = (json.dumps(line, ensure_ascii=False).encode() for line in lines)
    sealed = (vault.seal(line, _place(name, number)) for number, line in enumerate(plain))
    FolderShelf(path.parent).put(name, b"".join(base64.b64encode(line) + b"\n" for line in sealed))
    if name != path.name:
        path.unlink(missing_ok=True)


def _place(name: str, number: int) -> str:
    return f"journal {name} {number}"
