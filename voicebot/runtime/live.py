"""Calls that go on now, for those who watch them: what is said as it is said, the sound, and a human on the line.

             ┌──────────── driver ────────────┐
    Heard ──►│ observer                  line │──► play ──► the real wire
             └────┬──────────────────────┬────┘      ▲
                  ▼ notes, sound         └ transfer   │ a human's voice in the bot's place
             pages, each with a bounded outbox ───────┘

Everything happens in the event loop's own thread. A page is told and never waited for: one that is slow loses sound,
and is given up in the end; the call does not notice.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

from voicebot.actions import Action, Look, Record, Say, Transfer
from voicebot.events import (
    Event,
    Found,
    HandedBack,
    Heard,
    HumanSaid,
    HungUp,
    Noted,
    Prompted,
    TakenOver,
    TransferFailed,
)
from voicebot.ports import Shop
from voicebot.records.masking import known_values
from voicebot.records.standing import MANNERS
from voicebot.runtime.driver import Driver, Observer
from voicebot.runtime.lobby import House
from voicebot.runtime.waiting_tone import WaitingTone
from voicebot.telephony.reception import Ring, Wire

State = Literal["bot", "waiting", "human"]
CALLER, OTHER = 0, 1
"""The sides of the sound: the caller, and whoever speaks with him."""
MOST_VOICE_FRAMES = 15
"""A human's voice that is further ahead than 300 ms is not kept: it would be late for ever."""
MOST_LINES = 500


class Page(Protocol):
    """Somebody who watches. Nothing here blocks."""

    def told(self, note: Mapping[str, Any]) -> None:
        """Something has happened: plain data with a `type`."""
        ...

    def heard(self, side: int, frame: bytes) -> None:
        """20 ms of one side: 320 bytes."""
        ...


class Switchboard(Protocol):
    """Whoever takes transfers at the console."""

    def wants(self, live: LiveCall, to: str, story: Mapping[str, Any]) -> bool:
        """Take this caller; False: he is none of ours, or nobody is there."""
        ...

    def gone(self, live: LiveCall) -> None:
        """This call is over, or does not wait any more."""
        ...


@dataclass(frozen=True, slots=True)
class Line:
    """Something that was said, in clear; `at` in seconds since the call began."""

    at: float
    who: str
    text: str
    mood: str = ""
    intent: str = ""


