"""How a long fetch shows itself: bars on a terminal, a plain line now and then elsewhere; on stderr."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from types import TracebackType
from typing import Protocol, Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TransferSpeedColumn
from rich.progress import TimeRemainingColumn as RemainingColumn

MEGABYTE = 1_000_000


class Shown(Protocol):
    """Takes what is to be shown of one fetch."""

    def remark(self, text: str) -> None:
        """Show a sentence."""
        ...

    def begin(self, what: str, done: int, total: int | None) -> None:
        """The download `what` begins with `done` of `total` bytes (None: not known) already here."""
        ...

    def advance(self, count: int) -> None:
        """`count` more bytes have come."""
        ...

    def end(self) -> None:
        """The download has ended, well or not."""
        ...


class Lines:
    """One line at the beginning and one for every quarter of a download."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._what, self._done, self._total, self._next = "", 0, 0, 0.25

    def remark(self, text: str) -> None:
        print(text, file=self._out, flush=True)

    def begin(self, what: str, done: int, total: int | None) -> None:
        self._what, self._done, self._total, self._next = what, done, total or 0, 0.25
        size = f" ({total / MEGABYTE:.1f} MB)" if total else ""
        self.remark(f"{'resuming' if done else 'downloading'} {what}{size}")

    def advance(self, count: int) -> None:
        self._done += count
        share = self._done / self._total if self._total else 0.0
        if share >= self._next:
            self.remark(f"  {self._what}: {share:.0%} of {self._total / MEGABYTE:.1f} MB")
            self._next = share // 0.25 * 0.25 + 0.25

    def end(self) -> None:
        """Nothing to close."""


class Bars:
    """A bar for the download in progress, as a context manager."""

    def __init__(self, console: Console) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
        self._progress = Progress(*columns, RemainingColumn(), console=console)
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def remark(self, text: str) -> None:
        self._progress.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def begin(self, what: str, done: int, total: int | None) -> None:
        self._task = self._progress.add_task(what, total=total, completed=done)

    def advance(self, count: int) -> None:
        if self._task is not None:
            self._progress.advance(self._task, count)

    def end(self) -> None:
        if self._task is not None:
            self._progress.stop_task(self._task)
        self._task = None


@contextlib.contextmanager
def shown() -> Iterator[Shown]:
    """Bars where standard error is a terminal, lines where it is not."""
    console = Console(stderr=True, highlight=False)
    if console.is_terminal:
        with Bars(console) as bars:
            yield bars
    else:
        yield Lines(sys.stderr)
