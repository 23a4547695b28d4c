"""A call in virtual time: every 20 ms of the line is one turn of a loop, and engines answer at once.

The same call machine as in real time, the same engines, no thread and no clock; so a recorded call is judged in a
fraction of its length, and always in the same way.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
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
    Woke,
)
from voicebot.ports import Recognizer, RecognizerStream, Shop, Synthesizer
from voicebot.runtime.driver import BYTES_PER_MS, Observer
from voicebot.runtime.recording import Recording

FRAME_S = 0.02
LONGEST_S = 1200.0


class Peer(Protocol):
    """The far end of the line: the caller, and the humans that he may be given to."""

    def tick(self, at: float, bot_speaks: bool) -> list[Event]:
        """What the far end does in this 20 ms; `bot_speaks` says whether it hears the bot now."""
        ...

    def transfer(self, at: float, to: str) -> Event:
        """What becomes of a transfer."""
        ...


class VirtualDriver:
    """Runs one call against a peer until it is over."""

    def __init__(
        self,
        call: Call,
        recognizer: Recognizer,
        synthesizer: Synthesizer,
        shop: Shop,
        observer: Observer,
    ) -> None:
        self._call = call
        self._recognizer = recognizer
        self._synthesizer = synthesizer
        self._shop = shop
        self._observer = observer
        self._streams: dict[int, RecognizerStream] = {}
        self._playout = Playout()
        self._due: deque[Event] = deque()
        self._peer: Peer | None = None
        self._at = 0.0
        self.recording = Recording()

    def run(self, peer: Peer) -> float:
        """Drive the call to its end; returns its length in seconds."""
        self._peer = peer
        tick = 0
        while not self._call.over and tick * FRAME_S < LONGEST_S:
            self._at = tick * FRAME_S
            frame, marks = self._playout.take()
            if frame is not None:
                self.recording.bot.add(self._at, frame)
            for event in peer.tick(self._at, frame is not None):
                self._deliver(event)
            self._tell_played(marks)
            while (deadline := self._call.deadline) is not None and deadline <= self._at:
                self._deliver(Woke(self._at))
            tick += 1
        return self._at

    def _tell_played(self, marks: list[Mark]) -> None:
        for mark in marks:
            self._deliver(Played(self._at, mark.utterance, mark.heard_ms, mark.finished))

    def _deliver(self, event: Event) -> None:
        self._due.append(event)
        while self._due:
            self._handle(self._due.popleft())

    def _handle(self, event: Event) -> None:
        place = self.recording.caller.add(event.at, event.pcm) if isinstance(event, Heard) else None
        actions = self._call.receive(event)
        self._observer.happened(event, actions, place, self._call.hears_speech)
        for action in actions:
            _PERFORM[type(action)](self, action)

    # -- what each action does ------------------------------------------------------------------------------

    def _listen(self, action: Listen) -> None:
        try:
            self._streams[action.utterance] = self._recognizer.stream(action.expecting)
        except Exception as error:  # as in real time: a recogniser may fail in any way
            self._recognition_failed(action.utterance, error)

    def _feed(self, action: Feed) -> None:
        stream = self._streams.get(action.utterance)
        if stream is None:
            return
        try:
            stream.accept(action.pcm)
        except Exception as error:
            self._recognition_failed(action.utterance, error)

    def _conclude(self, action: Conclude) -> None:
        stream = self._streams.pop(action.utterance, None)
        if stream is None:
            return
        try:
            transcript = stream.finish()
        except Exception as error:
            self._recognition_failed(action.utterance, error)
            return
        self._due.append(Transcribed(self._at, action.utterance, transcript, True))

    def _forget(self, action: Forget) -> None:
        stream = self._streams.pop(action.utterance, None)
        if stream is not None:
            stream.close()

    def _recognition_failed(self, utterance: int, error: Exception) -> None:
        self._streams.pop(utterance, None)
        self._due.append(RecognitionFailed(self._at, utterance, f"{type(error).__name__}: {error}"))

    def _say(self, action: Say) -> None:
        self._playout.open(action.utterance, action.start_ms)
        try:
            pcm = b"".join(self._synthesizer.synthesize(action.text))
        except Exception as error:
            self._playout.drop(action.utterance)
            why = f"{type(error).__name__}: {error}"
            self._due.append(SynthesisFailed(self._at, action.utterance, why))
            return
        self._playout.push(action.utterance, pcm[action.start_ms * BYTES_PER_MS :])
        self._playout.complete(action.utterance)
        self._due.append(Synthesized(self._at, action.utterance, len(pcm) // BYTES_PER_MS))

    def _stop_saying(self, _: StopSaying) -> None:
        for mark in self._playout.clear():
            self._due.append(Played(self._at, mark.utterance, mark.heard_ms, mark.finished))

    def _look(self, action: Look) -> None:
        self._ask_shop(action.query, lambda: self._shop.look(action.name, action.arguments))

    def _do(self, action: Do) -> None:
        self._ask_shop(action.query, lambda: self._shop.do(action.name, action.arguments, action.key))

    def _ask_shop(self, query: int, ask: Callable[[], Mapping[str, Any]]) -> None:
        try:
            self._due.append(Found(self._at, query, ask()))
        except Exception as error:
            self._due.append(Found(self._at, query, {}, f"{type(error).__name__}: {error}"))

    def _transfer(self, action: Transfer) -> None:
        if self._peer is not None:
            self._due.append(self._peer.transfer(self._at, action.to))

    def _hang_up(self, _: HangUp) -> None:
        self._due.append(HungUp(self._at, "bot"))

    def _nothing(self, _: Action) -> None:
        """Facts reach the observer; speculation buys nothing in virtual time."""


_PERFORM: dict[type[Any], Callable[[VirtualDriver, Any], None]] = {
    Listen: VirtualDriver._listen,
    Feed: VirtualDriver._feed,
    Conclude: VirtualDriver._conclude,
    Forget: VirtualDriver._forget,
    Prepare: VirtualDriver._nothing,
    Say: VirtualDriver._say,
    StopSaying: VirtualDriver._stop_saying,
    Look: VirtualDriver._look,
    Do: VirtualDriver._do,
    Transfer: VirtualDriver._transfer,
    Record: VirtualDriver._nothing,
    HangUp: VirtualDriver._hang_up,
}
