"""The bot's words in one call: made in worker threads, played on the line every 20 ms.

Prepare ──► making ··· kept              Say ──► making ──► playout ──► a frame ──► line, recording
               └───────── the same text: taken over ──────────┘
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from voicebot.actions import Prepare, Say
from voicebot.call.playout import Mark, Playout
from voicebot.events import Played, SynthesisFailed, Synthesized
from voicebot.ports import Line
from voicebot.runtime.engines import Engines, Inbox
from voicebot.runtime.making import Hands, Making, Step
from voicebot.runtime.pacer import FRAME_S
from voicebot.runtime.recording import Recording
from voicebot.runtime.stages import Passage, Stages

BYTES_PER_MS = 16
MUTE_S = 6.0
"""A speech of which no sound has come for so long, while it is its turn, is given up."""


class Speaking:
    """Carries out what a call wants to be said."""

    def __init__(
        self, engines: Engines, line: Line, recording: Recording, inbox: Inbox, stages: Stages
    ) -> None:
        self._voice = engines.synthesizer
        making = engines.making or engines.speaking
        self._hands = Hands(engines.speaking, making, engines.clock.now, inbox.later)
        self._line = line
        self._recording = recording
        self._inbox = inbox
        self._stages = stages
        self._playout = Playout()
        self._saying: dict[int, Making] = {}
        """Speeches that are not whole yet, in their order."""
        self._prepared: dict[str, Making] = {}
        self._sounding = False
        self._mute_frames = 0
        self.starved_frames = 0
        """Frames that were missing in the middle of a speech, because its next part was not made in time."""

    def prepare(self, action: Prepare) -> None:
        """Have it made, in case that it is said next. Where that fails, the Say that follows tells why."""
        if action.text not in self._prepared:
            making = self._prepared[action.text] = self._making(action.text)
            if not making.begin(likely=True):
                del self._prepared[action.text]

    def drop_prepared(self) -> None:
        """He speaks: what was prepared for an earlier pause may not be said at all."""
        for making in self._prepared.values():
            making.stop()
        self._prepared.clear()

    def say(self, action: Say) -> None:
        """Say it after what is queued."""
        number, inbox = action.utterance, self._inbox
        self._playout.open(number, action.start_ms)
        passage = self._stages.speaks(number)
        passage.asked = inbox.at
        making = self._prepared.pop(action.text, None)
        ahead = making is not None and not making.failed
        if making is None or not ahead:
            making = self._making(action.text)
        self._saying[number] = making
        self._time(making, passage)
        if ahead or making.begin():
            making.take(_Speech(self, action))
        else:
            self._drop(number)
            inbox.post(SynthesisFailed(inbox.at, number, "too much waits to be spoken"))

    def stop(self) -> list[Mark]:
        """Be silent at once; what of each speech was heard."""
        for making in self._saying.values():
            making.stop()
        self._saying.clear()
        self._sounding = False
        marks = self._playout.clear()
        self._line.clear()
        return marks

    def play(self, at: float) -> None:
        """The next 20 ms, `at` seconds since the call began."""
        frame, marks = self._playout.take()
        if frame is not None:
            self._recording.bot.add(at, frame)
        self._line.play(frame)
        self.tell_played(marks, at)
        if frame is None and self._saying:
            self._miss_sound(at)
        else:
            self._mute_frames = 0
            self._sounding = frame is not None and bool(self._saying)

    def tell_played(self, marks: list[Mark], at: float) -> None:
        """The call hears what was heard."""
        for mark in marks:
            self._inbox.post(Played(at, mark.utterance, mark.heard_ms, mark.finished))

    def close(self) -> None:
        """The call is over: nothing more needs to be made."""
        for making in (*self._saying.values(), *self._prepared.values()):
            making.stop()

    # -- one speech -------------------------------------------------------------------------------------------

    def push(self, number: int, pcm: bytes) -> None:
        """Some sound of it."""
        self._playout.push(number, pcm)

    def whole(self, number: int, duration_ms: int) -> None:
        """All of it was made."""
        self._saying.pop(number, None)
        self._playout.complete(number)
        self._inbox.post(Synthesized(self._inbox.at, number, duration_ms))

    def fail(self, number: int, why: str) -> None:
        """No more of it will come."""
        self._drop(number)
        self._inbox.post(SynthesisFailed(self._inbox.at, number, why))

    def _making(self, text: str) -> Making:
        steps: Callable[[str], Iterator[Step]] = getattr(self._voice, "steps", self._voice.synthesize)
        return Making(lambda: steps(text), self._hands)

    def _time(self, making: Making, passage: Passage) -> None:
        """Take the moments for the stages; of what was prepared some may have passed already."""
        inbox = self._inbox

        def begun() -> None:
            passage.begun = inbox.at

        def first() -> None:
            passage.ready = inbox.at

        making.begun, making.first = begun, first

    def _miss_sound(self, at: float) -> None:
        self._mute_frames += 1
        self.starved_frames += self._sounding
        if self._mute_frames * FRAME_S >= MUTE_S:
            number = next(iter(self._saying))
            self._saying[number].stop()
            self.fail(number, "no sound in time")

    def _drop(self, number: int) -> None:
        self._saying.pop(number, None)
        self._mute_frames = 0
        self._playout.drop(number)


class _Speech:
    """Implements Taker for one Say: from `start_ms` on."""

    def __init__(self, speaking: Speaking, action: Say) -> None:
        self._speaking = speaking
        self._number = action.utterance
        self._skip = action.start_ms * BYTES_PER_MS
        self._size = 0

    def piece(self, pcm: bytes) -> None:
        rest = pcm[max(0, self._skip - self._size) :]
        self._size += len(pcm)
        self._speaking.push(self._number, rest)

    def over(self, error: str | None) -> None:
        if error is None:
            self._speaking.whole(self._number, self._size // BYTES_PER_MS)
        else:
            self._speaking.fail(self._number, error)
