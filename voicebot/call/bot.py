"""The bot's side: what it says, what of that was heard, and what becomes of it when the caller interrupts.

say ──Say──► ··· Played ──► said
 │ caller speaks, types, presses
 ├─ interrupt: cut off ──┬─ a murmur: resume a little earlier
 │                       └─ an answer: forget
 └─ hush: cut off and forgotten
"""

from __future__ import annotations

from voicebot.actions import StopSaying
from voicebot.call.conversation import Conversation
from voicebot.call.course import Course
from voicebot.call.options import CallOptions
from voicebot.call.speaking import Speaking
from voicebot.call.turns import Signal


class Bot:
    """Speaks on one call, one speech after the other."""

    def __init__(self, talk: Conversation, course: Course, options: CallOptions) -> None:
        self._talk = talk
        self._course = course
        self._options = options
        self._speaking = Speaking()

    @property
    def busy(self) -> bool:
        """Is anything queued or playing?"""
        return self._speaking.busy

    @property
    def interrupted(self) -> bool:
        """Has the caller's voice cut it off, and it is not known yet whether he meant it?"""
        return self._speaking.cut

    def say(self, text: str, *, interruptible: bool = True) -> None:
        """Say this after what is queued."""
        self._course.timers.drop("silence")
        self._course.timers.drop("filler")
        self._course.ask(self._speaking.say(text, interruptible=interruptible))
        self._watch()
        self._course.move(Signal.BOT_BEGAN)

    def begun(self, utterance: int) -> bool:
        """The first sound of this speech was heard; tells whether that is news."""
        return self._speaking.begun(utterance)

    def played(self, utterance: int, heard_ms: int, *, finished: bool) -> None:
        """The caller has heard so much of this speech."""
        done = self._speaking.heard(utterance, heard_ms, finished=finished)
        if done is not None:
            self._talk.note(self._course.at, "bot", done.text)
            self._course.record("said", text=done.text, heard_ms=heard_ms, finished=finished)
        self._watch()

    def synthesized(self, utterance: int, duration_ms: int) -> None:
        """All audio of this speech exists."""
        self._speaking.lasts(utterance, duration_ms)
        self._watch()

    def lost(self, utterance: int, why: str) -> bool:
        """This speech cannot be made; False when it was not to be heard any more anyway."""
        self._course.record("failed", why=f"synthesis: {why}")
        missed = self._speaking.lose(utterance)
        self._watch()
        return missed

    def give_up(self) -> None:
        """Nothing of what is queued was heard in time; it shall not stand in the way of what comes next."""
        self._course.record("failed", why="playing: nothing was heard in time")
        self._speaking.give_up()
        self._course.ask(StopSaying())

    def interrupt(self) -> None:
        """The caller speaks while the bot does: be silent, if that may be, until it is known what he says."""
        if self._may_stop():
            self._talk.barge_ins += 1
            self._stop()
            self._course.record("barge_in", at=round(self._course.at, 2))

    def hush(self) -> None:
        """The caller types or presses: be silent, if that may be, and do not come back to it."""
        if self._may_stop():
            self._stop()
        self._speaking.forget_cut()

    def fall_silent(self) -> None:
        """Whatever is being said, nobody listens."""
        if self._speaking.busy:
            self._stop()
        self._speaking.forget_cut()

    def forget(self) -> None:
        """What was cut off has been answered."""
        self._speaking.forget_cut()

    def resume(self) -> None:
        """Go on a little before the place where it was cut off."""
        says = self._speaking.resume()
        self._course.ask(*says)
        if says:
            self._course.move(Signal.BOT_BEGAN)
        self._watch()

    def _may_stop(self) -> bool:
        return self._speaking.busy and self._speaking.interruptible

    def _stop(self) -> None:
        self._speaking.stop()
        self._course.ask(StopSaying())
        self._watch()
        self._course.move(Signal.BOT_DONE)

    def _watch(self) -> None:
        if self._speaking.busy:
            self._course.wait("playing", self._speaking.rest_ms + self._options.playing_timeout_ms)
        else:
            self._course.timers.drop("playing")
