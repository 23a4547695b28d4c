"""How a call ends: it is wanted, then asked for when all was heard, and then out of the call's hands.

want ──► wanted ── nobody speaks: go ──► left ──┬─ Transferred, HungUp: over
             ▲                                  └─ no human came: back
             └────────── wanted meanwhile ◄─────┘
"""

from __future__ import annotations

from voicebot.actions import HangUp, Transfer
from voicebot.call.course import Course
from voicebot.call.options import CallOptions


class Leaving:
    """The end of one call."""

    def __init__(self, course: Course, options: CallOptions) -> None:
        self._course = course
        self._options = options
        self._asked: Transfer | HangUp | None = None
        self.wanted: Transfer | HangUp | None = None
        self.closing = False
        """The caller is not listened to any more, because the time is up."""

    @property
    def left(self) -> bool:
        """Has the call given the caller away, or the line up?"""
        return self._asked is not None

    @property
    def deaf(self) -> bool:
        """Is the caller's voice none of the call's business any more? Whoever gets a human tells him the rest."""
        return self.closing or self.left or self.transferring

    @property
    def transferring(self) -> bool:
        """Will a human be called as soon as that was said?"""
        return isinstance(self.wanted, Transfer)

    @property
    def deserted(self) -> bool:
        """Is nobody listened to, though it is not time to go yet? A machine has not beeped."""
        return self.closing and self.wanted is None

    @property
    def settled(self) -> bool:
        """Is it known how the call will end?"""
        return self.left or self.wanted is not None

    @property
    def by_transfer(self) -> bool:
        """Is it known, and may it fail because no human comes?"""
        return isinstance(self._asked or self.wanted, Transfer)

    def go(self) -> None:
        """All was heard: ask for it."""
        if self.wanted is None:
            return
        self._asked, self.wanted = self.wanted, None
        self._course.timers.drop("silence")
        self._course.ask(self._asked)
        if isinstance(self._asked, Transfer):
            self._course.wait("transfer", self._options.transfer_timeout_ms)

    def give_way(self) -> None:
        """A human has the call on this line: nothing is wanted of it, and nobody else listens."""
        self._asked = self.wanted = None
        self.closing = True

    def back(self) -> bool:
        """No human took the caller; False when none was asked for."""
        if not isinstance(self._asked, Transfer):
            return False
        self._asked, self.closing = None, False
        self._course.timers.drop("transfer")
        return True
