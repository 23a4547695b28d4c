"""Writing files whole: a reader sees the old file or the new one, never a part."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from voicebot.errors import VoicebotError


def write_whole(path: str | Path, data: bytes) -> None:
    """Write `data` beside `path` and rename it into place; the folder must exist.

    Raises VoicebotError when the folder is missing or cannot be written; then nothing is left behind.
    """
    target = Path(path)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    except OSError as error:
        raise _unwritable(target, error) from error
    try:
        with os.fdopen(handle, "wb") as part:
            part.write(data)
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except BaseException as error:
        Path(name).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _unwritable(target, error) from error
        raise


def _unwritable(target: Path, error: OSError) -> VoicebotError:
    return VoicebotError(
        f"{target} cannot be written ({error.strerror}); choose an existing folder that you may write to."
    )
