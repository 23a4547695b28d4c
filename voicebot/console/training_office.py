"""What the console needs of the bot's understanding, and gets from the application."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from voicebot.records.lessons import Lessons


@dataclass(frozen=True, slots=True)
class Lecture:
    """What is to be learned: the numbers of lessons. `seen` is the newest version that whoever wants it knows."""

    lessons: tuple[int, ...]
    seen: int


@dataclass(frozen=True, slots=True)
class Meant:
    """A sentence that is understood otherwise: the intent before and after; `right`: what it was marked to be."""

    text: str
    before: str
    after: str
    right: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of learning: which of the sentences of the last weeks are understood otherwise, and how well it does.

    `looked` sentences were compared. `accuracy` is the share that was right, before and after, of
    sentences that were kept out of learning.
    """

    looked: int
    changed: Sequence[Meant]
    marked: int
    marked_right: int
    accuracy: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Regression:
    """A fixture that `voicebot replay` runs: NAME.wav and NAME.yaml. It holds the caller's own voice."""

    name: str
    wav: bytes
    script: str


class TrainingOffice(Protocol):
    """The bot's understanding, as it can be taught. What it does may take a minute: it is called from threads."""

    @property
    def lessons(self) -> Lessons:
        """What was taught, and what waits."""
        ...

    @property
    def intents(self) -> Sequence[str]:
        """What a sentence can mean."""
        ...

    def plain(self, text: str) -> str:
        """The sentence as it would be learned. Raises VoicebotError where it cannot be."""
        ...

    def try_out(self, lecture: Lecture) -> Trial:
        """Learn it in a process of its own, and see what would be understood otherwise."""
        ...

    def publish(self, lecture: Lecture, who: str, at: datetime) -> None:
        """Let it hold: calls that begin from now on are understood so."""
        ...

    def fixture(self, call: int, turn: int) -> Regression:
        """The marked turn as a fixture. Raises VoicebotError when there is no such turn or no recording."""
        ...
