"""The caller's side: his voice becomes a turn, and the turn's transcript an answer that is made on speculation.

    Heard ── tones ──► a key
       └──── ear ──► hearing ──► Listen Feed Conclude ··· Transcribed ──► speculate: Prepare
                                                                          └─ patience ──► "endpoint" comes due

Whoever joins the sides ends the turn, at the endpoint or before, and decides what becomes of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from voicebot.actions import Forget, Prepare
from voicebot.call.conversation import Conversation, Tentative
from voicebot.call.course import Course
from voicebot.call.ear import FRAME_MS, Border, Ear
from voicebot.call.endpoint import patience_ms
from voicebot.call.hearing import Hearing
from voicebot.call.options import CallOptions
from voicebot.call.tones import ToneEar
from voicebot.call.turns import BOT_SPEAKS, CALLER_HOLDS, Floor, Signal
from voicebot.events import Transcript
from voicebot.nlu.voice import VoiceFeatures, voice_of
from voicebot.ports import VadStream

INTERJECTIONS = frozenset("嗯哦噢喔啊呃唉诶哎欸")
"""A turn of nothing but these, said while the bot speaks, takes no turn from it."""

NO_SPEECH = bytes(320)
"""What the ear hears while a key sounds."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A turn that is over: so many ms of it were voice; `answer` is None when no words were recognised in it."""

    voiced_ms: int
    answer: Tentative | None


