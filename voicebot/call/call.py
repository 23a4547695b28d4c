"""The call: events in, actions out. It joins the caller's side, the bot's side, the keys and the dialogue, and
decides nothing that one of them could decide.

    Heard Transcribed ──► caller ──── endpoint: the turn is over ────► conversation ──► Look Do
    Pressed ── keypad ─── an answer is complete ─────────────────────► │         │
    Found TransferFailed ─────────────────────────────────────────────►│         └────► bot ──► Say StopSaying
    Played ──► bot ─── nobody speaks, nothing is queued ──► await the caller, or leave: Transfer HangUp

Two tables say what happens: one by the kind of event, one by the name of what was waited for and has come due.
Every event is legal in every state: what does not concern the call any more does nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from voicebot.actions import Action, Do, HangUp, Look, Record, Transfer
from voicebot.call import facts
from voicebot.call.bot import Bot
from voicebot.call.caller import Caller, Ended
from voicebot.call.conversation import Conversation, Tentative, Understand
from voicebot.call.course import Course
from voicebot.call.keys import Doubles, KeyPad
from voicebot.call.options import CallOptions
from voicebot.call.turns import Floor, Signal
from voicebot.dialogue import (
    Answer,
    Began,
    HandedOver,
    HumanFailed,
    Keyed,
    NotHeard,
    Reply,
    Said,
    Script,
    WasSilent,
)
from voicebot.events import (
    Answered,
    Event,
    Found,
    Heard,
    HungUp,
    Played,
    Pressed,
    RecognitionFailed,
    SynthesisFailed,
    Synthesized,
    Transcribed,
    Transcript,
    TransferFailed,
    Transferred,
    Woke,
)
from voicebot.ports import VadStream

TYPED = 0
"""The utterance of what was typed: no recogniser was opened for it."""

INTERJECTIONS = frozenset("嗯哦噢喔啊呃唉诶哎欸")
"""A turn of nothing but these, said while the bot speaks, takes no turn from it."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a call is made of: its own name, the script, understanding, its VAD stream, the shop's time."""

    call_id: str

    script: Script
    understand: Understand
    vad: VadStream
    now: datetime


