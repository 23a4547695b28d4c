"""A detector that says what it was told to say, frame by frame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


class ScriptedVad:
    """Every stream answers with `answers` in order, then with False."""

    def __init__(self, answers: Iterable[bool]) -> None:
        self._answers = tuple(answers)

    def stream(self) -> ScriptedStream:
        """A stream that begins with the first answer."""
        return ScriptedStream(iter(self._answers))


class ScriptedStream:
    """One call's answers."""

    def __init__(self, answers: Iterator[bool]) -> None:
        self._answers = answers

    def voiced(self, frame: bytes) -> bool:
        """The next answer, whatever the frame holds."""
        return next(self._answers, False)
