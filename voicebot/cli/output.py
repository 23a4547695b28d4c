"""Where results and remarks go: results to standard output, everything else to standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

remarks = Console(stderr=True, highlight=False, soft_wrap=True)
"""Remarks for the person at the terminal; never read by a program."""


def emit(record: Mapping[str, Any]) -> None:
    """Print one JSON object on one line of standard output."""
    sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def bars() -> Progress:
    """Progress bars on standard error."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), *Progress.get_default_columns()[1:3])
    return Progress(*columns, TimeElapsedColumn(), console=remarks)
