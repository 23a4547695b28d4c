"""A recording in the making: sealed pieces on disk, so that a call whose process dies keeps what was recorded.

A track is a file of pieces, each a length (4 bytes, big-endian) and a sealed block of about a second; each block is
bound to its place in its file. A last piece that was cut off is left out when the track is read.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from voicebot.records.recordings import FolderShelf
from voicebot.records.vault import Vault

PIECE_BYTES = 16_000
_LENGTH = struct.Struct(">I")

Later = Callable[[Callable[[], None]], object]


def _now(job: Callable[[], None]) -> None:
    job()


class Track:
    """One side of one call while it goes on; behaves like a file that is appended to, and read as a whole.

    `later` runs the sealing and writing of a piece, in order, such as in a thread; whoever reads waits for it first.
    """

    def __init__(self, path: Path, vault: Vault, later: Later | None = None) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(handle, "wb", buffering=0)
        self._path = path
        self._vault = vault
        self._buffer = bytearray()
        self._pieces = 0
        self._later = later or _now

    def write(self, data: bytes, /) -> int:
        """Append; what fills a piece reaches the disk."""
        self._buffer += data
        while len(self._buffer) >= PIECE_BYTES:
            piece = bytes(self._buffer[:PIECE_BYTES])
            del self._buffer[:PIECE_BYTES]
            self._later(partial(self._put, piece))
        return len(data)

    def read(self) -> bytes:
        """All of it."""
        return b"".join(pieces(self._path, self._vault)) + bytes(self._buffer)

    def seek(self, place: int, /) -> int:
        """It is always read from the beginning."""
        return 0

    def leave(self) -> None:
        """Put what is left on the disk and let the file stay, for a later start."""
        if self._buffer:
            self._put(bytes(self._buffer))
            self._buffer.clear()
        self._file.close()

    def close(self) -> None:
        """Nothing more is wanted: the file goes."""
        self._file.close()
        self._path.unlink(missing_ok=True)

    def _put(self, piece: bytes) -> None:
        sealed = self._vault.seal(piece, _place(self._path, self._pieces))
        self._file.write(_LENGTH.pack(len(sealed)) + sealed)
        self._pieces += 1


def pieces(path: Path, vault: Vault) -> Iterator[bytes]:
    """The pieces of a track in order, up to one that is not whole. Raises VoicebotError for a wrong key."""
    with path.open("rb") as file:
        number = 0
        while len(head := file.read(_LENGTH.size)) == _LENGTH.size:
            (size,) = _LENGTH.unpack(head)
            sealed = file.read(size)
            if len(sealed) < size:
                return
            yield vault.unseal(sealed, _place(path, number))
            number += 1


def reseal_track(path: Path, vault: Vault) -> bool:
    """Seal a track that nobody writes to with the present key; False when there was nothing to do."""
    try:
        with path.open("rb") as file:
            first = file.read(_LENGTH.size + len(vault.mark))[_LENGTH.size :]
    except FileNotFoundError:
        return False
    if len(first) < len(vault.mark) or first == vault.mark:
        return False
    sealed = [
        vault.seal(piece, _place(path, number)) for number, piece in enumerate(list(pieces(path, vault)))
    ]
    FolderShelf(path.parent).put(path.name, b"".join(_LENGTH.pack(len(one)) + one for one in sealed))
    return True


def _place(path: Path, number: int) -> str:
    return f"track {path.name} {number}"
