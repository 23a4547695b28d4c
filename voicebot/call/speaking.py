"""What the bot was asked to say, and what of it the caller has heard."""

from __future__ import annotations

from dataclasses import dataclass

from voicebot.actions import Say

REWIND_MS = 600
"""A speech that is resumed begins this much before the place where it stopped."""


@dataclass(slots=True)
class Said:
    """One speech on its way to the caller's ear."""

    utterance: int
    text: str
    interruptible: bool
    begun: bool = False
    heard_ms: int = 0
    lasts_ms: int = 0


class Speaking:
    """The bot's side of the line, in the order in which it speaks."""

    def __init__(self) -> None:
        self._next = 1
        self._row: list[Said] = []
        self._cut: list[Said] = []

    @property
    def busy(self) -> bool:
        """Is anything queued or playing?"""
        return bool(self._row)

    @property
    def interruptible(self) -> bool:
        """May the caller interrupt everything that is queued or playing?"""
        return all(said.interruptible for said in self._row)

    @property
    def cut(self) -> bool:
        """Is there anything that was cut off, and may be resumed?"""
        return bool(self._cut)

    @property
    def rest_ms(self) -> int:
        """So much of the speech that is playing is known to come yet."""
        return max(0, self._row[0].lasts_ms - self._row[0].heard_ms) if self._row else 0

    def say(self, text: str, *, interruptible: bool = True, start_ms: int = 0) -> Say:
        """Queue a speech."""
        said = Said(self._next, text, interruptible, heard_ms=start_ms)
        self._next += 1
        self._row.append(said)
        return Say(said.utterance, text, interruptible, start_ms)

    def lasts(self, utterance: int, lasts_ms: int) -> None:
        """All audio of this speech exists, and it is so long."""
        said = self._find(self._row, utterance)
        if said is not None:
            said.lasts_ms = lasts_ms

    def begun(self, utterance: int) -> bool:
        """The first sound of this speech was heard; tells whether that is news."""
        said = self._find(self._row, utterance)
        if said is None or said.begun:
            return False
        said.begun = True
        return True

    def heard(self, utterance: int, heard_ms: int, *, finished: bool) -> Said | None:
        """The caller has heard this much. Returns the speech when nothing more of it will come."""
        cut = self._find(self._cut, utterance)
        if cut is not None:
            cut.heard_ms = heard_ms
            return cut
        said = self._find(self._row, utterance)
        if said is None:
            return None
        said.heard_ms = heard_ms
        if not finished:
            return None
        self._row.remove(said)
        return said

    def stop(self) -> None:
        """Everything is cut off; it can be resumed, after what was cut off before."""
        self._cut, self._row = [*self._cut, *self._row], []

    def forget_cut(self) -> None:
        """What was cut off will not be resumed."""
        self._cut = []

    def resume(self) -> list[Say]:
        """Say again what was cut off, from a little before the place where it stopped."""
        cut, self._cut = self._cut, []
        return [
            self.say(said.text, interruptible=said.interruptible, start_ms=max(0, said.heard_ms - REWIND_MS))
            for said in cut
        ]

    def lose(self, utterance: int) -> bool:
        """This speech cannot be made; False when it was not to be heard any more anyway."""
        said = self._find(self._row, utterance)
        if said is None:
            return False
        self._row.remove(said)
        return True

    def give_up(self) -> None:
        """Nothing of what is queued will be heard any more."""
        self._row = []

    @staticmethod
    def _find(row: list[Said], utterance: int) -> Said | None:
        return next((said for said in row if said.utterance == utterance), None)