class Call:
    """One call. A new one each time; there is no reset."""

    def __init__(self, parts: Parts, options: CallOptions | None = None) -> None:
        self._options = options or CallOptions()
        self._start = parts.now
        self._course = Course()
        self._talk = Conversation(parts.script, parts.call_id, parts.understand, self._options.apology)
        self._caller = Caller(parts.vad, self._talk, self._course, self._options)
        self._bot = Bot(self._talk, self._course, self._options)
        self._keypad = KeyPad()
        self._doubles = Doubles()
        self._leaving: Transfer | HangUp | None = None
        self._left = self._over = False

    @property
    def deadline(self) -> float | None:
        """Wake the call then, in seconds since it began; None: it waits for nothing."""
        return self._course.timers.deadline

    @property
    def over(self) -> bool:
        """Has it ended, or does a human have it?"""
        return self._over

    @property
    def hears_speech(self) -> bool:
        """Was the newest frame speech?"""
        return self._caller.hears_speech

    def receive(self, event: Event) -> list[Action]:
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

    def _answered(self, event: Answered) -> None:
        options = self._options
        self._course.wait("length", options.max_call_s * 1000)
        if options.max_call_s > options.warning_s:
            self._course.wait("warning", (options.max_call_s - options.warning_s) * 1000)
        self._course.record("began", caller=event.caller, called=event.called, line=event.line)
        self._take(Began(event.caller, self._start, event.line))

    def _hung_up(self, event: HungUp) -> None:
        self._caller.end_turn()
        self._end(event.by)

    def _end(self, by: str) -> None:
        self._course.record("ended", by=by)
        self._over = True
        self._course.timers.clear()

    def _time_warning(self, _: str) -> None:
        if not self._left and self._leaving is None:
            self._bot.say(self._options.warning)

    def _time_is_up(self, _: str) -> None:
        if not self._left and self._leaving is None:
            self._leaving = HangUp("time is up")
            self._bot.say(self._options.time_is_up, interruptible=False)

    # -- the caller -----------------------------------------------------------------------------------------

    def _heard(self, event: Heard) -> None:
        if self._left:
            return
        key = self._caller.key(event.pcm)
        if key is not None:
            self._pressed(Pressed(event.at, key, signalled=False))
        self._caller.hear(event.pcm)
        if self._course.floor is Floor.BOTH and self._caller.voiced_ms >= self._options.barge_in_ms:
            self._bot.interrupt()

    def _transcribed(self, event: Transcribed) -> None:
        if event.utterance == TYPED:
            self._typed(event.transcript)
        elif event.final:
            self._caller.transcribed(event.utterance, event.transcript)

    def _typed(self, transcript: Transcript) -> None:
        self._course.timers.drop("silence")
        self._bot.hush()
        self._caller.acted()
        self._commit(self._talk.speculate(transcript, self._talk.question.expecting))

    def _recognition_failed(self, event: RecognitionFailed) -> None:
        if not self._caller.lost(event.utterance, event.why):
            self._caller.end_turn()
            self._apply(self._talk.rescue("recognition was lost twice"))

    def _transcript_too_long(self, _: str) -> None:
        missing = self._caller.overdue()
        if missing is not None:
            self._recognition_failed(RecognitionFailed(self._course.at, missing, "no transcript in time"))

    def _endpoint(self, _: str) -> None:
        ended = self._caller.end_turn()
        answer = ended.answer
        if answer is None:
            self._heard_nothing(ended)
        elif self._bot.interrupted and set(answer.transcript.text) <= INTERJECTIONS:
            self._bot.resume()
            self._go_on()
        else:
            self._bot.forget()
            self._commit(answer)

    def _heard_nothing(self, ended: Ended) -> None:
        if self._bot.interrupted:
            self._bot.resume()
        elif ended.voiced_ms >= self._options.shortest_ms and not self._bot.busy:
            self._take(NotHeard())
            return
        self._go_on()

    def _commit(self, answer: Tentative) -> None:
        self._talk.note(self._course.at, "caller", answer.understanding.text)
        self._course.ask(
            Record("heard", facts.heard(answer.transcript, self._caller.last_voice)),
            Record("understood", facts.understood(answer.understanding)),
        )
        self._apply(self._talk.commit(answer))

    def _pressed(self, event: Pressed) -> None:
        if self._left or not self._doubles.fresh(event.at, event.key, signalled=event.signalled):
            return
        self._course.timers.drop("silence")
        self._bot.hush()
        self._caller.break_off()
        answer = self._keypad.press(event.key, self._talk.question.keys)
        if answer is None:
            self._course.wait("keys", self._options.key_gap_ms)
        else:
            self._keyed(answer)

    def _keys_paused(self, _: str) -> None:
        if self._keypad.pending:
            self._keyed(self._keypad.take())

    def _keyed(self, answer: str) -> None:
        self._course.timers.drop("keys")
        self._caller.acted()
        self._talk.note(self._course.at, "caller", f"[{answer}]")
        self._course.record("keyed", keys=answer)
        self._take(Keyed(answer))

    def _silent_too_long(self, _: str) -> None:
        if self._course.floor is Floor.NOBODY and not self._left:
            self._take(WasSilent())

    # -- the bot --------------------------------------------------------------------------------------------

    def _played(self, event: Played) -> None:
        if self._bot.begun(event.utterance):
            self._caller.answered()
        self._bot.played(event.utterance, event.heard_ms, finished=event.finished)
        self._go_on()

    def _synthesized(self, event: Synthesized) -> None:
        self._bot.synthesized(event.duration_ms)

    def _synthesis_failed(self, event: SynthesisFailed) -> None:
        self._bot.lost(event.utterance, event.why)
        if self._leaving is None:
            self._leaving = self._talk.told(Transfer("service", {"reason": "failure", "why": "synthesis"}))
        self._go_on()

    def _playing_too_long(self, _: str) -> None:
        self._bot.give_up()
        self._go_on()

    def _go_on(self) -> None:
        """When all was said: leave if that was wanted, else it is the caller's turn."""
        if self._bot.busy or self._left:
            return
        self._course.move(Signal.BOT_DONE)
        if self._course.floor is not Floor.NOBODY:
            return
        if self._leaving is not None:
            self._leave(self._leaving)
        elif not self._looking() and self._talk.question.silence_ms is not None:
            self._course.wait("silence", self._talk.question.silence_ms * self._options.patience)

    # -- leaving --------------------------------------------------------------------------------------------

    def _leave(self, action: Transfer | HangUp) -> None:
        self._left = True
        self._course.timers.drop("silence")
        self._course.ask(action)
        if isinstance(action, Transfer):
            self._course.wait("transfer", self._options.transfer_timeout_ms)

    def _transferred(self, _: Transferred) -> None:
        if self._left:
            reply = self._talk.take(HandedOver())
            self._course.ask(*(action for action in reply.actions if isinstance(action, Record)))
            self._end("transfer")

    def _transfer_failed(self, event: TransferFailed) -> None:
        if self._left and isinstance(self._leaving, Transfer):
            self._left, self._leaving = False, None
            self._course.timers.drop("transfer")
            self._take(HumanFailed(event.why))

    def _transfer_too_long(self, _: str) -> None:
        self._transfer_failed(TransferFailed(self._course.at, "no answer in time"))

    # -- the dialogue ---------------------------------------------------------------------------------------

    def _take(self, said: Said) -> None:
        self._apply(self._talk.take(said))

    def _apply(self, reply: Reply) -> None:
        for speech in reply.speech:
            self._bot.say(speech.text, interruptible=speech.interruptible)
        for action in reply.actions:
            if isinstance(action, Transfer):
                self._leaving = self._talk.told(action)
            elif isinstance(action, HangUp):
                self._leaving = action
            else:
                self._course.ask(action)
            if isinstance(action, Look | Do):
                self._course.wait(f"look {action.query}", self._options.look_timeout_ms)
                self._course.wait("filler", self._options.filler_ms)
        if reply.speech:
            self._course.record("asked", expecting=reply.expecting)
        self._go_on()

    def _looking(self) -> bool:
        return self._course.timers.any("look ")

    def _found(self, event: Found) -> None:
        if not self._course.timers.drop(f"look {event.query}"):
            return
        if not self._looking():
            self._course.timers.drop("filler")
        if event.error:
            self._course.record("failed", why=f"look-up: {event.error}")
        self._take(Answer(event.query, event.result, event.error))

    def _look_too_long(self, number: str) -> None:
        self._course.record("failed", why="look-up: no answer in time")
        self._take(Answer(int(number), {}, "timeout"))

    def _filler_due(self, _: str) -> None:
        if self._looking() and not self._bot.busy and self._course.floor is Floor.NOBODY:
            self._bot.say(self._options.filler)


_EVENTS: dict[type[Any], Callable[[Call, Any], None]] = {
    Answered: Call._answered,
    Heard: Call._heard,
    Transcribed: Call._transcribed,
    RecognitionFailed: Call._recognition_failed,
    Pressed: Call._pressed,
    Synthesized: Call._synthesized,
    SynthesisFailed: Call._synthesis_failed,
    Played: Call._played,
    Found: Call._found,
    Transferred: Call._transferred,
    TransferFailed: Call._transfer_failed,
    Woke: lambda _call, _event: None,
    HungUp: Call._hung_up,
}

_TIMERS: dict[str, Callable[[Call, str], None]] = {
    "endpoint": Call._endpoint,
    "silence": Call._silent_too_long,
    "keys": Call._keys_paused,
    "look": Call._look_too_long,
    "filler": Call._filler_due,
    "transcript": Call._transcript_too_long,
    "playing": Call._playing_too_long,
    "transfer": Call._transfer_too_long,
    "warning": Call._time_warning,
    "length": Call._time_is_up,
}
