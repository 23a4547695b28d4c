"""A call has an end: the caller is warned of it, told when it has come, and then the line is given up.

answered ─────────────── warning_s before ── warned ──── max_call_s ── told ── HangUp
"""

from __future__ import annotations

from voicebot.actions import HangUp
from voicebot.call.course import Course
from voicebot.call.human import Parties
from voicebot.call.options import CallOptions
from voicebot.call.turns import CALLER_HOLDS

WARN_AGAIN_MS = 500
"""Who speaks is not warned of the time then, but so much later."""


class Length:
    """Of one call."""

    def __init__(self, parties: Parties, course: Course, options: CallOptions) -> None:
        self._in = parties
        self._course = course
        self._options = options

    def begin(self) -> None:
        """It counts from here on."""
        options = self._options
        self._course.wait("length", options.max_call_s * 1000)
        if options.max_call_s > options.warning_s:
            self._course.wait("warning", (options.max_call_s - options.warning_s) * 1000)

    def warn(self) -> None:
        """There is little time left."""
        if self._course.floor in CALLER_HOLDS:
            self._course.wait("warning", WARN_AGAIN_MS)
        elif not self._in.leaving.settled:
            self._in.bot.say(self._options.warning)

    def is_up(self) -> None:
        """Whoever speaks: it ends. Only a human who is sought may still come."""
        leaving = self._in.leaving
        if leaving.by_transfer:
            self._course.wait("length", self._options.transfer_timeout_ms)
        if leaving.left:
            return
        leaving.closing = True
        self._in.caller.break_off()
        if leaving.wanted is None:
            leaving.wanted = HangUp("time is up")
            self._in.bot.say(self._options.time_is_up, interruptible=False)
        self._in.answering.go_on()
