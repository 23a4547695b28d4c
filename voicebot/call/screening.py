"""A call that the bot has placed: before it talks, who has answered?

placed ── rings: nothing of that counts ──► answered ─┬─ human: the dialogue begins ─┬─ he was one
                                                      │                              └─ a machine after all ┐
                                                      └─ machine ◄──────────────────────────────────────────┘
                                                           ├─ hang up
                                                           └─ beep, or long silence: leave the message, hang up

While it is not known who answers, the caller's voice is heard and recognised, but nobody replies to it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from voicebot.actions import HangUp
from voicebot.call.answering_machine import Answerer, AnsweringMachine, MachineOptions, Verdict
from voicebot.call.bot import Bot
from voicebot.call.caller import Caller
from voicebot.call.course import Course
from voicebot.call.leaving import Leaving
from voicebot.events import Transcript

NO_FRAMES_MS = 1000
"""A line that sends nothing in silence is silent from then on."""


@dataclass(frozen=True, slots=True)
class Placed:
    """What to do about a machine that answers; `message` is what is left on it, within `patience_s`."""

    machine: Literal["hang_up", "message", "retry"] = "hang_up"
    message: str = ""
    patience_s: int = 45
    options: MachineOptions = field(default_factory=MachineOptions)


@dataclass(frozen=True, slots=True)
class Sides:
    """Those of the call that it moves."""

    caller: Caller
    bot: Bot
    leaving: Leaving
    course: Course


class Screening:
    """Of one placed call."""

    def __init__(self, placed: Placed, sides: Sides, begin: Callable[[], None]) -> None:
        """`begin` is what to do when a human has answered."""
        self._placed = placed
        self._sides = sides
        self._begin = begin
        self._judge = AnsweringMachine(placed.options)
        self._answered_at: float | None = None

    @property
    def ringing(self) -> bool:
        """Has nobody answered yet? What is heard then comes from the network."""
        return self._answered_at is None

    @property
    def open(self) -> bool:
        """Is it not known who has answered?"""
        return self._judge.verdict is None

    @property
    def by_machine(self) -> bool:
        """Has a machine answered?"""
        verdict = self._judge.verdict
        return verdict is not None and verdict.who is not Answerer.HUMAN

    def answered(self) -> None:
        """The line is open from now on."""
        self._answered_at = self._sides.course.at
        self._sides.course.wait("screening", self._placed.options.wait + NO_FRAMES_MS)

    def hear(self, frame: bytes) -> None:
        """20 ms of the line, after the caller's side has heard them."""
        speech = self._sides.caller.overhear(frame) if self.by_machine else self._sides.caller.hears_speech
        if self.open and self._judge.heard_voice:
            self._sides.course.wait("screening", NO_FRAMES_MS)
        self._take(self._judge.hear(frame, speech))
        if self.by_machine and self._judge.greeting_over:
            self._leave_message("silence")

    def read(self, transcript: Transcript) -> None:
        """What was recognised of all that was said up to now."""
        readings = [transcript.text, *(one.text for one in transcript.alternatives)]
        self._take(self._judge.read([text for text in readings if text]))

    def overdue(self) -> None:
        """Nothing comes over the line, or a machine talks for too long."""
        if self.open:
            self._take(self._judge.assume_human())
        elif self.by_machine and not self._sides.leaving.settled:
            self._hang_up("machine")

    def is_human(self) -> None:
        """He has done what only humans do."""
        if self.open:
            self._take(self._judge.assume_human("key"))

    def _take(self, verdict: Verdict | None) -> None:
        if verdict is None:
            return
        if verdict.who is Answerer.BEEP:
            self._leave_message("beep")
            return
        data = {"by": verdict.who.value, "why": verdict.why, "at_ms": verdict.at_ms}
        self._sides.course.record("answered_by", **data)
        self._sides.course.timers.drop("screening")
        self._sides.caller.end_turn()
        if verdict.who is Answerer.HUMAN:
            self._begin()
        else:
            self._machine()

    def _machine(self) -> None:
        sides = self._sides
        sides.course.record("outcome", outcome="machine")
        sides.bot.fall_silent()
        sides.leaving.closing, sides.leaving.wanted = True, None
        sides.course.timers.drop("silence")
        if self._placed.machine == "message" and self._placed.message:
            sides.course.wait("screening", self._placed.patience_s * 1000)
        else:
            self._hang_up("machine")

    def _leave_message(self, after: str) -> None:
        """After the beep, or where there is none after its silence; once."""
        sides = self._sides
        if self._placed.machine != "message" or sides.leaving.settled:
            return
        sides.course.record("message_left", text=self._placed.message, after=after)
        sides.course.timers.drop("screening")
        sides.leaving.wanted = HangUp("message left")
        sides.bot.say(self._placed.message, interruptible=False)

    def _hang_up(self, why: str) -> None:
        self._sides.leaving.wanted = HangUp(why)
        self._sides.leaving.go()
