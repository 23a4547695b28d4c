"""Parts that were made before: in memory, and on disk as raw 8 kHz PCM that several processes may share.

A file is `<folder>/<first two digits>/<sha256 of identity and text>.pcm`: the samples, then 16 bytes of their
BLAKE2 digest, by which a damaged file is known; it is made again. Files are written whole. The modification time
is the time of last use; when the folder outgrows its limit, the parts unused for longest are deleted.
"""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from voicebot.errors import VoicebotError
from voicebot.files import write_whole

_SEAL = 16
_log = logging.getLogger(__name__)


class PartCache:
    """Audio by (identity of the voice, text). Safe from several threads and several processes."""

    def __init__(
        self, folder: Path | None, limit_bytes: int = 256 << 20, memory_bytes: int = 64 << 20
    ) -> None:
        """Keep up to `limit_bytes` in `folder` (made if need be; None: in memory only)."""
        self._folder = folder
        self._limit = limit_bytes
        self._memory = _Memory(memory_bytes)
        self._making: dict[str, Future[bytes]] = {}
        self._lock = threading.Lock()
        self._disk_bytes: int | None = None
        if folder is not None:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise VoicebotError(
                    f"the speech cache {folder} cannot be made ({error.strerror}); choose another folder"
                ) from error

    def holds(self, identity: str, text: str) -> bool:
        """Is this part here, whole? Does not count as use."""
        key = _key(identity, text)
        return self._memory.get(key) is not None or self._load(key) is not None

    def ready(self, identity: str, text: str) -> bytes | None:
        """The part's audio if it is here, else None."""
        key = _key(identity, text)
        audio = self._memory.get(key)
        if audio is None and (audio := self._load(key)) is not None:
            self._touch(key)
            self._memory.put(key, audio)
        return audio

    def get(self, identity: str, text: str, make: Callable[[], bytes], passing: bool = False) -> bytes:
        """The part's audio; `make` is called once however many ask at the same time.

        A `passing` part is kept in memory only. What `make` raises is raised to all who wait for it.
        """
        key = _key(identity, text)
        with self._lock:
            known = self._memory.get(key)
            if known is not None:
                return known
            other = self._making.get(key)
            if other is None:
                mine = self._making[key] = Future[bytes]()
        if other is not None:
            return other.result()
        return self._fill(key, mine, make, passing)

    def _fill(self, key: str, mine: Future[bytes], make: Callable[[], bytes], passing: bool) -> bytes:
        try:
            audio = self._load(key)
            if audio is None:
                audio = make()
                if audio and not passing:
                    self._store(key, audio)
            else:
                self._touch(key)
            self._memory.put(key, audio)
            mine.set_result(audio)
        except BaseException as error:
            mine.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._making[key]
        return audio

    def _path(self, key: str) -> Path | None:
        return None if self._folder is None else self._folder / key[:2] / f"{key}.pcm"

    def _load(self, key: str) -> bytes | None:
        path = self._path(key)
        if path is None:
            return None
        try:
            sealed = path.read_bytes()
        except OSError:
            return None
        audio = sealed[:-_SEAL]
        return audio if audio and len(audio) % 2 == 0 and _seal(audio) == sealed[-_SEAL:] else None

    def _touch(self, key: str) -> None:
        path = self._path(key)
        if path is not None:
            try:
                os.utime(path)
            except OSError:
                return

    def _store(self, key: str, audio: bytes) -> None:
        path = self._path(key)
        if path is None:
            return
        try:
            path.parent.mkdir(exist_ok=True)
            write_whole(path, audio + _seal(audio))
        except (OSError, VoicebotError) as error:
            _log.warning("a part of speech could not be kept: %s", error)
            return
        self._bound(len(audio) + _SEAL)

    def _bound(self, added: int) -> None:
        """Delete the parts unused for longest once the limit is passed, down to nine tenths of it."""
        with self._lock:
            if self._disk_bytes is not None and self._disk_bytes + added <= self._limit:
                self._disk_bytes += added
                return
            files = sorted(self._files())
            total = sum(size for _, size, _ in files)
            for _, size, path in files if total > self._limit else []:
                if total <= self._limit * 9 // 10:
                    break
                path.unlink(missing_ok=True)
                total -= size
            self._disk_bytes = total

    def _files(self) -> list[tuple[int, int, Path]]:
        """(time of last use, size, path) of every part on disk; other processes may delete meanwhile."""
        found = []
        for path in self._folder.glob("??/*.pcm") if self._folder else ():
            try:
                status = path.stat()
            except OSError:
                continue
            found.append((status.st_mtime_ns, status.st_size, path))
        return found


class _Memory:
    """The parts used last, up to a number of bytes."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._parts: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: str) -> bytes | None:
        with self._lock:
            audio = self._parts.get(key)
            if audio is not None:
                self._parts.move_to_end(key)
            return audio

    def put(self, key: str, audio: bytes) -> None:
        with self._lock:
            self._bytes += len(audio) - len(self._parts.pop(key, b""))
            self._parts[key] = audio
            while self._bytes > self._limit:
                self._bytes -= len(self._parts.popitem(last=False)[1])


def _key(identity: str, text: str) -> str:
    return hashlib.sha256(f"{identity}\0{text}".encode()).hexdigest()


def _seal(audio: bytes) -> bytes:
    return hashlib.blake2b(audio, digest_size=_SEAL).digest()
