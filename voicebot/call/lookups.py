"""What the shop was asked and has not answered, and what fills the silence meanwhile."""

from __future__ import annotations

from voicebot.call.course import Course
from voicebot.call.options import CallOptions


class Lookups:
    """The questions that are open; each is waited for by a timer of its own."""

    def __init__(self, course: Course, options: CallOptions) -> None:
        self._course = course
        self._options = options
        self._filled = False

    @property
    def open(self) -> bool:
        """Is an answer waited for?"""
        return self._course.timers.any("look ")

    def asked(self, query: int) -> None:
        """The shop was asked this."""
        self._filled = False
        self._course.wait(f"look {query}", self._options.look_timeout_ms)
        self.quiet()

    def answered(self, query: int) -> bool:
        """The answer has come; False when nobody waits for it (any more)."""
        if not self._course.timers.drop(f"look {query}"):
            return False
        if not self.open:
            self._course.timers.drop("filler")
        return True

    def quiet(self) -> None:
        """Nobody speaks from now on: that may last for a while."""
        if not self._filled and not self._course.timers.any("filler"):
            self._course.wait("filler", self._options.filler_ms)

    def fill(self) -> str:
        """What to say into the silence; once is enough."""
        self._filled = True
        return self._options.filler
