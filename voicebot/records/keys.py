"""Where the keys come from: the environment, or a file that only its owner may read, made at the first start.

The environment's VOICEBOT_KEY goes before the file; VOICEBOT_KEY_BEFORE is the key that held until then, while what was
sealed with it is sealed anew. A file has the key in its first line, and in the next one that which held before. A key
has 64 hexadecimal digits. Whoever loses the key loses the records.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from voicebot.errors import VoicebotError
from voicebot.records.vault import BEFORE, ENVIRONMENT, KEY_BYTES


def given_keys() -> list[bytes]:
    """The keys of the environment, the present one first; none where it has none."""
    named = [(name, os.environ.get(name)) for name in (ENVIRONMENT, BEFORE)]
    if named[0][1] is None:
        return []
    return [_parsed(text, f"the environment's {name}") for name, text in named if text is not None]


def read_keys(file: Path) -> list[bytes]:
    """The keys of the environment, else of this file, else a new one that is written there with mode 600."""
    given = given_keys()
    if given:
        return given
    try:
        if not file.exists():
            _make(file)
        loose = file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
        lines = file.read_text(encoding="ascii").split()
    except (OSError, UnicodeDecodeError) as error:
        raise VoicebotError(f"the key file {file} cannot be used: {error}") from error
    if loose:
        raise VoicebotError(f"the key file {file} may be read by others; run `chmod 600 {file}`")
    return [_parsed(line, f"the key file {file}") for line in lines or [""]]


def begin_change(file: Path) -> None:
    """Put a new key before the one that the file has; nothing is done where that was begun already."""
    keys = read_keys(file)
    if len(keys) == 1:
        _put(file, [secrets.token_bytes(KEY_BYTES), *keys])


def end_change(file: Path) -> None:
    """Keep the present key only."""
    _put(file, read_keys(file)[:1])


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Only one process at a time changes the key of this file; the lock goes with the process."""
    file.parent.mkdir(parents=True, exist_ok=True)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise VoicebotError("the key is being changed by another process; wait until it is done") from None
    finally:
        os.close(folder)


def _make(file: Path) -> None:
    """Write a whole new key at once, so that no reader ever sees half of one, and never over another."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = _written(file, [secrets.token_bytes(KEY_BYTES)])
    try:
        os.link(unfinished, file)
    except FileExistsError:
        pass
    finally:
        unfinished.unlink()


def _put(file: Path, keys: Sequence[bytes]) -> None:
    """Exchange the file at once; both the file and its name are on the disk before anything is sealed."""
    try:
        _written(file, keys).replace(file)
        folder = os.open(file.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
    except OSError as error:
        raise VoicebotError(f"the key file {file} cannot be written ({error.strerror})") from error


def _written(file: Path, keys: Sequence[bytes]) -> Path:
    unfinished = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.writelines(key.hex() + "\n" for key in keys)
        out.flush()
        os.fsync(out.fileno())
    return unfinished


def _parsed(text: str, where: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise VoicebotError(f"{where} must hold {2 * KEY_BYTES} hexadecimal digits (openssl rand -hex 32)")
    return key
