"""Make models whole: try each file's sources in order, verify, install with one rename.

Nothing that is downloaded is imported, run or unpacked as it says itself: single members are read out of
archives by exact name, no more bytes than the table says, and only the SHA-256 lets them into the cache.
"""

from __future__ import annotations

import contextlib
import fcntl
import glob
import hashlib
import os
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from voicebot.errors import VoicebotError
from voicebot.models.cache import State, cache_folder, check, home
from voicebot.models.download import Downloads
from voicebot.models.progress import Shown
from voicebot.models.registry import UnreachableError
from voicebot.models.table import File, Model, Piece, Source

DOWNLOADS = ".downloads"
BLOCK = 1 << 16


class WrongBytesError(Exception):
    """A source came whole but does not hold the file that the table describes."""


def fetch(models: Sequence[Model], show: Shown) -> None:
    """Make these models whole; where they are, touch no network. Raises VoicebotError."""
    if all(_whole(model) for model in models):
        return
    try:
        with _alone(show):
            downloads = Downloads(cache_folder() / DOWNLOADS, show)
            failures = [failure for model in models for failure in _complete(model, downloads)]
            if failures:
                raise VoicebotError(_by_hand(failures, downloads.folder))
            _clear(models, downloads.folder)
    except OSError as error:
        raise VoicebotError(
            f"the model cache {cache_folder()} cannot be written ({error}); make room there,"
            " or set VOICEBOT_MODELS to another folder"
        ) from None


def _clear(models: Sequence[Model], downloads: Path) -> None:
    """Remove what these models were taken from; parts of other models' downloads stay."""
    files = [file for model in models for file in model.files]
    for piece in (piece for file in files for source in file.sources for piece in source):
        for left in downloads.glob(f"{glob.escape(piece.origin.filename)}*"):
            left.unlink()
    with contextlib.suppress(OSError):
        downloads.rmdir()


def _whole(model: Model) -> bool:
    return all(state is State.OK for state in check(model, deep=False).values())


def _complete(model: Model, downloads: Downloads) -> list[tuple[Model, File, str]]:
    """Install every file that is missing or corrupted; returns those that could not be had, and why."""
    states = check(model, deep=False)
    wanted = [file for file in model.files if states[file.path] is not State.OK]
    failures = []
    for file in wanted:
        try:
            _install(home(model) / file.path, file, downloads)
        except UnreachableError as error:
            failures.append((model, file, str(error)))
    if wanted:
        check(model, deep=False)
    return failures


def _install(target: Path, file: File, downloads: Downloads) -> None:
    """Put `file` at `target` from its first source that has it. Raises UnreachableError with every reason."""
    reasons = []
    for source in file.sources:
        try:
            return _from(source, target, file, downloads)
        except UnreachableError as error:
            reasons.append(f"{source[0].origin}: {error}")
    raise UnreachableError("; ".join(reasons))


def _from(source: Source, target: Path, file: File, downloads: Downloads) -> None:
    """As `_install`, from one source; bytes that are wrong are thrown away and brought once more."""
    for again in (True, False):
        try:
            return _write(source, target, file, downloads)
        except WrongBytesError as error:
            for piece in source:
                (downloads.folder / piece.origin.filename).unlink(missing_ok=True)
            if not again:
                raise UnreachableError(f"what came from there is not the right file ({error})") from None
    raise AssertionError("the second try returns or raises")


def _write(source: Source, target: Path, file: File, downloads: Downloads) -> None:
    pieces = [(downloads.bring(piece.origin), piece) for piece in source]
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = downloads.folder / f"{pieces[0][0].name}.{target.name}.draft"
    try:
        digest, size = hashlib.sha256(), 0
        with draft.open("wb") as out:
            for path, piece in pieces:
                for block in _blocks(path, piece):
                    size += len(block)
                    if size > file.size:
                        raise WrongBytesError(f"more than {file.size} bytes")
                    digest.update(block)
                    out.write(block)
            os.fsync(out.fileno())
        if digest.hexdigest() != file.sha256:
            raise WrongBytesError(f"SHA-256 {digest.hexdigest()}")
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _blocks(path: Path, piece: Piece) -> Iterator[bytes]:
    try:
        with _member(path, piece.member) as stream:
            while block := stream.read(BLOCK):
                yield block
    except (KeyError, zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, OSError) as error:
        raise WrongBytesError(
            f"{piece.member or path.name} cannot be read from {path.name}: {error}"
        ) from None


@contextlib.contextmanager
def _member(path: Path, member: str | None) -> Iterator[IO[bytes]]:
    if member is None:
        with path.open("rb") as stream:
            yield stream
    elif path.suffix in {".zip", ".whl"}:
        with zipfile.ZipFile(path) as zipped, zipped.open(member) as stream:
            yield stream
    else:
        with tarfile.open(path) as tarred:
            found = tarred.extractfile(member)
            if found is None:
                raise KeyError(f"{member} is not a file")
            with found:
                yield found


@contextlib.contextmanager
def _alone(show: Shown) -> Iterator[None]:
    """Hold the cache's lock, so that two fetches do not write the same parts."""
    try:
        cache_folder().mkdir(parents=True, exist_ok=True)
        lock = (cache_folder() / ".lock").open("w")
    except OSError as error:
        raise VoicebotError(
            f"the model cache {cache_folder()} cannot be written ({error}); set VOICEBOT_MODELS"
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            show.remark(f"another fetch is at work in {cache_folder()}; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _by_hand(failures: Sequence[tuple[Model, File, str]], folder: Path) -> str:
    """One sentence, then what to put where."""
    names = ", ".join(dict.fromkeys(model.name for model, _, _ in failures))
    lines = [
        f"cannot fetch {names}: no source could be used ({failures[0][2]}); put these files in place by hand,"
        " then run: voicebot models check"
    ]
    lines += [
        f"  {home(model) / file.path}  ({file.size} bytes, SHA-256 {file.sha256})"
        for model, file, _ in failures
    ]
    lines.append(f"or put these downloads into {folder}, then run: voicebot models fetch")
    pieces = [piece for _, file, _ in failures for source in file.sources for piece in source]
    lines += [f"  {origin}" for origin in dict.fromkeys(piece.origin for piece in pieces)]
    return "\n".join(lines)
