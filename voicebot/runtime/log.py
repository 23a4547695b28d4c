"""The process's log: one JSON object a line, on standard error, without personal data.

A message is a constant phrase; what varies stands in fields, and only fields that are named here are written. Digits
are masked where there are five or more in a row: telephone and order numbers have no business in a log. Of an error
the type and the places are told, not the message, which may quote what somebody said.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from typing import Any, TextIO

FIELDS = ("call", "line", "why", "seconds", "path", "port", "host", "calls", "what", "gap_ms", "stages")
_DIGITS = re.compile(r"\d{5,}")
_NAMES = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|CA[0-9a-f]{32}")


class JsonLines(logging.Formatter):
    """Writes a record as one line."""

    def format(self, record: logging.LogRecord) -> str:
        """The JSON object."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": masked(record.getMessage()),
        }
        for name in FIELDS:
            value = getattr(record, name, None)
            if value is not None:
                line[name] = masked(value) if isinstance(value, str) else value
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = type(record.exc_info[1]).__name__
            frames = traceback.extract_tb(record.exc_info[2])
            line["places"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-8:]]
        return json.dumps(line, ensure_ascii=False)


def masked(text: str) -> str:
    """The text with long numbers masked; the names of calls, which are random, stay."""
    kept: list[str] = []
    place = 0
    for name in _NAMES.finditer(text):
        kept += [_DIGITS.sub("#####", text[place : name.start()]), name.group()]
        place = name.end()
    return "".join([*kept, _DIGITS.sub("#####", text[place:])])


def to_standard_error(level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Let the whole process log this way."""
    writer = logging.StreamHandler(stream or sys.stderr)
    writer.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [writer]
    root.setLevel(level)
    for noisy in ("alembic", "httpx", "httpcore", "twilio", "websockets", "uvicorn.error", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
