"""The caller's turn: its utterance, what was fed to the recogniser, and what came back.

A turn is one utterance that may grow. When the caller goes on after a pause, another recogniser gets the whole turn
from its beginning, so that no word or number is torn apart; what the first one made of the beginning is forgotten.
"""

from __future__ import annotations

from voicebot.actions import Action, Conclude, Feed, Forget, Listen
from voicebot.events import Transcript

MOST_RETRIES = 1
"""How often one turn is fed again to another recogniser after a loss."""


class Hearing:
    """One turn at a time. Every method returns the actions that it needs."""

    def __init__(self) -> None:
        self._number = 0
        self._open = False
        self._concluded = False
        self._answered = False
        self._retries = 0
        self._frames: list[bytes] = []
        self._expecting: str | None = None

    @property
    def open(self) -> bool:
        """Is there a turn?"""
        return self._open

    @property
    def expecting(self) -> str | None:
        """What this turn was told to expect."""
        return self._expecting

    @property
    def audio(self) -> bytes:
        """All audio of this turn."""
        return b"".join(self._frames)

    @property
    def missing(self) -> int | None:
        """The utterance whose transcript was asked for and has not come, or None."""
        return self._number if self._open and self._concluded and not self._answered else None

    def begin(self, expecting: str | None, audio: bytes) -> list[Action]:
        """A turn begins with this audio."""
        self._open, self._expecting, self._retries = True, expecting, 0
        self._frames = [audio]
        return self._listen()

    def feed(self, frame: bytes) -> list[Action]:
        """More audio. After a pause it is kept, and given to a recogniser only if the caller goes on."""
        self._frames.append(frame)
        return [] if self._concluded else [Feed(self._number, frame)]

    def conclude(self) -> list[Action]:
        """The caller has paused: ask for a transcript."""
        self._concluded = True
        return [Conclude(self._number)]

    def go_on(self) -> list[Action]:
        """The caller goes on after a pause; the newest audio was already given to `feed`."""
        return self._forgotten() + self._listen()

    def take(self, number: int, transcript: Transcript) -> Transcript | None:
        """A transcript has come; returns it when it is that of the turn as it is now."""
        if not self._open or number != self._number:
            return None
        self._answered = True
        return transcript

    def retry(self, number: int) -> list[Action] | None:
        """The recogniser of an utterance was lost: feed it again. None when that was tried before."""
        if not self._open or number != self._number:
            return []
        if self._retries >= MOST_RETRIES:
            return None
        self._retries += 1
        concluded = self._concluded
        return self._listen() + (self.conclude() if concluded else [])

    def end(self) -> list[Action]:
        """The turn is over; a transcript that has not come is not wanted."""
        forgotten = self._forgotten() if self._open else []
        self._open = False
        return forgotten

    def _listen(self) -> list[Action]:
        self._number += 1
        self._concluded = self._answered = False
        return [Listen(self._number, self._expecting), Feed(self._number, self.audio)]

    def _forgotten(self) -> list[Action]:
        return [] if self._answered else [Forget(self._number)]