class Caller:
    """Hears one caller, one turn at a time."""

    def __init__(self, vad: VadStream, talk: Conversation, course: Course, options: CallOptions) -> None:
        self._talk = talk
        self._course = course
        self._options = options
        self._ear = Ear(vad, replace(options.ear, insist_frames=options.barge_in_ms // FRAME_MS))
        self._tones = ToneEar()
        self._hearing = Hearing()
        self._answer: Tentative | None = None
        self._last_voice: float | None = None
        self._late = False
        self._paused_at = 0.0

    @property
    def last_voice(self) -> float | None:
        """When the caller last did anything that was not answered yet, in seconds since the call began."""
        return self._last_voice

    @property
    def voiced_ms(self) -> int:
        """So much of this turn was voice."""
        return self._ear.voiced_ms

    @property
    def insists(self) -> bool:
        """Does his voice want the word while the bot has it?"""
        return self._ear.insists

    @property
    def hears_speech(self) -> bool:
        """Was the newest frame speech?"""
        return self._ear.silent_ms == 0

    def key(self, frame: bytes) -> str | None:
        """The key that this frame makes certain, or None. To be asked before the frame is heard."""
        return self._tones.hear(frame)

    def hear(self, frame: bytes, sent: bytes = b"") -> None:
        """20 ms of the caller's audio: 320 bytes; `sent` went out to him since the frame before."""
        guarded = self._course.floor in BOT_SPEAKS
        border = self._ear.hear(NO_SPEECH if self._tones.sounding else frame, sent, guarded=guarded)
        if self._hearing.open:
            self._course.ask(*self._hearing.feed(frame))
        if border is not None:
            _BORDERS[border](self)

    def overhear(self, frame: bytes, sent: bytes = b"") -> bool:
        """20 ms that are nobody's turn; tells whether there is speech in them."""
        self._ear.hear(frame, sent)
        return self.hears_speech

    def _began(self) -> None:
        self._course.timers.drop("silence")
        self._course.move(Signal.VOICE)
        expecting = self._talk.question.expecting
        self._course.ask(*self._hearing.begin(expecting, self._ear.preroll()))

    def _went_on(self) -> None:
        self._forget_answer()
        self._course.move(Signal.VOICE)
        self._course.ask(*self._hearing.go_on())

    def _paused(self) -> None:
        self._course.move(Signal.PAUSE)
        self._paused_at = self._course.at
        self._last_voice = self._course.at - self._ear.silent_ms / 1000
        self._course.ask(*self._hearing.conclude())
        self._course.wait("transcript", self._options.transcript_timeout_ms)

    def transcribed(self, utterance: int, transcript: Transcript) -> bool:
        """A final transcript has come; tells whether it is that of his turn so far."""
        if self._course.floor not in {Floor.PAUSED, Floor.BOT_WHILE_PAUSED}:
            return False
        whole = self._hearing.take(utterance, transcript)
        if whole is None:
            return False
        self._course.timers.drop("transcript")
        self._speculate(whole)
        return True

    def murmured(self) -> bool:
        """Is all that he has said in this turn, as far as it is known, no word at all?"""
        return self._answer is None or set(self._answer.transcript.text) <= INTERJECTIONS

    def hurry(self) -> None:
        """What he said wants no answer: his turn ends soon."""
        soon = (self._last_voice or self._course.at) + self._options.endpoint.murmur_ms / 1000
        self._course.timers.set("endpoint", max(self._course.at, soon))

    def not_heard(self) -> None:
        """He was expected and did not come: perhaps he is farther away now."""
        self._ear.doubt()

    def was_nobody(self) -> None:
        """What stopped the bot was no voice that says anything."""
        self._ear.was_nobody()

    def overheard(self, utterance: int, transcript: Transcript) -> Transcript | None:
        """As `transcribed`, of a turn that nobody replies to: what was said in it up to now, or None."""
        whole = self._hearing.take(utterance, transcript)
        if whole is not None:
            self._course.timers.drop("transcript")
        return whole

    def _speculate(self, transcript: Transcript) -> None:
        last_voice = self._last_voice if self._last_voice is not None else self._course.at
        patience = self._options.endpoint.finished_ms
        if transcript.text:
            patience = self._prepare(transcript)
        self._course.timers.set("endpoint", max(self._course.at, last_voice + patience / 1000))

    def _prepare(self, transcript: Transcript) -> int:
        """Make the answer; returns how long to wait for more words, in ms."""
        expecting = self._hearing.expecting
        answer = self._talk.speculate(transcript, expecting, self._voice())
        self._answer = answer
        self._course.ask(*(Prepare(speech.text) for speech in answer.reply.speech))
        return patience_ms(answer.understanding.turn, answer.reply.matched, expecting, self._options.endpoint)

    def _voice(self) -> VoiceFeatures | None:
        """How the caller sounds in this turn; of a word or two nothing can be told."""
        return voice_of(self._hearing.audio) if self._ear.voiced_ms >= self._options.voice_ms else None

    def lost(self, utterance: int, why: str) -> bool:
        """A recogniser was lost; False when the same words were lost before and cannot be heard any more."""
        actions = self._hearing.retry(utterance)
        self._course.record("failed", why=f"recognition: {why}")
        self._course.ask(*actions or ())
        return actions is not None

    def late(self, utterance: int) -> None:
        """The recogniser has not come to this utterance yet."""
        self._late = self._late or utterance == self._hearing.missing

    def waits_on(self) -> bool:
        """The transcript has not come in time: is it known to be late, and not too late? Then it is waited for."""
        waited_ms = (self._course.at - self._paused_at) * 1000
        late, self._late = self._late and waited_ms < self._options.late_timeout_ms, False
        if late:
            self._course.wait("transcript", self._options.transcript_timeout_ms)
        return late

    def overdue(self) -> int | None:
        """The utterance whose transcript did not come in time; from now on it is waited for once more."""
        missing = self._hearing.missing
        if missing is not None:
            self._course.ask(Forget(missing))
            self._course.wait("transcript", self._options.transcript_timeout_ms)
        return missing

    def end_turn(self) -> Ended:
        """The turn is his no longer."""
        ended = Ended(self._ear.voiced_ms, self._answer)
        if self._answer is not None:
            self._ear.learn()
        self._forget_answer()
        self._course.move(Signal.TAKEN)
        self._ear.settle()
        self._course.ask(*self._hearing.end())
        return ended

    def break_off(self) -> None:
        """If he has a turn, it counts for nothing."""
        if self._course.floor in CALLER_HOLDS:
            self.end_turn()

    def acted(self) -> None:
        """He pressed or typed: what follows answers that."""
        self._last_voice = self._course.at

    def dismissed(self) -> None:
        """What he did came to nothing: what is said next does not answer it."""
        self._last_voice = None

    def answered(self) -> None:
        """He hears the first sound of a speech."""
        if self._last_voice is not None:
            self._course.record("answered", gap_ms=round((self._course.at - self._last_voice) * 1000))
            self._last_voice = None

    def _forget_answer(self) -> None:
        self._course.timers.drop("endpoint")
        self._course.timers.drop("transcript")
        self._answer, self._late = None, False


_BORDERS: dict[Border, Callable[[Caller], None]] = {
    Border.STARTED: Caller._began,
    Border.RESUMED: Caller._went_on,
    Border.PAUSED: Caller._paused,
}
