"""The folder where models are kept, and whether what lies there is whole.

A file that was verified by its SHA-256 is remembered with its size and modification time in `.verified.json`
beside it, so that a start reads no 170 MB again; a file that differs from its note is hashed anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from enum import Enum
from pathlib import Path

import platformdirs

from voicebot.errors import VoicebotError
from voicebot.models.table import File, Model, named

STAMP = ".verified.json"


class State(Enum):
    """What is known of one file."""

    OK = "ok"
    MISSING = "missing"
    CORRUPTED = "corrupted"


def cache_folder() -> Path:
    """The folder of all models: $VOICEBOT_MODELS, else the platform's cache folder for voicebot."""
    chosen = os.environ.get("VOICEBOT_MODELS")
    return Path(chosen).expanduser() if chosen else platformdirs.user_cache_path("voicebot")


def folder(name: str) -> Path:
    """The folder of a whole model. Raises VoicebotError when it is missing, incomplete or corrupted."""
    (model,) = named([name])
    states = check(model, deep=False)
    bad = [path for path, state in states.items() if state is not State.OK]
    if len(bad) == len(states) and State.CORRUPTED not in states.values():
        raise VoicebotError(f"model {name} is not installed; run: voicebot models fetch {name}")
    if bad:
        what = states[bad[0]].value
        raise VoicebotError(
            f"model {name} is {what} in {home(model) / bad[0]}; run: voicebot models fetch {name}"
        )
    return home(model)


def check(model: Model, deep: bool = True) -> dict[str, State]:
    """The state of each file of `model`, by its path. `deep` hashes every file, whatever was noted before."""
    notes = _notes(model)
    states: dict[str, State] = {}
    seen: dict[str, list[int | str]] = {}
    for file in model.files:
        note = _note(home(model) / file.path, file)
        if note is None:
            states[file.path] = State.MISSING
        elif (not deep and note == notes.get(file.path)) or whole(home(model) / file.path, file):
            states[file.path] = State.OK
            seen[file.path] = note
        else:
            states[file.path] = State.CORRUPTED
    if seen != notes:
        _remember(model, seen)
    return states


def home(model: Model) -> Path:
    """Where this model's files lie."""
    return cache_folder() / model.name


def whole(path: Path, file: File) -> bool:
    """Does `path` hold exactly the bytes of `file`?"""
    if path.stat().st_size != file.size:
        return False
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() == file.sha256


def _note(path: Path, file: File) -> list[int | str] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return [stat.st_size, stat.st_mtime_ns, file.sha256] if path.is_file() else None


def _notes(model: Model) -> dict[str, list[int | str]]:
    try:
        notes = json.loads((home(model) / STAMP).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return notes if isinstance(notes, dict) else {}


def _remember(model: Model, seen: dict[str, list[int | str]]) -> None:
    """Keep the notes; a folder that cannot be written just goes without."""
    stamp = home(model) / STAMP
    draft = stamp.with_name(f"{STAMP}.{os.getpid()}")
    with contextlib.suppress(OSError):
        draft.write_text(json.dumps(seen), "utf-8")
        draft.replace(stamp)