@dataclass(eq=False)
class LiveCall:
    """One call: implements Wire for its driver, and Observer. What is private in it is masked by who shows it."""

    ring: Ring
    wire: Wire
    hub: Hub
    driver: Driver | None = None
    lines: list[Line] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    mood: str = "neutral"
    wanted: list[str] = field(default_factory=list)
    state: State = "bot"
    human: str = ""
    to: str = ""
    story: Mapping[str, Any] = field(default_factory=dict)
    tried: list[str] = field(default_factory=list)
    pages: set[Page] = field(default_factory=set)
    listeners: set[Page] = field(default_factory=set)
    over: bool = False
    _voice: deque[bytes] = field(default_factory=deque)
    _tone: WaitingTone = field(default_factory=WaitingTone)

    @property
    def name(self) -> str:
        """As its line calls it."""
        return self.ring.call_id

    @property
    def at(self) -> float:
        """Seconds since the call began."""
        return self.driver.at if self.driver is not None else 0.0

    @property
    def shop(self) -> Shop | None:
        """The shop that this call asks; to be asked in a thread."""
        return self.driver.shop if self.driver is not None else None

    @property
    def with_sound(self) -> bool:
        """Is there anything to be heard?"""
        return self.ring.line != "chat"

    # -- Wire ---------------------------------------------------------------------------------------------------

    def play(self, frame: bytes | None) -> None:
        """20 ms for the caller: the bot's, those of the human who has the call, or a tone while he waits for one."""
        if self.state == "human":
            frame = self._voice.popleft() if self._voice else None
            if frame is not None and self.driver is not None:
                self.driver.recording.bot.add(self.driver.at, frame)
        elif self.state == "waiting":
            frame = self._waiting(frame)
        self.wire.play(frame)
        if frame is not None:
            self._heard(OTHER, frame)

    def clear(self) -> None:
        """Drop what was not played."""
        self.wire.clear()

    def transfer(self, to: str, story: Mapping[str, Any]) -> None:
        """To the console's own humans, or else wherever the line leads."""
        board = self.hub.switchboard
        self.to = to
        if board is not None and board.wants(self, to, story):
            self._changed()
        else:
            self.state = "bot"
            self.wire.transfer(to, story)

    def hang_up(self) -> None:
        """End the call."""
        self.wire.hang_up()

    def ended(self) -> None:
        """It is over."""
        self.wire.ended()

    # -- Observer -----------------------------------------------------------------------------------------------

    def happened(self, event: Event, actions: list[Action], place: int | None, speech: bool) -> None:
        """Keep what those who watch want to know."""
        if isinstance(event, Heard):
            private = self.listeners and self.driver is not None and self.driver.hears_private
            self._heard(CALLER, bytes(len(event.pcm)) if private else event.pcm)
        elif isinstance(event, Found):
            self.known.update(known_values(event.result))
        for action in actions:
            if isinstance(action, Record):
                _FACTS.get(action.kind, _nothing)(self, event.at, action.data)
            elif isinstance(action, Say) and not action.start_ms:
                self._say(Line(event.at, "bot", action.text))
            elif isinstance(action, Transfer):
                self.story = action.story
                self.known.update(known_values(action.story))
            elif isinstance(action, Look):
                self.tried.append(action.name)
        if isinstance(event, TransferFailed) and self.state == "waiting":
            self._leave_queue()

    # -- whoever steps in ---------------------------------------------------------------------------------------

    def whisper(self, text: str) -> None:
        """Let the bot say this next."""
        self._post(Prompted(self.at, text))

    def take_over(self, by: str) -> bool:
        """A human has the call from here; False when another has it, or it is over."""
        if self.over or self.state == "human":
            return False
        waited = self.state == "waiting"
        self.state, self.human = "human", by
        self._voice.clear()
        self.wire.clear()
        self._post(TakenOver(self.at, by))
        if waited and self.hub.switchboard is not None:
            self.hub.switchboard.gone(self)
        self._changed()
        return True

    def say(self, by: str, text: str) -> None:
        """The human who has it says this, in writing or as his voice was understood."""
        if by == self.human and text.strip():
            self._post(HumanSaid(self.at, by, text.strip()))

    def speak(self, by: str, frames: Sequence[bytes]) -> None:
        """The human's voice: frames of 20 ms."""
        if by == self.human and self.state == "human":
            self._voice.extend(frames[: max(0, MOST_VOICE_FRAMES - len(self._voice))])

    def note(self, by: str, text: str) -> None:
        """Keep what somebody at the console has to say about the call."""
        if text.strip():
            self._post(Noted(self.at, by, text.strip()))

    def hand_back(self, by: str, note: str = "") -> None:
        """The bot goes on, and knows this."""
        if by == self.human and self.state == "human":
            self.state, self.human = "bot", ""
            self._post(HandedBack(self.at, note))
            self._finished()

    def end(self, by: str) -> None:
        """The human hangs up."""
        if by == self.human and self.driver is not None:
            self.wire.hang_up()
            self._post(HungUp(self.at, "bot"))

    # -- inside -------------------------------------------------------------------------------------------------

    def _waiting(self, frame: bytes | None) -> bytes | None:
        if frame is not None:
            self._tone.spoken()
        return frame if frame is not None or not self.with_sound else self._tone.frame()

    def _leave_queue(self) -> None:
        self.state = "bot"
        if self.hub.switchboard is not None:
            self.hub.switchboard.gone(self)
        self._changed()

    def _given_back(self) -> None:
        """Also when the call itself did not wait for the human any longer."""
        if self.state == "human":
            self.state, self.human = "bot", ""
            self._finished()

    def _finished(self) -> None:
        if self.hub.switchboard is not None:
            self.hub.switchboard.gone(self)
        self._changed()

    def closed(self) -> None:
        """The call is over."""
        self.over = True
        self._finished()

    def _post(self, event: Event) -> None:
        if self.driver is not None and not self.over:
            self.driver.post(event)

    def _heard(self, side: int, frame: bytes) -> None:
        for page in tuple(self.listeners):
            page.heard(side, frame)

    def _say(self, line: Line) -> None:
        if len(self.lines) < MOST_LINES:
            self.lines.append(line)
        for page in tuple(self.pages):
            page.told({"type": "line", "line": line})
        self._changed()

    def _changed(self) -> None:
        for page in tuple(self.pages):
            page.told({"type": "call"})
        self.hub.changed(self)


def _nothing(live: LiveCall, at: float, data: Mapping[str, Any]) -> None:
    """What nobody watches for."""


def _understood(live: LiveCall, at: float, data: Mapping[str, Any]) -> None:
    intents = data.get("intents") or [{}]
    live.mood = str(data.get("mood") or live.mood)
    intent = str(intents[0].get("name", ""))
    if intent not in MANNERS and intent != "human_agent" and intent not in live.wanted:
        live.wanted.append(intent)
    live._say(Line(at, "caller", str(data.get("text", "")), live.mood, intent))


_FACTS: dict[str, Callable[[LiveCall, float, Mapping[str, Any]], None]] = {
    "understood": _understood,
    "keyed": lambda live, at, data: live._say(Line(at, "keys", str(data.get("keys", "")))),
    "spoken": lambda live, at, data: live._say(Line(at, "agent", str(data.get("text", "")))),
    "returned": lambda live, _at, _data: live._given_back(),
}


class Hub:
    """All calls of the process that go on now."""

    def __init__(self) -> None:
        self.calls: dict[str, LiveCall] = {}
        self.watchers: set[Page] = set()
        self.switchboard: Switchboard | None = None

    def join(self, house: House) -> House:
        """The house, with its calls to be watched."""

        def line(ring: Ring, wire: Wire) -> Wire:
            live = self.calls[ring.call_id] = LiveCall(ring, wire, self)
            return house.line(ring, live)

        def observers(ring: Ring) -> Sequence[Observer]:
            return [*house.observers(ring), self.calls[ring.call_id]]

        def began(ring: Ring, driver: Driver) -> None:
            house.began(ring, driver)
            live = self.calls[ring.call_id]
            live.driver = driver
            live.known.update([ring.caller] if ring.caller else [])
            self.changed(live)

        def finished(ring: Ring, driver: Driver, error: BaseException | None) -> None:
            live = self.calls.pop(ring.call_id, None)
            if live is not None:
                live.closed()
            house.finished(ring, driver, error)

        return replace(house, line=line, observers=observers, began=began, finished=finished)

    def changed(self, live: LiveCall) -> None:
        """Tell those who watch all calls."""
        for page in tuple(self.watchers):
            page.told({"type": "call", "call": live})
