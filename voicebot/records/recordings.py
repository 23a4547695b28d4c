"""Recordings by name, sealed, wherever they lie: a folder here, or a bucket (see `s3`)."""

from __future__ import annotations

import io
import os
import re
import secrets
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import numpy as np

from voicebot.errors import VoicebotError
from voicebot.records.vault import MARK_BYTES, Vault

RATE = 8000
SEALED = ".wav.sealed"
_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z._\-]{0,99}")


class Shelf(Protocol):
    """Somewhere to keep bytes by name. Names are letters, digits, dots, hyphens: never a path."""

    def put(self, name: str, data: bytes) -> None:
        """Keep it whole or not at all; what was there under the name is replaced."""
        ...

    def get(self, name: str) -> bytes | None:
        """What is kept; None when there is nothing."""
        ...

    def first(self, name: str, count: int) -> bytes | None:
        """So many bytes of its beginning; None when there is nothing."""
        ...

    def remove(self, name: str) -> None:
        """Forget it; harmless when there is nothing."""
        ...

    def names(self) -> Iterator[str]:
        """Everything that is kept, in no order."""
        ...


def checked(name: str) -> str:
    """The name, if it may be one. Raises VoicebotError for paths and other inventions."""
    if not _NAME.fullmatch(name) or ".." in name:
        raise VoicebotError("a recording's name has letters, digits, dots and hyphens only")
    return name


class FolderShelf:
    """Implements Shelf: files in a folder that only its owner may read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, data: bytes) -> None:
        """Write beside it, then put it in its place."""
        path = self._path(name)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
            unfinished.replace(path)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise VoicebotError(
                f"a recording cannot be written to {self._folder} ({error.strerror})"
            ) from error

    def get(self, name: str) -> bytes | None:
        """Read the file."""
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            return None

    def first(self, name: str, count: int) -> bytes | None:
        """Read the file's beginning."""
        try:
            with self._path(name).open("rb") as file:
                return file.read(count)
        except FileNotFoundError:
            return None

    def remove(self, name: str) -> None:
        """Delete the file."""
        self._path(name).unlink(missing_ok=True)

    def names(self) -> Iterator[str]:
        """The files' names."""
        if self._folder.is_dir():
            yield from (path.name for path in self._folder.iterdir() if _NAME.fullmatch(path.name))

    def _path(self, name: str) -> Path:
        return self._folder / checked(name)


class Recordings:
    """Stereo recordings (the caller left, the bot right; 8 kHz, 16 bit), sealed before they reach the shelf."""

    def __init__(self, shelf: Shelf, vault: Vault) -> None:
        self.shelf = shelf
        self._vault = vault

    def keep(self, call: str, caller: bytes, bot: bytes) -> str:
        """Keep both sides of a call; gives the recording's name."""
        name = f"{plain_name(self._vault, call)}{SEALED}"
        self.shelf.put(name, self._vault.seal(stereo(caller, bot), _place(name)))
        return name

    def old(self) -> Iterator[str]:
        """The names of recordings that were sealed with a key from before."""
        for name in self.shelf.names():
            if name.endswith(SEALED) and (self.shelf.first(name, MARK_BYTES) or b"") != self._vault.mark:
                yield name

    def reseal(self, name: str) -> None:
        """Seal it with the present key."""
        sealed = self.shelf.get(checked(name))
        if sealed is not None:
            self.shelf.put(name, self._vault.reseal(sealed, _place(name)))

    def wav(self, name: str) -> bytes | None:
        """The recording as a WAV file; None when it is not there. Raises VoicebotError for a wrong key."""
        sealed = self.shelf.get(checked(name))
        return None if sealed is None else self._vault.unseal(sealed, _place(name))

    def remove(self, name: str) -> None:
        """Forget a recording."""
        self.shelf.remove(checked(name))


def _place(name: str) -> str:
    return f"recording {name}"


def plain_name(vault: Vault, call: str) -> str:
    """A name that may be a file's: the call's own where it is plain, else its digest."""
    return plain_names(vault, call)[0]


def plain_names(vault: Vault, call: str) -> list[str]:
    """The call's plain name, and those that it may have been given with keys from before."""
    if _NAME.fullmatch(call) and len(call) <= 60 and ".." not in call:
        return [call]
    return vault.digests("call", call)


def stereo(left: bytes, right: bytes) -> bytes:
    """A WAV file of two sides of 16 bit at 8 kHz; the shorter one ends in silence."""
    length = max(len(left), len(right)) // 2
    sides = [np.frombuffer(side.ljust(2 * length, b"\0")[: 2 * length], "<i2") for side in (left, right)]
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.stack(sides, axis=1).tobytes())
    return out.getvalue()


def peaks(wav: bytes, columns: int = 600) -> tuple[float, list[int], list[int]]:
    """(seconds, caller, bot): of each column the loudest sample of each side, 0 to 100."""
    with wave.open(io.BytesIO(wav)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, file.getnchannels())
        rate = file.getframerate()
    if not len(samples):
        return 0.0, [], []
    places = np.linspace(0, len(samples), min(columns, len(samples)), endpoint=False).astype(int)
    loudest = np.maximum.reduceat(np.abs(samples.astype(np.int32)), places, axis=0) * 100 // 32768
    return len(samples) / rate, loudest[:, 0].tolist(), loudest[:, -1].tolist()
