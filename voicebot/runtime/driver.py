"""One call in real time: its inbox, and what each action does to engines, shop and line.

Everything that happens is put into one inbox in the order of arrival; nothing overtakes. Slow work goes to worker
threads and its result comes back through the inbox.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

from voicebot.actions import (
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
from voicebot.events import Event, Heard, HungUp, RecognitionFailed, Transcribed, Woke
from voicebot.ports import Line, Shop
from voicebot.runtime.asking import Asking
from voicebot.runtime.engines import Engines, Observer
from voicebot.runtime.listening import Listening
from voicebot.runtime.pacer import FRAME_S
from voicebot.runtime.recording import Recording
from voicebot.runtime.speaking import BYTES_PER_MS, Speaking
from voicebot.runtime.stages import Stages

__all__ = ["BYTES_PER_MS", "Driver", "Engines", "Observer"]


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
        self.recording = recording or Recording()
        self.stages = Stages()
        """Where the time goes between the caller's words and the bot's."""
        self._listening = Listening(engines, self, self.stages)
        self._speaking = Speaking(engines, line, self.recording, self, self.stages)
        self._asking = Asking(engines.shop, engines.looking, self)

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

    @property
    def starved_s(self) -> float:
        """So much sound was missing in the middle of speeches, because it was not made in time."""
        return self._speaking.starved_frames * FRAME_S

    def later(self, then: Callable[[], None]) -> None:
        """Do this in the loop's own thread; from any other."""
        self._loop.call_soon_threadsafe(then)

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
            self._listening.close()
            self._speaking.close()

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
            self._listening.answered(event.utterance)
        place = self._record_heard(event) if isinstance(event, Heard) else None
        actions = self._call.receive(event)
        self._observer.happened(event, actions, place, self._call.hears_speech)
        if actions or type(event) is not Heard:
            self.stages.happened(event, actions)
        for action in actions:
            _PERFORM[type(action)](self, action)

    def _record_heard(self, event: Heard) -> int:
        pcm = bytes(len(event.pcm)) if self.hears_private else event.pcm
        return self.recording.caller.add(event.at, pcm)

    def _tick(self, due: float) -> None:
        if not self._running:
            return
        try:
            at = due - self._began
            self._speaking.play(at)
            self._watch(at)
        except Exception as error:  # a line may fail in any way; the other lines' frames go on
            self._end(error)

    # -- what each action does ------------------------------------------------------------------------------

    def _listen(self, action: Listen) -> None:
        self._speaking.drop_prepared()
        self._listening.listen(action)

    def _stop_saying(self, _: StopSaying) -> None:
        self._speaking.tell_played(self._speaking.stop(), self.at)

    def _transfer(self, action: Transfer) -> None:
        self._line.transfer(action.to, action.story)

    def _record(self, _: Record) -> None:
        """Facts reach whoever observes the call."""

    def _hang_up(self, _: HangUp) -> None:
        self._line.hang_up()
        self.post(HungUp(self.at, "bot"))


_PERFORM: dict[type[Any], Callable[[Driver, Any], None]] = {
    Listen: Driver._listen,
    Feed: lambda driver, action: driver._listening.feed(action),
    Conclude: lambda driver, action: driver._listening.conclude(action),
    Forget: lambda driver, action: driver._listening.forget(action),
    Prepare: lambda driver, action: driver._speaking.prepare(action),
    Say: lambda driver, action: driver._speaking.say(action),
    StopSaying: Driver._stop_saying,
    Look: lambda driver, action: driver._asking.look(action),
    Do: lambda driver, action: driver._asking.do(action),
    Transfer: Driver._transfer,
    Record: Driver._record,
    HangUp: Driver._hang_up,
}
