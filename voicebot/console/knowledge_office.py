"""What the console needs of the shop's knowledge base, and gets from the application."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from voicebot.records.knowledge_versions import Change, KnowledgeVersions


@dataclass(frozen=True, slots=True)
class Difference:
    """A question that is answered otherwise: by which entry, and with what; "" for nothing found."""

    text: str
    before: str
    after: str
    before_answer: str
    after_answer: str


class KnowledgeOffice(Protocol):
    """The shop's knowledge base. All of it may take seconds: it is called from threads."""

    @property
    def versions(self) -> KnowledgeVersions:
        """The entries and their history."""
        ...

    def effect(self, change: Change, texts: Sequence[str]) -> list[Difference]:
        """Which of these questions would be answered otherwise."""
        ...

    def publish(self, change: Change, who: str, at: datetime) -> None:
        """Let the change hold: calls that begin from now on are answered so."""
        ...

    def nearest(self, text: str) -> str:
        """The entry that fits best, though it may not fit well enough to be said; "" for none."""
        ...

    def say(self, text: str) -> bytes:
        """The text in the bot's voice, as a WAV file."""
        ...
