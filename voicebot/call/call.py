"""The call: events in, actions out. It joins the caller's side, the bot's side, the keys and the answers of the
dialogue, and decides nothing that one of them could decide.

    Heard Transcribed ──► caller ──── endpoint: the turn is over ──► answering ──► Look Do Transfer HangUp
    Pressed ──► keying ── an answer is complete ──────────────────►      │
    Found TransferFailed ─────────────────────────────────────────►      │
    Played ──► bot ◄─────────────────────────────────────────────────────┘ ──► Say StopSaying

Two tables say what happens: one by the kind of event, one by the name of what was waited for and has come due.
Every event is legal in every state: what does not concern the call any more does nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from voicebot import dialogue, events
from voicebot.actions import Action, HangUp, Prepare, Record
from voicebot.call.answering import Answering
from voicebot.call.bot import Bot
from voicebot.call.caller import Caller, Ended
from voicebot.call.conversation import Conversation, Understand
from voicebot.call.course import Course
from voicebot.call.human import Human, Parties
from voicebot.call.keys import Keying
from voicebot.call.leaving import Leaving
from voicebot.call.options import CallOptions
from voicebot.call.screening import Placed, Screening, Sides
from voicebot.call.turns import CALLER_HOLDS, Floor
from voicebot.ports import VadStream

TYPED = 0
"""The utterance of what was typed: no recogniser was opened for it."""

WARN_AGAIN_MS = 500
"""Who speaks is not warned of the time then, but so much later."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a call is made of: its own name, the script, understanding, its VAD stream, the shop's time.

    `given` are values that the script may speak of from the start; `placed` says that the bot has rung, and what to
    do when a machine answers.
    """

    call_id: str

    script: dialogue.Script
    understand: Understand
    vad: VadStream
    now: datetime
    given: Mapping[str, Any] = field(default_factory=dict)
    placed: Placed | None = None


class Call:
    """One call. A new one each time; there is no reset."""

    def __init__(self, parts: Parts, options: CallOptions | None = None) -> None:
        self._options = options or CallOptions()
        self._start = parts.now
        self._course = Course()
        self._talk = Conversation(
            parts.script, parts.call_id, parts.understand, self._options.apology, parts.given
        )
        self._caller = Caller(parts.vad, self._talk, self._course, self._options)
        self._bot = Bot(self._talk, self._course, self._options)
        self._keying = Keying(self._talk, self._course, self._options)
        self._leaving = Leaving(self._course, self._options)
        self._answering = Answering(self._talk, self._bot, self._leaving, self._course, self._options)
        parties = Parties(self._talk, self._caller, self._bot, self._answering, self._leaving)
        self._human = Human(parties, self._course, self._options)
        sides = Sides(self._caller, self._bot, self._leaving, self._course)
        self._screening = Screening(parts.placed, sides, self._begin) if parts.placed else None
        self._began = dialogue.Began(None, parts.now)
        self._begun = False
        self._over = False

    @property
    def with_human(self) -> bool:
        """Does a human speak with the caller on this line?"""
        return self._human.has_the_call

    @property
    def deadline(self) -> float | None:
        """Wake the call then, in seconds since it began; None: it waits for nothing."""
        return self._course.timers.deadline

    @property
    def over(self) -> bool:
        """Has it ended, or does a human have it?"""
        return self._over

    @property
    def expecting(self) -> str | None:
        """What the caller is asked for now, by the name under which the recogniser knows it."""
        return self._talk.question.expecting

    @property
    def hears_speech(self) -> bool:
        """Was the newest frame speech?"""
        return self._caller.hears_speech

    def receive(self, event: events.Event) -> list[Action]:
        """What to do about this event. Events come in the order of their `at`."""
        self._run_timers(event.at)
        self._course.at = event.at
        handle = _EVENTS.get(type(event))
        if handle is not None and not self._over:
            handle(self, event)
            self._run_timers(event.at)
        return self._course.take()

    def _run_timers(self, at: float) -> None:
        while not self._over and (due := self._course.timers.due(at)) is not None:
            name, self._course.at = due
            kind, _, number = name.partition(" ")
            _TIMERS[kind](self, number)

    # -- the line -------------------------------------------------------------------------------------------

    def _answered(self, event: events.Answered) -> None:
        self._begun = True
        options = self._options
        self._course.wait("length", options.max_call_s * 1000)
        if options.max_call_s > options.warning_s:
            self._course.wait("warning", (options.max_call_s - options.warning_s) * 1000)
        self._course.record("began", caller=event.caller, called=event.called, line=event.line)
        self._began = dialogue.Began(event.caller, self._start, event.line)
        if self._screening is None:
            self._begin()
        else:
            self._screening.answered()
            self._course.ask(*(Prepare(speech.text) for speech in self._talk.preview(self._began).speech))

    def _begin(self) -> None:
        self._answering.take(self._began)

    @property
    def _undecided(self) -> bool:
        """Is it not known who has answered the call that the bot has placed?"""
        return self._screening is not None and self._screening.open

    def _heard_by_machine(self, frame: bytes) -> bool:
        """Is this nothing to reply to: the network rings, or a machine talks?"""
        screening = self._screening
        if screening is not None and screening.by_machine:
            screening.hear(frame)
        return screening is not None and (screening.ringing or screening.by_machine)

    def _hung_up(self, event: events.HungUp) -> None:
        self._end(event.by)

    def _end(self, by: str) -> None:
        self._caller.end_turn()
        self._course.record("ended", by=by)
        self._over = True
        self._course.timers.clear()

    def _time_warning(self, _: str) -> None:
        if self._course.floor in CALLER_HOLDS:
            self._course.wait("warning", WARN_AGAIN_MS)
        elif not self._leaving.settled:
            self._bot.say(self._options.warning)

    def _time_is_up(self, _: str) -> None:
        if self._leaving.by_transfer:
            self._course.wait("length", self._options.transfer_timeout_ms)
        if self._leaving.left:
            return
        self._leaving.closing = True
        self._caller.break_off()
        if self._leaving.wanted is None:
            self._leaving.wanted = HangUp("time is up")
            self._bot.say(self._options.time_is_up, interruptible=False)
        self._answering.go_on()

    # -- the caller -----------------------------------------------------------------------------------------

    def _heard(self, event: events.Heard) -> None:
        if self._human.has_the_call:
            self._human.hear(event)
            return
        if self._heard_by_machine(event.pcm) or self._leaving.deaf:
            return
        key = self._caller.key(event.pcm)
        if key is not None:
            self._pressed(events.Pressed(event.at, key, signalled=False))
        self._caller.hear(event.pcm, event.sent)
        if self._screening is not None:
            self._screening.hear(event.pcm)
        if self._course.floor is Floor.BOTH and self._caller.insists:
            self._bot.interrupt()

    def _transcribed(self, event: events.Transcribed) -> None:
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

    def _recognition_failed(self, event: events.RecognitionFailed) -> None:
        if self._caller.lost(event.utterance, event.why) or self._undecided:
            return
        self._caller.end_turn()
        if not self._human.has_the_call:
            self._bot.forget()
            self._answering.rescue("recognition was lost twice")

    def _transcript_too_long(self, _: str) -> None:
        missing = self._caller.overdue()
        if missing is not None:
            self._recognition_failed(
                events.RecognitionFailed(self._course.at, missing, "no transcript in time")
            )

    def _endpoint(self, _: str) -> None:
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

    def _nobody_known(self, _: str) -> None:
        if self._screening is not None:
            self._screening.overdue()

    def _pressed(self, event: events.Pressed) -> None:
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

    def _keys_paused(self, _: str) -> None:
        self._keyed(self._keying.paused())

    def _keyed(self, answer: str | None) -> None:
        if answer is not None:
            self._caller.acted()
            self._answering.take(dialogue.Keyed(answer))

    def _silent_too_long(self, _: str) -> None:
        if self._course.floor is Floor.NOBODY and not self._leaving.left:
            self._caller.not_heard()
            self._answering.take(dialogue.WasSilent())

    # -- the bot --------------------------------------------------------------------------------------------

    def _played(self, event: events.Played) -> None:
        if self._bot.begun(event.utterance):
            self._caller.answered()
        self._bot.played(event.utterance, event.heard_ms, finished=event.finished)
        self._answering.go_on()

    def _synthesized(self, event: events.Synthesized) -> None:
        self._bot.synthesized(event.utterance, event.duration_ms)

    def _synthesis_failed(self, event: events.SynthesisFailed) -> None:
        if self._bot.lost(event.utterance, event.why) and not self._human.has_the_call:
            self._answering.rescue("synthesis", aloud=False)
        else:
            self._answering.go_on()

    def _playing_too_long(self, _: str) -> None:
        self._bot.give_up()
        self._answering.go_on()

    def _found(self, event: events.Found) -> None:
        by_machine = self._screening is not None and self._screening.by_machine
        if not by_machine and not self._human.has_the_call:
            self._answering.found(event)

    # -- the human ------------------------------------------------------------------------------------------

    def _prompted(self, event: events.Prompted) -> None:
        screening = self._screening
        if self._begun and (screening is None or not (screening.open or screening.by_machine)):
            self._human.prompt(event)

    def _taken_over(self, event: events.TakenOver) -> None:
        if self._screening is not None and self._begun:
            self._screening.is_human()
        if self._begun:
            self._human.take(event)

    def _transferred(self, _: events.Transferred) -> None:
        """Also one that was not waited for any more: the caller has the human whom he was promised."""
        reply = self._talk.take(dialogue.HandedOver())
        self._course.ask(*(action for action in reply.actions if isinstance(action, Record)))
        self._end("transfer")

    def _transfer_failed(self, event: events.TransferFailed) -> None:
        if self._leaving.back():
            self._answering.take(dialogue.HumanFailed(event.why))

    def _transfer_too_long(self, _: str) -> None:
        self._transfer_failed(events.TransferFailed(self._course.at, "no answer in time"))


_EVENTS: dict[type[Any], Callable[[Call, Any], None]] = {
    events.Answered: Call._answered,
    events.Heard: Call._heard,
    events.Transcribed: Call._transcribed,
    events.RecognitionFailed: Call._recognition_failed,
    events.Pressed: Call._pressed,
    events.Synthesized: Call._synthesized,
    events.SynthesisFailed: Call._synthesis_failed,
    events.Played: Call._played,
    events.Found: Call._found,
    events.Transferred: Call._transferred,
    events.TransferFailed: Call._transfer_failed,
    events.Prompted: Call._prompted,
    events.TakenOver: Call._taken_over,
    events.HumanSaid: lambda call, event: call._human.said(event),
    events.HandedBack: lambda call, event: call._human.hand_back(event),
    events.Noted: lambda call, event: call._course.record("note", by=event.by, text=event.text),
    events.Woke: lambda _call, _event: None,
    events.HungUp: Call._hung_up,
}

_TIMERS: dict[str, Callable[[Call, str], None]] = {
    "endpoint": Call._endpoint,
    "screening": Call._nobody_known,
    "silence": Call._silent_too_long,
    "keys": Call._keys_paused,
    "look": lambda call, query: call._answering.not_found(int(query)),
    "filler": lambda call, _: call._answering.fill(),
    "transcript": Call._transcript_too_long,
    "playing": Call._playing_too_long,
    "transfer": Call._transfer_too_long,
    "prompt": lambda call, _: call._human.say_prompts(),
    "human": lambda call, _: call._human.hand_back(events.HandedBack(call._course.at)),
    "warning": Call._time_warning,
    "length": Call._time_is_up,
}
