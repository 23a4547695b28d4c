"""What the dialogue replies is carried out: said, looked up, done; and when all was said, somebody is waited for.

Said ──► conversation ──► Reply ──┬─► bot: Say
           ▲                      ├─► lookups: Look Do ─── filler ···
           │                      └─► leaving: wanted
  silence, answers                          │
           └── the caller, the shop ◄── nobody speaks ──► Transfer HangUp
"""

from __future__ import annotations

from voicebot import dialogue
from voicebot.actions import Do, HangUp, Look, Record, Transfer
from voicebot.call import facts
from voicebot.call.bot import Bot
from voicebot.call.conversation import Conversation, Tentative
from voicebot.call.course import Course
from voicebot.call.leaving import Leaving
from voicebot.call.lookups import Lookups
from voicebot.call.options import CallOptions
from voicebot.call.turns import Floor, Signal
from voicebot.events import Found


class Answering:
    """The bot's answers in one call."""

    def __init__(
        self, talk: Conversation, bot: Bot, leaving: Leaving, course: Course, options: CallOptions
    ) -> None:
        self._talk = talk
        self._bot = bot
        self._leaving = leaving
        self._course = course
        self._options = options
        self._lookups = Lookups(course, options)

    def take(self, said: dialogue.Said) -> None:
        """Something happened that the dialogue answers."""
        self._apply(self._talk.take(said))

    def commit(self, answer: Tentative, last_voice: float | None) -> None:
        """The caller has said this, and was last heard then."""
        self._talk.note(self._course.at, "caller", answer.understanding.text)
        self._course.ask(
            Record("heard", facts.heard(answer.transcript, last_voice)),
            Record("understood", facts.understood(answer.understanding)),
        )
        self._apply(self._talk.commit(answer))

    def rescue(self, why: str, *, aloud: bool = True) -> None:
        """Something was lost that the call cannot do without. Where its end is known already, it comes now."""
        if self._leaving.settled:
            self.go_on()
        else:
            self._apply(self._talk.rescue(why, aloud=aloud))

    def found(self, event: Found) -> None:
        """The shop has answered."""
        if not self._lookups.answered(event.query):
            return
        if event.error:
            self._course.record("failed", why=f"look-up: {event.error}")
        self.take(dialogue.Answer(event.query, event.result, event.error))

    def not_found(self, query: int) -> None:
        """The shop has not answered in time."""
        self._course.record("failed", why="look-up: no answer in time")
        self.take(dialogue.Answer(query, {}, "timeout"))

    def fill(self) -> None:
        """The shop takes its time: a word to the caller, if nobody speaks."""
        silent = self._course.floor is Floor.NOBODY and not self._leaving.left
        if silent and self._lookups.open and not self._bot.busy:
            self._bot.say(self._lookups.fill())

    def go_on(self) -> None:
        """When all was said: leave if that was wanted, else the shop or the caller is waited for."""
        if self._bot.busy or self._leaving.left or self._leaving.deserted:
            return
        self._course.move(Signal.BOT_DONE)
        silence_ms = self._talk.question.silence_ms
        if self._course.floor is not Floor.NOBODY and not self._leaving.transferring:
            return
        if self._leaving.wanted is not None:
            self._leaving.go()
        elif self._lookups.open:
            self._lookups.quiet()
        elif silence_ms is not None:
            self._course.wait("silence", silence_ms * self._options.patience)

    def _apply(self, reply: dialogue.Reply) -> None:
        for speech in reply.speech:
            self._bot.say(speech.text, interruptible=speech.interruptible)
        for action in reply.actions:
            if isinstance(action, Transfer):
                self._leaving.wanted = self._talk.told(action)
            elif isinstance(action, HangUp):
                self._leaving.wanted = action
            else:
                self._course.ask(self._talk.with_transcript(action) if isinstance(action, Do) else action)
            if isinstance(action, Look | Do):
                self._lookups.asked(action.query)
        if reply.speech:
            self._course.record("asked", expecting=reply.expecting)
        self.go_on()
