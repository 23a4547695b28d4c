"""The call: events in, actions out. It joins the ear, the caller's turn, the bot's speech, the keys and the
dialogue, and decides nothing that one of them could decide.

    Heard ── ear ──► hearing ──► Listen Feed Conclude ··· Transcribed ──► conversation (on speculation)
                                                                             │ endpoint: commit
    Pressed ── keys ───────────────────────────────────────────────────────► │
    Found, Transferred, Woke ──────────────────────────────────────────────► Say Look Do Transfer HangUp

Every event is legal in every state: what does not concern the call any more does nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from voicebot.actions import Action, Do, HangUp, Look, Prepare, Record, StopSaying, Transfer
from voicebot.call.conversation import Conversation, Tentative, Understand
from voicebot.call.ear import Border, Ear
from voicebot.call.endpoint import DIGIT_QUESTIONS, patience_ms
from voicebot.call.hearing import Hearing
from voicebot.call.keys import Doubles, KeyPad
from voicebot.call.options import CallOptions
from voicebot.call.speaking import Speaking
from voicebot.call.timers import Timers
from voicebot.call.tones import ToneEar
from voicebot.call.turns import CALLER_HOLDS, Floor, Signal, move
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
from voicebot.nlu.voice import VoiceFeatures, voice_of
from voicebot.ports import VadStream

TYPED = 0
"""The utterance of what was typed: no recogniser was opened for it."""

NO_SPEECH = bytes(320)
"""What the ear hears while a key sounds."""

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
        self._ear = Ear(parts.vad, self._options.ear)
        self._hearing = Hearing()
        self._speaking = Speaking()
        self._keypad = KeyPad()
        self._tones = ToneEar()
        self._doubles = Doubles()
        self._timers = Timers()
        self._talk = Conversation(parts.script, parts.call_id, parts.understand, self._options.apology)
        self._floor = Floor.NOBODY
        self._tentative: Tentative | None = None
        self._leaving: Transfer | HangUp | None = None
        self._left = self._over = False
        self._interrupted = False
        self._last_voice: float | None = None
        self._at = 0.0
        self._out: list[Action] = []

    @property
    def deadline(self) -> float | None:
        """Wake the call then, in seconds since it began; None: it waits for nothing."""
        return self._timers.deadline

    @property
    def over(self) -> bool:
        """Has it ended, or does a human have it?"""
        return self._over

    @property
    def hears_speech(self) -> bool:
        """Was the newest frame speech?"""
        return self._ear.silent_ms == 0

    def receive(self, event: Event) -> list[Action]:
        """What to do about this event. Events come in the order of their `at`."""
        if self._over:
            return []
        self._out = []
        self._run_timers(event.at)
        self._at = event.at
        handle = _HANDLERS.get(type(event))
        if handle is not None and not self._over:
            handle(self, event)
        return self._out

    # -- the line -------------------------------------------------------------------------------------------

    def _answered(self, event: Answered) -> None:
        options = self._options
        self._timers.set("length", event.at + options.max_call_s)
        if options.max_call_s > options.warning_s:
            self._timers.set("warning", event.at + options.max_call_s - options.warning_s)
        self._out.append(
            Record("began", {"caller": event.caller, "called": event.called, "line": event.line})
        )
        self._take(Began(event.caller, self._start, event.line))

    def _hung_up(self, event: HungUp) -> None:
        self._out += self._hearing.end()
        self._out.append(Record("ended", {"by": event.by}))
        self._end()

    def _transferred(self, _: Transferred) -> None:
        if self._left:
            reply = self._talk.take(HandedOver())
            self._out += [action for action in reply.actions if isinstance(action, Record)]
            self._out.append(Record("ended", {"by": "transfer"}))
            self._end()

    def _transfer_failed(self, event: TransferFailed) -> None:
        if self._left and isinstance(self._leaving, Transfer):
            self._left, self._leaving = False, None
            self._timers.drop("transfer")
            self._take(HumanFailed(event.why))

    def _end(self) -> None:
        self._over = True
        self._timers.clear()

    # -- the caller's voice ---------------------------------------------------------------------------------

    def _heard(self, event: Heard) -> None:
        if self._left:
            return
        key = self._tones.hear(event.pcm)
        if key is not None:
            self._pressed(Pressed(event.at, key, signalled=False))
        border = self._ear.hear(NO_SPEECH if self._tones.sounding else event.pcm)
        if self._hearing.open:
            self._out += self._hearing.feed(event.pcm)
        if border is not None:
            _BORDERS[border](self)
        if self._floor is Floor.BOTH and self._ear.voiced_ms >= self._options.barge_in_ms:
            self._barge_in()

    def _voice_began(self) -> None:
        self._timers.drop("silence")
        self._move(Signal.VOICE)
        expecting = self._talk.question.expecting
        piecewise = expecting in DIGIT_QUESTIONS
        self._out += self._hearing.begin(expecting, self._ear.preroll(), piecewise=piecewise)

    def _voice_resumed(self) -> None:
        self._timers.drop("endpoint")
        self._timers.drop("transcript")
        self._tentative = None
        self._move(Signal.VOICE)
        self._out += self._hearing.go_on(self._ear.preroll())

    def _voice_paused(self) -> None:
        self._move(Signal.PAUSE)
        self._last_voice = self._at - self._ear.silent_ms / 1000
        self._out += self._hearing.conclude()
        self._timers.set("transcript", self._at + self._options.transcript_timeout_ms / 1000)

    def _barge_in(self) -> None:
        if self._speaking.busy and self._speaking.interruptible:
            self._interrupted = True
            self._talk.barge_ins += 1
            self._stop_saying()
            self._out.append(Record("barge_in", {"at": round(self._at, 2)}))

    def _transcribed(self, event: Transcribed) -> None:
        if event.utterance == TYPED:
            self._typed(event.transcript)
            return
        if not event.final or not self._hearing.open:
            return
        transcript = self._hearing.take(event.utterance, event.transcript)
        if transcript is not None and self._floor in {Floor.PAUSED, Floor.BOT_WHILE_PAUSED}:
            self._timers.drop("transcript")
            self._speculate(transcript)

    def _recognition_failed(self, event: RecognitionFailed) -> None:
        actions = self._hearing.retry(event.utterance)
        self._out.append(Record("failed", {"why": f"recognition: {event.why}"}))
        if actions is None:
            self._drop_turn()
            self._apply(self._talk.rescue("recognition was lost twice"))
        else:
            self._out += actions

    def _typed(self, transcript: Transcript) -> None:
        self._timers.drop("silence")
        if self._speaking.busy and self._speaking.interruptible:
            self._stop_saying()
        self._speaking.forget_cut()
        self._last_voice = self._at
        self._commit(self._talk.speculate(transcript, self._talk.question.expecting))

    def _speculate(self, transcript: Transcript) -> None:
        last_voice = self._last_voice if self._last_voice is not None else self._at
        if not transcript.text:
            self._timers.set("endpoint", last_voice + self._options.endpoint.finished_ms / 1000)
            return
        tentative = self._talk.speculate(transcript, self._hearing.expecting, self._voice())
        self._tentative = tentative
        self._out += [Prepare(speech.text) for speech in tentative.reply.speech]
        patience = patience_ms(
            tentative.understanding.turn,
            tentative.reply.matched,
            self._hearing.expecting,
            self._options.endpoint,
        )
        self._timers.set("endpoint", max(self._at, last_voice + patience / 1000))
        self._run_timers(self._at)

    def _voice(self) -> VoiceFeatures | None:
        """How the caller sounds in this turn; of a word or two nothing can be told."""
        return voice_of(self._hearing.audio) if self._ear.voiced_ms >= self._options.voice_ms else None

    def _endpoint(self) -> None:
        tentative, voiced_ms = self._tentative, self._ear.voiced_ms
        self._drop_turn()
        if tentative is None:
            self._heard_nothing(voiced_ms)
        elif self._interrupted and set(tentative.transcript.text) <= INTERJECTIONS:
            self._resume_speech()
        else:
            self._speaking.forget_cut()
            self._interrupted = False
            self._commit(tentative)

    def _heard_nothing(self, voiced_ms: int) -> None:
        if self._interrupted:
            self._resume_speech()
        elif voiced_ms >= self._options.shortest_ms and not self._speaking.busy:
            self._take(NotHeard())
        else:
            self._bot_done_if_silent()

    def _commit(self, tentative: Tentative) -> None:
        transcript, understanding = tentative.transcript, tentative.understanding
        self._talk.note(self._at, "caller", understanding.text)
        self._out.append(Record("heard", _heard_fact(transcript, self._last_voice)))
        self._out.append(Record("understood", _understood_fact(tentative)))
        self._apply(self._talk.commit(tentative))

    def _drop_turn(self) -> None:
        self._timers.drop("endpoint")
        self._timers.drop("transcript")
        self._tentative = None
        self._move(Signal.TAKEN)
        self._ear.settle()
        self._out += self._hearing.end()

    # -- the keys -------------------------------------------------------------------------------------------

    def _pressed(self, event: Pressed) -> None:
        if self._left or not self._doubles.fresh(event.at, event.key, signalled=event.signalled):
            return
        self._timers.drop("silence")
        if self._speaking.busy and self._speaking.interruptible:
            self._stop_saying()
        self._speaking.forget_cut()
        if self._floor in CALLER_HOLDS:
            self._drop_turn()
        answer = self._keypad.press(event.key, self._talk.question.keys)
        if answer is None:
            self._timers.set("keys", self._at + self._options.key_gap_ms / 1000)
        else:
            self._keyed(answer)

    def _keyed(self, answer: str) -> None:
        self._timers.drop("keys")
        self._last_voice = self._at
        self._talk.note(self._at, "caller", f"[{answer}]")
        self._out.append(Record("keyed", {"keys": answer}))
        self._take(Keyed(answer))

    # -- the bot's voice ------------------------------------------------------------------------------------

    def _say(self, text: str, *, interruptible: bool = True) -> None:
        self._timers.drop("silence")
        self._timers.drop("filler")
        self._out.append(self._speaking.say(text, interruptible=interruptible))
        self._watch_playing()
        self._move(Signal.BOT_BEGAN)

    def _played(self, event: Played) -> None:
        if self._speaking.begun(event.utterance) and self._last_voice is not None:
            gap_ms = round((event.at - self._last_voice) * 1000)
            self._last_voice = None
            self._out.append(Record("answered", {"gap_ms": gap_ms}))
        done = self._speaking.heard(event.utterance, event.heard_ms, finished=event.finished)
        if done is not None:
            self._talk.note(self._at, "bot", done.text)
            fact = {"text": done.text, "heard_ms": event.heard_ms, "finished": event.finished}
            self._out.append(Record("said", fact))
        self._watch_playing()
        self._bot_done_if_silent()

    def _synthesized(self, event: Synthesized) -> None:
        self._timers.set("playing", self._at + (event.duration_ms + self._options.playing_timeout_ms) / 1000)

    def _synthesis_failed(self, event: SynthesisFailed) -> None:
        self._out.append(Record("failed", {"why": f"synthesis: {event.why}"}))
        self._speaking.heard(event.utterance, 0, finished=True)
        if self._leaving is None:
            self._leaving = self._talk.told(Transfer("service", {"reason": "failure", "why": "synthesis"}))
        self._bot_done_if_silent()

    def _watch_playing(self) -> None:
        if self._speaking.busy:
            self._timers.set("playing", self._at + self._options.playing_timeout_ms / 1000)
        else:
            self._timers.drop("playing")

    def _stop_saying(self) -> None:
        self._speaking.stop()
        self._out.append(StopSaying())
        self._watch_playing()
        self._move(Signal.BOT_DONE)

    def _resume_speech(self) -> None:
        self._interrupted = False
        says = self._speaking.resume()
        self._out += says
        if says:
            self._move(Signal.BOT_BEGAN)
        self._watch_playing()
        self._bot_done_if_silent()

    def _bot_done_if_silent(self) -> None:
        if self._speaking.busy or self._left:
            return
        self._move(Signal.BOT_DONE)
        if self._leaving is not None and self._floor is Floor.NOBODY:
            self._leave(self._leaving)
        elif self._floor is Floor.NOBODY and not self._looking():
            self._await_caller()

    def _await_caller(self) -> None:
        silence_ms = self._talk.question.silence_ms
        if silence_ms is not None:
            self._timers.set("silence", self._at + silence_ms * self._options.patience / 1000)

    def _leave(self, action: Transfer | HangUp) -> None:
        self._left = True
        self._timers.drop("silence")
        self._out.append(action)
        if isinstance(action, Transfer):
            self._timers.set("transfer", self._at + self._options.transfer_timeout_ms / 1000)

    # -- the dialogue ---------------------------------------------------------------------------------------

    def _take(self, said: Said) -> None:
        self._apply(self._talk.take(said))

    def _apply(self, reply: Reply) -> None:
        for speech in reply.speech:
            self._say(speech.text, interruptible=speech.interruptible)
        for action in reply.actions:
            if isinstance(action, Transfer):
                self._leaving = self._talk.told(action)
            elif isinstance(action, HangUp):
                self._leaving = action
            else:
                self._out.append(action)
            if isinstance(action, Look | Do):
                self._timers.set(f"look {action.query}", self._at + self._options.look_timeout_ms / 1000)
                self._timers.set("filler", self._at + self._options.filler_ms / 1000)
        if reply.speech:
            self._out.append(Record("asked", {"expecting": reply.expecting}))
        self._bot_done_if_silent()

    def _found(self, event: Found) -> None:
        if not self._timers.drop(f"look {event.query}"):
            return
        if not self._looking():
            self._timers.drop("filler")
        if event.error:
            self._out.append(Record("failed", {"why": f"look-up: {event.error}"}))
        self._take(Answer(event.query, event.result, event.error))

    def _looking(self) -> bool:
        return self._timers.any("look ")

    def _move(self, signal: Signal) -> None:
        self._floor = move(self._floor, signal)

    # -- what was waited for --------------------------------------------------------------------------------

    def _run_timers(self, at: float) -> None:
        while not self._over and (due := self._timers.due(at)) is not None:
            name, self._at = due
            kind, _, number = name.partition(" ")
            _TIMERS[kind](self, number)

    def _silent_too_long(self, _: str) -> None:
        if self._floor is Floor.NOBODY and not self._left:
            self._take(WasSilent())

    def _keys_paused(self, _: str) -> None:
        if self._keypad.pending:
            self._keyed(self._keypad.take())

    def _look_too_long(self, number: str) -> None:
        self._out.append(Record("failed", {"why": "look-up: no answer in time"}))
        self._take(Answer(int(number), {}, "timeout"))

    def _transcript_too_long(self, _: str) -> None:
        missing = self._hearing.missing()
        if missing is not None:
            self._timers.set("transcript", self._at + self._options.transcript_timeout_ms / 1000)
            self._recognition_failed(RecognitionFailed(self._at, missing, "no transcript in time"))

    def _filler_due(self, _: str) -> None:
        if self._looking() and not self._speaking.busy and self._floor is Floor.NOBODY:
            self._say(self._options.filler)

    def _playing_too_long(self, _: str) -> None:
        self._out.append(Record("failed", {"why": "playing: nothing was heard in time"}))
        self._speaking.give_up()
        self._bot_done_if_silent()

    def _transfer_too_long(self, _: str) -> None:
        self._transfer_failed(TransferFailed(self._at, "no answer in time"))

    def _time_warning(self, _: str) -> None:
        if not self._left and self._leaving is None:
            self._say(self._options.warning)

    def _time_is_up(self, _: str) -> None:
        if not self._left and self._leaving is None:
            self._leaving = HangUp("time is up")
            self._say(self._options.time_is_up, interruptible=False)


def _heard_fact(transcript: Transcript, last_voice: float | None) -> dict[str, Any]:
    return {
        "text": transcript.text,
        "confidence": round(transcript.confidence, 3),
        "alternatives": [
            {"text": reading.text, "source": reading.source, "confidence": round(reading.confidence, 3)}
            for reading in transcript.alternatives[:5]
        ],
        "speech_end": None if last_voice is None else round(last_voice, 3),
    }


def _understood_fact(tentative: Tentative) -> dict[str, Any]:
    said = tentative.understanding
    return {
        "text": said.text,
        "intents": [{"name": i.name, "confidence": round(i.confidence, 3)} for i in said.intents],
        "slots": {name: {"value": slot.value, "text": slot.text} for name, slot in said.slots.items()},
        "mood": said.mood,
        "turn": said.turn,
    }


_BORDERS: dict[Border, Callable[[Call], None]] = {
    Border.STARTED: Call._voice_began,
    Border.RESUMED: Call._voice_resumed,
    Border.PAUSED: Call._voice_paused,
}

_HANDLERS: dict[type[Any], Callable[[Call, Any], None]] = {
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
    "endpoint": lambda call, _: call._endpoint(),
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
