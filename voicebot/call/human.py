"""A human speaks with the caller in the bot's place, on the bot's line: one who was sought, or one who steps in.

bot ── TakenOver ──► human ── HandedBack, or too long ──► bot
 ▲                     │ the caller's words are heard and kept, nobody replies to them
 └─────────────────────┘ HungUp ends either

While the bot has the call, whoever watches may have it say something: Prompted.
"""

from __future__ import annotations

from dataclasses import dataclass

from voicebot.actions import HangUp, Record
from voicebot.call import facts
from voicebot.call.answering import Answering
from voicebot.call.bot import Bot
from voicebot.call.caller import Caller
from voicebot.call.conversation import Conversation
from voicebot.call.course import Course
from voicebot.call.leaving import Leaving
from voicebot.call.options import CallOptions
from voicebot.call.turns import CALLER_HOLDS
from voicebot.dialogue import Returned
from voicebot.events import HandedBack, Heard, HumanSaid, Prompted, TakenOver, Transcript

WAIT_MS = 300
"""Who speaks is not spoken to; so much later it is tried again."""


@dataclass(frozen=True, slots=True)
class Parties:
    """Everybody in the call."""

    talk: Conversation
    caller: Caller
    bot: Bot
    answering: Answering
    leaving: Leaving


class Human:
    """Whoever of us is in one call. `has_the_call` says that the bot is silent and answers nothing."""

    def __init__(self, parties: Parties, course: Course, options: CallOptions) -> None:
        self._in = parties
        self._course = course
        self._options = options
        self._prompts: list[str] = []
        self.has_the_call = False

    # -- the bot has the call -------------------------------------------------------------------------------

    def prompt(self, event: Prompted) -> None:
        """The bot shall say this next."""
        if event.text.strip() and not self.has_the_call:
            self._prompts.append(event.text.strip())
            self.say_prompts()

    def say_prompts(self) -> None:
        """Say them now, or as soon as the caller is silent; after the last words there is nobody to hear them."""
        leaving = self._in.leaving
        if not self._prompts or (leaving.left and not leaving.by_transfer):
            self._prompts.clear()
        elif self._course.floor in CALLER_HOLDS and not leaving.deaf:
            self._course.wait("prompt", WAIT_MS)
        else:
            prompts, self._prompts = self._prompts, []
            for text in prompts:
                self._in.bot.say(text)

    # -- the human has it -----------------------------------------------------------------------------------

    def take(self, event: TakenOver) -> None:
        """From here a human speaks. Nothing to do where the line is on its way out."""
        leaving = self._in.leaving
        if self.has_the_call or (leaving.left and not leaving.by_transfer):
            return
        sought = leaving.by_transfer
        self.has_the_call = True
        self._prompts.clear()
        self._in.bot.fall_silent()
        self._in.caller.break_off()
        self._in.caller.dismissed()
        leaving.give_way()
        self._course.timers.clear()
        self._course.wait("human", self._options.human_s * 1000)
        self._in.talk.ask_nothing()
        self._course.record("taken", by=event.by, sought=sought)

    def said(self, event: HumanSaid) -> None:
        """He has said or typed this."""
        if self.has_the_call and event.text.strip():
            self._in.talk.note(self._course.at, "agent", event.text.strip())
            self._course.record("spoken", by=event.by, text=event.text.strip())

    def overhear(self, transcript: Transcript) -> None:
        """The caller has said or typed this to him: kept, and not replied to."""
        if not transcript.text:
            return
        last_voice = self._in.caller.last_voice
        self._in.caller.dismissed()
        said = self._in.talk.overhear(transcript)
        self._in.talk.note(self._course.at, "caller", said.text)
        self._course.ask(
            Record("heard", facts.heard(transcript, last_voice)), Record("understood", facts.understood(said))
        )

    def hear(self, event: Heard) -> None:
        """20 ms of the caller's audio."""
        self._in.caller.hear(event.pcm, event.sent)

    def transcribed(self, utterance: int, transcript: Transcript) -> None:
        """A final transcript: what was said up to a pause is a line of its own."""
        whole = self._in.caller.overheard(utterance, transcript)
        if whole is not None:
            self.overhear(whole)
            self._in.caller.end_turn()

    def hand_back(self, event: HandedBack) -> None:
        """The bot goes on, and knows what the human has noted."""
        if not self.has_the_call:
            return
        self.has_the_call = False
        self._in.caller.break_off()
        self._in.leaving.closing = False
        self._course.timers.clear()
        self._course.wait("length", self._options.max_call_s * 1000)
        self._course.record("returned", note=event.note)
        if self._in.talk.state.ended != "open":
            self._in.leaving.wanted = HangUp("done")
        self._in.answering.take(Returned(event.note))
