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
from voicebot.runtime.pacer import Pacer
from voicebot.runtime.recording import Recording
from voicebot.runtime.workers import Workers

BYTES_PER_MS = 16


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
    """Whoever wants to know what happens: the journal, the live view, the tester."""

    def happened(self, event: Event, actions: list[Action], place: int | None, speech: bool) -> None:
        """An event and its actions. Of a Heard: its place in the recording, and whether it was speech."""
        ...


class Driver:
    """Runs one call on one line until it is over."""

    def __init__(
        self, call: Call, line: Line, engines: Engines, observer: Observer, recording: Recording | None = None
    ) -> None:
        """A recording in memory is made where none is given."""
        self._call = call
        self._line = line
        self._engines = engines
        self._observer = observer
        self._inbox: deque[Event] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._loop = asyncio.get_running_loop()
        self._began = engines.clock.now()
        self._playout = Playout()
        self._listeners: dict[int, Listener] = {}
        self._stopped: set[int] = set()
        self._saying: set[int] = set()
        self.recording = recording or Recording()

    @property
    def at(self) -> float:
        """Seconds since the call began."""
        return self._engines.clock.now() - self._began

    def post(self, event: Event) -> None:
        """Put an event into the inbox; from the loop's own thread."""
        self._inbox.append(event)
        self._wake()

    async def run(self) -> None:
        """Drive the call to its end."""
        self._engines.pacer.add(self._tick)
        try:
            while not self._call.over:
                self._handle(await self._next())
        finally:
            self._engines.pacer.remove(self._tick)
            for listener in self._listeners.values():
                listener.forget()

    async def _next(self) -> Event:
        deadline = self._call.deadline
        if not self._inbox:
            await self._event_or(deadline)
        if self._inbox:
            return self._inbox.popleft()
        return Woke(self.at if deadline is None else max(self.at, deadline))

    async def _event_or(self, deadline: float | None) -> None:
        """Wait for an event or the deadline: one future and one timer, fifty times a second for every call."""
        self._waiter = self._loop.create_future()
        timer = None if deadline is None else self._loop.call_later(max(0.0, deadline - self.at), self._wake)
        try:
            await self._waiter
        finally:
            self._waiter = None
            if timer is not None:
                timer.cancel()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _handle(self, event: Event) -> None:
        if isinstance(event, Transcribed | RecognitionFailed):
            self._listeners.pop(event.utterance, None)
        place = self.recording.caller.add(event.at, event.pcm) if isinstance(event, Heard) else None
        actions = self._call.receive(event)
        self._observer.happened(event, actions, place, self._call.hears_speech)
        for action in actions:
            _PERFORM[type(action)](self, action)

    def _tick(self, due: float) -> None:
        frame, marks = self._playout.take()
        at = due - self._began
        if frame is not None:
            self.recording.bot.add(at, frame)
        self._line.play(frame)
        self._tell_played(marks, at)

    def _tell_played(self, marks: list[Mark], at: float) -> None:
        for mark in marks:
            self.post(Played(at, mark.utterance, mark.heard_ms, mark.finished))

    def _from_thread(self, make: Callable[[float], Event]) -> None:
        self._loop.call_soon_threadsafe(lambda: self.post(make(self.at)))

    # -- what each action does ------------------------------------------------------------------------------

    def _listen(self, action: Listen) -> None:
        number = action.utterance

        def concluded(transcript: Transcript) -> None:
            self._from_thread(lambda at: Transcribed(at, number, transcript, True))

        def failed(why: str) -> None:
            self._from_thread(lambda at: RecognitionFailed(at, number, why))

        engines = self._engines
        self._listeners[number] = Listener(
            engines.recognizer, action.expecting, engines.hearing, concluded, failed
        )

    def _feed(self, action: Feed) -> None:
        self._listeners[action.utterance].feed(action.pcm)

    def _conclude(self, action: Conclude) -> None:
        self._listeners[action.utterance].conclude()

    def _forget(self, action: Forget) -> None:
        listener = self._listeners.pop(action.utterance, None)
        if listener is not None:
            listener.forget()

    def _prepare(self, action: Prepare) -> None:
        synthesizer = self._engines.synthesizer

        def prepare() -> None:
            try:
                for _ in synthesizer.synthesize(action.text):
                    pass
            except Exception:  # only a speculation: the Say that follows will tell why it failed
                return

        self._engines.speaking.submit(prepare)

    def _say(self, action: Say) -> None:
        self._playout.open(action.utterance, action.start_ms)
        self._saying.add(action.utterance)
        self._engines.speaking.submit(lambda: self._synthesize(action))

    def _synthesize(self, action: Say) -> None:
        number, skip, size = action.utterance, action.start_ms * BYTES_PER_MS, 0
        try:
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
        self._loop.call_soon_threadsafe(self._playout.complete, number)
        self._from_thread(lambda at: Synthesized(at, number, size // BYTES_PER_MS))

    def _drop_speech(self, number: int) -> None:
        self._playout.drop(number)

    def _stop_saying(self, _: StopSaying) -> None:
        self._stopped |= self._saying
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

        self._engines.looking.submit(job)

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
