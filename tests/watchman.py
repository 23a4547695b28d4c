"""A part of pytest that looks for personal data in every log line, every server's standard error and every metric of a
whole run; where there is any, the run has failed.

Kept are: the lines that the server's own log would have, and besides the message and the fields of each record of ours
before anything is masked in it; what tests and the processes that they start write to standard error; the text of the
metrics whenever somebody asks for it. It is looked through once, at the end. With pytest-xdist each worker looks at
its own part.
"""

from __future__ import annotations

import logging
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

from voicebot.runtime.log import FIELDS, JsonLines
from voicebot.runtime.metrics import Metrics

NOISY = ("alembic", "httpx", "httpcore", "twilio", "websockets", "uvicorn.error", "urllib3", "asyncio")
"""Libraries that a server lets say only what is serious."""
OF_MASKING = "voicebot.test"
"""The logger by which a test shows that numbers are masked: before that they stand in it."""
MOST_TOLD, MOST_PLACES = 20, 8


class Watchman:
    """What was written in this run, each text with where it was found first."""

    def __init__(self) -> None:
        self.seen: dict[str, str] = {}
        self.test = "before any test"
        self._line = JsonLines()

    def note(self, kind: str, text: str) -> None:
        """This was written."""
        self.seen.setdefault(text, f"{kind}, {self.test}")

    def record(self, record: logging.LogRecord) -> None:
        """This was logged."""
        if record.levelno < logging.WARNING and record.name.startswith(NOISY):
            return
        line = self._line.format(record)
        self.note("log", line[line.find('"level"') :])
        if record.name.startswith("voicebot") and record.name != OF_MASKING:
            fields = (str(getattr(record, name, "")) for name in FIELDS)
            self.note("log before masking", " ".join([record.getMessage(), *fields]))

    def told(self) -> list[str]:
        """Where there was personal data, and what."""
        from tests.private_data import of_the_shop

        searcher, places = of_the_shop(), defaultdict[str, set[str]](set)
        for text, where in self.seen.items():
            for found in searcher.found(text):
                places[found].add(where)
        return [
            f"{found!r}: {'; '.join(sorted(where)[:MOST_PLACES])}" for found, where in sorted(places.items())
        ]


class Listening:
    """A stream that tells the watchman what is read from it."""

    def __init__(self, stream: Any, watchman: Watchman) -> None:
        self._stream, self._watchman = stream, watchman

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def read(self, size: int | None = -1, /) -> Any:
        return self._heard(self._stream.read(-1 if size is None else size))

    def readline(self, size: int | None = -1, /) -> Any:
        return self._heard(self._stream.readline(-1 if size is None else size))

    def __iter__(self) -> Iterator[Any]:
        return (self._heard(line) for line in self._stream)

    def _heard(self, text: Any) -> Any:
        self._watchman.note("standard error of a process", _text(text))
        return text


def _text(data: Any) -> str:
    return data.decode("utf-8", "replace") if isinstance(data, bytes) else str(data or "")


class Watching:
    """Lets a watchman see a run; registered for the whole of it."""

    def __init__(self) -> None:
        self.watchman = Watchman()
        self.findings: list[str] = []
        self._undo = pytest.MonkeyPatch()

    def begin(self) -> None:
        """From now on."""
        watchman, handle = self.watchman, logging.Logger.handle
        metrics, start, both = Metrics.text, subprocess.Popen.__init__, subprocess.Popen.communicate

        def handled(logger: logging.Logger, record: logging.LogRecord) -> None:
            watchman.record(record)
            handle(logger, record)

        def text(this: Metrics) -> bytes:
            found = metrics(this)
            for line in found.decode().splitlines():
                watchman.note("metric", line)
            return found

        def started(this: Any, *args: Any, **named: Any) -> None:
            start(this, *args, **named)
            if this.stderr is not None:
                this.stderr = Listening(this.stderr, watchman)

        def communicated(this: Any, *args: Any, **named: Any) -> Any:
            out, error = both(this, *args, **named)
            watchman.note("standard error of a process", _text(error))
            return out, error

        self._undo.setattr(logging.Logger, "handle", handled)
        self._undo.setattr(Metrics, "text", text)
        self._undo.setattr(subprocess.Popen, "__init__", started)
        self._undo.setattr(subprocess.Popen, "communicate", communicated)
        logging.getLogger().setLevel(logging.INFO)

    # -- what pytest calls --------------------------------------------------------------------------------------

    @pytest.hookimpl
    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.watchman.test = nodeid

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.watchman.note("standard error", report.capstderr)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """A worker of pytest-xdist has ended: what it found counts."""
        self.findings += getattr(node, "workeroutput", {}).get("personal data", [])

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Look through everything; a run that was good is not, where there is personal data."""
        self._undo.undo()
        self.findings += self.watchman.told() if self.watchman.seen else []
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output["personal data"] = self.findings
        elif self.findings and session.exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Tell what was found."""
        if self.findings:
            terminalreporter.section("personal data in logs, standard error or metrics", red=True)
            for line in self.findings[:MOST_TOLD]:
                terminalreporter.write_line(line)


def pytest_configure(config: pytest.Config) -> None:
    """Watch this run."""
    watching = Watching()
    watching.begin()
    config.pluginmanager.register(watching, "watchman")
