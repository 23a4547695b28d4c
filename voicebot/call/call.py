"""The call: events in, actions out. It joins the caller's side, the bot's side and the answers of the dialogue, and
decides nothing that one of them could decide.

    Heard Transcribed Pressed ──► turn_taking ── the turn is over ──► answering ──► Look Do Transfer HangUp
    Found TransferFailed ───────────────────────────────────────────►     │
    Played ──► bot ◄──────────────────────────────────────────────────────┘ ──► Say StopSaying

Two tables say what happens: one by the kind of event, one by the name of what was waited for and has come due.
Every event is legal in every state: what does not concern the call any more does nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from voicebot import dialogue, events
from voicebot.actions import Action, Prepare, Record
from voicebot.call.answering import Answering
from voicebot.call.bot import Bot
from voicebot.call.caller import Caller
from voicebot.call.conversation import Conversation, Understand
from voicebot.call.course import Course
from voicebot.call.human import Human, Parties
from voicebot.call.leaving import Leaving
from voicebot.call.length import Length
from voicebot.call.options import CallOptions
from voicebot.call.screening import Placed, Screening, Sides
from voicebot.call.turn_taking import TurnTaking
from voicebot.ports import VadStream


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
        self._leaving = Leaving(self._course, self._options)
        self._answering = Answering(self._talk, self._bot, self._leaving, self._course, self._options)
        parties = Parties(self._talk, self._caller, self._bot, self._answering, self._leaving)
        self._human = Human(parties, self._course, self._options)
        sides = Sides(self._caller, self._bot, self._leaving, self._course)
        self._screening = Screening(parts.placed, sides, self._begin) if parts.placed else None
        self._turns = TurnTaking(parties, self._human, self._screening, self._course, self._options)
        self._length = Length(parties, self._course, self._options)
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
    def own_numbers(self) -> list[str]:
        """The numbers that are known to be the caller's own; may be asked from any thread."""
        return self._talk.own_numbers()

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
        self._length.begin()
        self._course.record("began", caller=event.caller, called=event.called, line=event.line)
        self._began = dialogue.Began(event.caller, self._start, event.line)
        if self._screening is None:
            self._begin()
        else:
            self._screening.answered()
            self._course.ask(*(Prepare(speech.text) for speech in self._talk.preview(self._began).speech))

    def _begin(self) -> None:
        self._answering.take(self._began)

    def _hung_up(self, event: events.HungUp) -> None:
        self._end(event.by)

    def _end(self, by: str) -> None:
        self._caller.end_turn()
        self._course.record("ended", by=by)
        self._over = True
        self._course.timers.clear()

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

    def _playing_too_long(self) -> None:
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

    def _transfer_too_long(self) -> None:
        self._transfer_failed(events.TransferFailed(self._course.at, "no answer in time"))

    def _nobody_known(self) -> None:
        if self._screening is not None:
            self._screening.overdue()


_EVENTS: dict[type[Any], Callable[[Call, Any], None]] = {
    events.Answered: Call._answered,
    events.Heard: lambda call, event: call._turns.heard(event),
    events.Transcribed: lambda call, event: call._turns.transcribed(event),
    events.RecognitionFailed: lambda call, event: call._turns.lost(event),
    events.RecognitionLate: lambda call, event: call._turns.late(event),
    events.Pressed: lambda call, event: call._turns.pressed(event),
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
    "endpoint": lambda call, _: call._turns.endpoint(),
    "screening": lambda call, _: call._nobody_known(),
    "silence": lambda call, _: call._turns.silent_too_long(),
    "keys": lambda call, _: call._turns.keys_paused(),
    "look": lambda call, query: call._answering.not_found(int(query)),
    "filler": lambda call, _: call._answering.fill(),
    "transcript": lambda call, _: call._turns.transcript_too_long(),
    "playing": lambda call, _: call._playing_too_long(),
    "transfer": lambda call, _: call._transfer_too_long(),
    "prompt": lambda call, _: call._human.say_prompts(),
    "human": lambda call, _: call._human.hand_back(events.HandedBack(call._course.at)),
    "warning": lambda call, _: call._length.warn(),
    "length": lambda call, _: call._length.is_up(),
}
