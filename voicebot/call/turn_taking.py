"""Who has the word: the caller's voice, words and keys meet what the bot says, and one of them goes on.

    voice, while the bot speaks ──► cut off ──┬─ words: forgotten, and answered
                                              └─ none, or a murmur: resumed
    the turn is over ──► the answer that was made on speculation ──► answering
    keys, typed words ──► the bot is silent ──► answering
    nobody for long   ──► asked again

A transcript that does not come is that of a recogniser that is lost, which is replaced once; or of one that is known to
be late, which is waited for, with a word to the caller.
"""

from __future__ import annotations

from voicebot import dialogue, events
from voicebot.call.caller import Ended
from voicebot.call.course import Course
from voicebot.call.human import Human, Parties
from voicebot.call.keys import Keying
from voicebot.call.options import CallOptions
from voicebot.call.screening import Screening
from voicebot.call.turns import Floor

TYPED = 0
"""The utterance of what was typed: no recogniser was opened for it."""


class TurnTaking:
    """Of one call. Whoever else may have the line, a human or a machine, is asked first."""

    def __init__(
        self,
        parties: Parties,
        human: Human,
        screening: Screening | None,
        course: Course,
        options: CallOptions,
    ) -> None:
        self._talk = parties.talk
        self._caller = parties.caller
        self._bot = parties.bot
        self._answering = parties.answering
        self._leaving = parties.leaving
        self._human = human
        self._screening = screening
        self._course = course
        self._options = options
        self._keying = Keying(parties.talk, course, options)

    @property
    def _undecided(self) -> bool:
        """Is it not known who has answered the call that the bot has placed?"""
        return self._screening is not None and self._screening.open

    # -- voice ----------------------------------------------------------------------------------------------

    def heard(self, event: events.Heard) -> None:
        """20 ms of the caller's side."""
        if self._human.has_the_call:
            self._human.hear(event)
            return
        if self._heard_by_machine(event.pcm) or self._leaving.deaf:
            return
        key = self._caller.key(event.pcm)
        if key is not None:
            self.pressed(events.Pressed(event.at, key, signalled=False))
        self._caller.hear(event.pcm, event.sent)
        if self._screening is not None:
            self._screening.hear(event.pcm)
        if self._course.floor is Floor.BOTH and self._caller.insists:
            self._bot.interrupt()

    def _heard_by_machine(self, frame: bytes) -> bool:
        """Is this nothing to reply to: the network rings, or a machine talks?"""
        screening = self._screening
        if screening is not None and screening.by_machine:
            screening.hear(frame)
        return screening is not None and (screening.ringing or screening.by_machine)

    def endpoint(self) -> None:
        """The caller has said no more for long enough: his turn is over."""
        murmured = self._caller.murmured()
        ended = self._caller.end_turn()
        answer = ended.answer
        if answer is None:
            self._heard_nothing(ended)
        elif self._bot.interrupted and murmured:
            self._resume()
        else:
            self._bot.forget()
            self._answering.commit(answer, self._caller.last_voice)

    def _heard_nothing(self, ended: Ended) -> None:
        if ended.voiced_ms >= self._options.shortest_ms and not self._bot.busy and not self._bot.interrupted:
            self._answering.take(dialogue.NotHeard())
            return
        if self._bot.interrupted:
            self._caller.was_nobody()
        self._resume()

    def _resume(self) -> None:
        """He said nothing that wants an answer: go on as before."""
        self._caller.dismissed()
        self._bot.resume()
        self._answering.go_on()

    def silent_too_long(self) -> None:
        """Nobody has said anything for as long as the question allows."""
        if self._course.floor is Floor.NOBODY and not self._leaving.left:
            self._caller.not_heard()
            self._answering.take(dialogue.WasSilent())

    # -- words ----------------------------------------------------------------------------------------------

    def transcribed(self, event: events.Transcribed) -> None:
        """What he said, or typed."""
        if self._human.has_the_call:
            self._said_to_human(event)
        elif event.utterance == TYPED and not self._leaving.closing:
            self._typed(event.transcript)
        elif event.final and self._undecided:
            self._screened(event)
        elif event.final:
            if self._screening is not None:
                self._screening.read(event.transcript)
            whole = self._caller.transcribed(event.utterance, event.transcript)
            if whole and self._bot.interrupted and self._caller.murmured():
                self._caller.hurry()

    def _said_to_human(self, event: events.Transcribed) -> None:
        if event.utterance == TYPED:
            self._human.overhear(event.transcript)
        elif event.final:
            self._human.transcribed(event.utterance, event.transcript)

    def _screened(self, event: events.Transcribed) -> None:
        whole = self._caller.overheard(event.utterance, event.transcript)
        if whole is not None and self._screening is not None:
            self._screening.read(whole)

    def _typed(self, transcript: events.Transcript) -> None:
        self._course.timers.drop("silence")
        self._bot.hush()
        self._caller.break_off()
        self._caller.acted()
        answer = self._talk.speculate(transcript, self._talk.question.expecting)
        self._answering.commit(answer, self._caller.last_voice)

    # -- words that do not come -----------------------------------------------------------------------------

    def lost(self, event: events.RecognitionFailed) -> None:
        """A recogniser was lost: another hears it all again, once; then a human is sought."""
        if self._caller.lost(event.utterance, event.why) or self._undecided:
            return
        self._caller.end_turn()
        if not self._human.has_the_call:
            self._bot.forget()
            self._answering.rescue("recognition was lost twice")

    def late(self, event: events.RecognitionLate) -> None:
        """His words are not lost, they wait among those of others."""
        self._caller.late(event.utterance)

    def transcript_too_long(self) -> None:
        """A transcript has not come in time: it is late, or lost."""
        if self._caller.waits_on():
            if not (self._bot.busy or self._undecided or self._human.has_the_call):
                self._bot.say(self._options.late)
            return
        missing = self._caller.overdue()
        if missing is not None:
            self.lost(events.RecognitionFailed(self._course.at, missing, "no transcript in time"))

    # -- keys -----------------------------------------------------------------------------------------------

    def pressed(self, event: events.Pressed) -> None:
        """A key, signalled or found in the audio."""
        if self._human.has_the_call:
            self._course.record("keyed", keys=event.key)
            return
        if self._screening is not None and not self._screening.ringing:
            self._screening.is_human()
        if self._leaving.deaf or not self._keying.fresh(event.key, signalled=event.signalled):
            return
        self._course.timers.drop("silence")
        self._bot.hush()
        self._caller.break_off()
        self._keyed(self._keying.press(event.key))

    def keys_paused(self) -> None:
        """No further key has come for a while."""
        self._keyed(self._keying.paused())

    def _keyed(self, answer: str | None) -> None:
        if answer is not None:
            self._caller.acted()
            self._answering.take(dialogue.Keyed(answer))
