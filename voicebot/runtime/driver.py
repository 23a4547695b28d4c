"""One call in real time: its inbox, and what each action does to engines, shop and line.

Everything that happens is put into one inbox in the order of arrival; nothing overtakes. Slow work goes to worker
threads and its result comes back through the inbox.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from voicebot.actions import (
    Action,
    Conclude,
    Do,
    Feed,
    Forget,
    HangUp,
    Listen,
    Look,
    Prepare,
    Record,
    Say,
    StopSaying,
    Transfer,
)
from voicebot.call import Call
from voicebot.call.playout import Mark, Playout
from voicebot.events import (
    Event,
    Found,
    Heard,
    HungUp,
    Played,
    RecognitionFailed,
    SynthesisFailed,
    Synthesized,
    Transcribed,
    Transcript,
    Woke,
)
from voicebot.ports import Line, Recognizer, Shop, Synthesizer
from voicebot.runtime.clock import Clock
from voicebot.runtime.listener import Listener
from voicebot.runtime.pacer import FRAME_S, Pacer
from voicebot.runtime.recording import Recording
from voicebot.runtime.workers import Workers

BYTES_PER_MS = 16
MUTE_S = 6.0
"""A speech of which no sound has come for so long, while it is its turn, is given up."""


@dataclass(frozen=True, slots=True)
class Engines:
    """What all calls of a process share."""

    recognizer: Recognizer
    synthesizer: Synthesizer
    shop: Shop
    hearing: Workers
    speaking: Workers
    looking: Workers
    pacer: Pacer
    clock: Clock


class Observer(Protocol):
    """Whoever wants to know what happens: the journal, the live view, the tester.

    One whose `wants_frames` is False is not told of frames in which nothing happens, fifty in a second.
    """

    def happened(self, event: Event, actions: list[Action], place: int | None, speech: bool) -> None:
        """An event and its actions. Of a Heard: its place in the recording, and whether it was speech."""
        ...


class Driver:
    """Runs one call on one line until it is over.

    What is posted is handled in one go at the loop's next turn. The call's deadline is looked at with every frame
    that is played, and gets a timer of its own only when it comes due before the next one: a call needs
    neither a future nor a timer fifty times a second.
    """

    def __init__(
        self, call: Call, line: Line, engines: Engines, observer: Observer, recording: Recording | None = None
    ) -> None:
        """A recording in memory is made where none is given."""
        self._call = call
        self._line = line
        self._engines = engines
        self._observer = observer
        self._inbox: deque[Event] = deque()
        self._turn: asyncio.Handle | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self._over: asyncio.Future[None] = self._loop.create_future()
        self._running = False
        self._deadline: float | None = None
        self._began = engines.clock.now()
        self._playout = Playout()
        self._listeners: dict[int, Listener] = {}
        self._stopped: set[int] = set()
        self._saying: dict[int, None] = {}
        """Speeches that are not whole yet, in their order."""
        self._mute_frames = 0
        self._speculation = object()
        self.recording = recording or Recording()

    @property
    def at(self) -> float:
        """Seconds since the call began."""
        return self._engines.clock.now() - self._began

    @property
    def shop(self) -> Shop:
        """The shop that this call asks."""
        return self._engines.shop

    @property
    def with_human(self) -> bool:
        """Does a human speak with the caller on this line?"""
        return self._call.with_human

    @property
    def hears_private(self) -> bool:
        """Is the caller asked for what nobody shall keep or overhear?"""
        private = self.recording.private
        return bool(private) and self._call.expecting in private

    def post(self, event: Event) -> None:
        """Put an event into the inbox; from the loop's own thread."""
        self._inbox.append(event)
        self._take_turn()

    async def run(self) -> None:
        """Drive the call to its end."""
        self._running = True
        self._engines.pacer.add(self._tick)
        self._take_turn()
        try:
            await self._over
        finally:
            self._running = False
            self._engines.pacer.remove(self._tick)
            if self._alarm is not None:
                self._alarm.cancel()
            for listener in self._listeners.values():
                listener.forget()

    def _take_turn(self) -> None:
        if self._turn is None and self._running:
            self._turn = self._loop.call_soon(self._handle_all)

    def _handle_all(self) -> None:
        """Everything that has come, in its order; and a deadline that has passed."""
        self._turn, call, at = None, self._call, 0.0
        try:
            while self._running and not call.over:
                if self._inbox:
                    self._handle(self._inbox.popleft())
                    continue
                deadline = self._deadline = call.deadline
                at = self.at
                if deadline is None or deadline > at:
                    break
                self._handle(Woke(max(at, deadline)))
        except Exception as error:  # whoever runs the call learns it from `run`
            self._end(error)
            return
        if call.over:
            self._end(None)
        elif self._running:
            self._watch(at)

    def _end(self, error: Exception | None) -> None:
        self._running = False
        if self._over.done():
            return
        if error is None:
            self._over.set_result(None)
        else:
            self._over.set_exception(error)

    def _watch(self, at: float) -> None:
        """Set the alarm if the call is to be woken before the next frame."""
        deadline = self._deadline
        if deadline is None or deadline - at > FRAME_S:
            return
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = self._loop.call_later(max(0.0, deadline - at), self._take_turn)

    def _handle(self, event: Event) -> None:
        if isinstance(event, Transcribed | RecognitionFailed):
            self._listeners.pop(event.utterance, None)
        place = self._record_heard(event) if isinstance(event, Heard) else None
        actions = self._call.receive(event)
        self._observer.happened(event, actions, place, self._call.hears_speech)
        for action in actions:
            _PERFORM[type(action)](self, action)

    def _record_heard(self, event: Heard) -> int:
        pcm = bytes(len(event.pcm)) if self.hears_private else event.pcm
        return self.recording.caller.add(event.at, pcm)

    def _tick(self, due: float) -> None:
        if not self._running:
            return
        try:
            self._play(due - self._began)
        except Exception as error:  # a line may fail in any way; the other lines' frames go on
            self._end(error)

    def _play(self, at: float) -> None:
        frame, marks = self._playout.take()
        if frame is not None:
            self.recording.bot.add(at, frame)
        self._line.play(frame)
        if marks:
            self._tell_played(marks, at)
        if frame is None and self._saying:
            self._miss_sound(at)
        else:
            self._mute_frames = 0
        self._watch(at)

    def _miss_sound(self, at: float) -> None:
        self._mute_frames += 1
        if self._mute_frames * FRAME_S >= MUTE_S:
            number = next(iter(self._saying))
            self._stopped.add(number)
            self._drop_speech(number)
            self.post(SynthesisFailed(at, number, "no sound in time"))

    def _tell_played(self, marks: list[Mark], at: float) -> None:
        for mark in marks:
            self.post(Played(at, mark.utterance, mark.heard_ms, mark.finished))

    def _from_thread(self, make: Callable[[float], Event]) -> None:
        self._loop.call_soon_threadsafe(lambda: self.post(make(self.at)))

    # -- what each action does ------------------------------------------------------------------------------

    def _listen(self, action: Listen) -> None:
        number = action.utterance
        self._speculation = (
            object()
        )  # he speaks: what was prepared for an earlier pause may not be said at all

        def concluded(transcript: Transcript) -> None:
            self._from_thread(lambda at: Transcribed(at, number, transcript, True))

        def failed(why: str) -> None:
            self._from_thread(lambda at: RecognitionFailed(at, number, why))

        engines = self._engines
        self._listeners[number] = Listener(
            engines.recognizer, action.expecting, engines.hearing, concluded, failed
        )

    def _feed(self, action: Feed) -> None:
        listener = self._listeners.get(action.utterance)
        if listener is not None:  # else it has failed, and the call has not taken note yet
            listener.feed(action.pcm)

    def _conclude(self, action: Conclude) -> None:
        listener = self._listeners.get(action.utterance)
        if listener is not None:
            listener.conclude()

    def _forget(self, action: Forget) -> None:
        listener = self._listeners.pop(action.utterance, None)
        if listener is not None:
            listener.forget()

    def _prepare(self, action: Prepare) -> None:
        speculation = self._speculation

        def prepare() -> None:
            try:
                for _ in self._engines.synthesizer.synthesize(action.text):
                    if self._speculation is not speculation:
                        return
            except Exception:  # only a speculation: the Say that follows will tell why it failed
                return

        self._engines.speaking.submit(prepare)

    def _say(self, action: Say) -> None:
        self._playout.open(action.utterance, action.start_ms)
        self._saying[action.utterance] = None
        if not self._engines.speaking.submit(lambda: self._synthesize(action), urgent=True):
            self._drop_speech(action.utterance)
            self.post(SynthesisFailed(self.at, action.utterance, "too much waits to be spoken"))

    def _synthesize(self, action: Say) -> None:
        number, skip, size = action.utterance, action.start_ms * BYTES_PER_MS, 0
        try:
            if number in self._stopped:
                return
            for pcm in self._engines.synthesizer.synthesize(action.text):
                if number in self._stopped:
                    return
                rest = pcm[max(0, skip - size) :]
                size += len(pcm)
                self._loop.call_soon_threadsafe(self._playout.push, number, rest)
        except Exception as error:  # a voice may fail in any way; the call must know, and go on
            why = f"{type(error).__name__}: {error}"
            self._loop.call_soon_threadsafe(self._drop_speech, number)
            self._from_thread(lambda at: SynthesisFailed(at, number, why))
            return
        self._loop.call_soon_threadsafe(self._whole, number)
        self._from_thread(lambda at: Synthesized(at, number, size // BYTES_PER_MS))

    def _whole(self, number: int) -> None:
        self._saying.pop(number, None)
        self._playout.complete(number)

    def _drop_speech(self, number: int) -> None:
        self._saying.pop(number, None)
        self._mute_frames = 0
        self._playout.drop(number)

    def _stop_saying(self, _: StopSaying) -> None:
        self._stopped |= self._saying.keys()
        self._saying.clear()
        marks = self._playout.clear()
        self._line.clear()
        self._tell_played(marks, self.at)

    def _look(self, action: Look) -> None:
        shop = self._engines.shop
        self._ask_shop(action.query, lambda: shop.look(action.name, action.arguments))

    def _do(self, action: Do) -> None:
        shop = self._engines.shop
        self._ask_shop(action.query, lambda: shop.do(action.name, action.arguments, action.key))

    def _ask_shop(self, query: int, ask: Callable[[], Mapping[str, Any]]) -> None:
        def job() -> None:
            try:
                result, error = ask(), None
            except Exception as problem:  # the shop's database may fail in any way; the caller must be told
                result, error = {}, f"{type(problem).__name__}: {problem}"
            self._from_thread(lambda at: Found(at, query, result, error))

        if not self._engines.looking.submit(job):
            self.post(Found(self.at, query, {}, "too much waits to be looked up"))

    def _transfer(self, action: Transfer) -> None:
        self._line.transfer(action.to, action.story)

    def _record(self, _: Record) -> None:
        """Facts reach whoever observes the call."""

    def _hang_up(self, _: HangUp) -> None:
        self._line.hang_up()
        self.post(HungUp(self.at, "bot"))


_PERFORM: dict[type[Any], Callable[[Driver, Any], None]] = {
    Listen: Driver._listen,
    Feed: Driver._feed,
    Conclude: Driver._conclude,
    Forget: Driver._forget,
    Prepare: Driver._prepare,
    Say: Driver._say,
    StopSaying: Driver._stop_saying,
    Look: Driver._look,
    Do: Driver._do,
    Transfer: Driver._transfer,
    Record: Driver._record,
    HangUp: Driver._hang_up,
}
