"""Where calls come in: counted, limited, run, watched to their end, and drained when the process is told to stop."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from voicebot.actions import Action, Record
from voicebot.call import Call
from voicebot.events import Answered, Event, Heard, HungUp
from voicebot.runtime.driver import Driver, Engines, Observer
from voicebot.runtime.lateness import Lateness
from voicebot.runtime.metrics import CallMetrics, Metrics
from voicebot.runtime.recording import Nowhere, Recording
from voicebot.runtime.stages import Turn
from voicebot.telephony.reception import Busy, Ring, Wire, Witness

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LobbyOptions:
    """Limits. `longest_s` is a last resort above the call's own; `stop_within_s` is what running calls get.

    While recognition is `lag_s` late or more, no new call is taken: those that run would wait even longer. An answer
    that took `slow_s` or more is written down with its stages.
    """

    calls: int = 40
    per_caller: int = 2
    longest_s: float = 1200.0
    stop_within_s: float = 60.0
    lag_s: float = 1.5
    slow_s: float = 2.0


@dataclass(frozen=True, slots=True)
class House:
    """What the lobby needs for a call: the call itself, the engines, whoever watches, and what it is recorded in.

    `line` may put something between the call and its wire; `began` hears of every call with its driver.

    `finished` hears of every call that is over, with its driver (recording), and of the error if it was one.
    `lag_s` tells how late recognition is.
    """

    call: Callable[[Ring], Call]
    engines: Callable[[Ring], Engines]
    observers: Callable[[Ring], Sequence[Observer]] = lambda _: ()
    recording: Callable[[Ring], Recording] = lambda _: Recording(Nowhere)
    finished: Callable[[Ring, Driver, BaseException | None], None] = lambda *_: None
    lag_s: Callable[[], float] = lambda: 0.0
    line: Callable[[Ring, Wire], Wire] = lambda _, wire: wire
    began: Callable[[Ring, Driver], None] = lambda *_: None


class _Each:
    """Tells every observer; of frames in which nothing happens only those who want to see frames."""

    def __init__(self, observers: Sequence[Observer]) -> None:
        self._all = tuple(observers)
        self._of_frames = tuple(one for one in observers if getattr(one, "wants_frames", True))

    def happened(self, event: Event, actions: list[Action], place: int | None, speech: bool) -> None:
        idle = not actions and type(event) is Heard
        for observer in self._of_frames if idle else self._all:
            observer.happened(event, actions, place, speech)


@dataclass(frozen=True, slots=True)
class _Failures:
    """Writes down what failed in a call."""

    ring: Ring
    wants_frames: ClassVar[bool] = False

    def happened(self, event: Event, actions: list[Action], place: int | None, speech: bool) -> None:
        for action in actions:
            if isinstance(action, Record) and action.kind == "failed":
                about = {
                    "call": self.ring.call_id,
                    "line": self.ring.line,
                    "why": str(action.data.get("why")),
                }
                log.warning("failed", extra=about)


@dataclass(frozen=True, slots=True)
class _Guest:
    ring: Ring
    wire: Wire
    driver: Driver
    counts: CallMetrics


class Lobby:
    """Implements Reception for all wires of the process."""

    def __init__(self, house: House, metrics: Metrics, options: LobbyOptions | None = None) -> None:
        self._house = house
        self._metrics = metrics
        self._options = options or LobbyOptions()
        self._calls: dict[asyncio.Task[None], _Guest] = {}
        self._callers: Counter[str] = Counter()
        self.stopping = False

    @property
    def calls(self) -> int:
        """Calls that go on now."""
        return len(self._calls)

    def refusal(self, caller: str | None) -> str | None:
        """Why a call of this caller (number or guest) would not be taken now; None: it would."""
        if self.stopping:
            return "stopping"
        if len(self._calls) >= self._options.calls:
            return "full"
        if caller is not None and self._callers[caller] >= self._options.per_caller:
            return "caller"
        if self._calls and self._house.lag_s() >= self._options.lag_s:
            return "late"
        return None

    def admit(self, ring: Ring, wire: Wire, witness: Witness | None = None) -> Driver:
        """Begin the call on this wire. Raises Busy."""
        counted = ring.caller or ring.guest
        why = self.refusal(counted)
        if why is not None:
            self._metrics.refused(ring.line, why)
            raise Busy(why)
        call, engines = self._house.call(ring), self._house.engines(ring)
        wire = self._house.line(ring, wire)
        counts = self._metrics.call(ring.line)
        lateness = Lateness(self._house.lag_s, self._options.lag_s)
        watching: list[Observer] = [counts, _Failures(ring), lateness, *self._house.observers(ring)]
        observer = _Each(watching if witness is None else [*watching, witness])
        driver = lateness.driver = Driver(call, wire, engines, observer, self._house.recording(ring))
        driver.stages.told = self._answered(ring, counts)
        task = asyncio.get_running_loop().create_task(driver.run(), name=f"call {ring.call_id}")
        self._calls[task] = _Guest(ring, wire, driver, counts)
        if counted is not None:
            self._callers[counted] += 1
        self._watch_length(task)
        task.add_done_callback(self._over)
        task.add_done_callback(lambda _: lateness.over())
        self._house.began(ring, driver)
        driver.post(Answered(driver.at, ring.caller, ring.called, ring.line))
        log.info("call began", extra={"call": ring.call_id, "line": ring.line})
        return driver

    def _answered(self, ring: Ring, counts: CallMetrics) -> Callable[[Turn], None]:
        def answered(turn: Turn) -> None:
            counts.answered(turn)
            if turn.gap_s >= self._options.slow_s:
                stages = {name: round(1000 * seconds) for name, seconds in turn.stages.items()}
                about = {"call": ring.call_id, "line": ring.line, "gap_ms": round(1000 * turn.gap_s)}
                log.info("slow answer", extra={**about, "stages": stages})

        return answered

    async def stop(self) -> None:
        """Take no new calls, let those that run finish, and cut what still runs at the limit."""
        self.stopping = True
        if self._calls:
            await asyncio.wait(list(self._calls), timeout=self._options.stop_within_s)
        for task in list(self._calls):
            self._cut(task)
        if self._calls:
            await asyncio.wait(list(self._calls), timeout=1.0)
        for task in list(self._calls):
            task.cancel()

    def _watch_length(self, task: asyncio.Task[None]) -> None:
        """Cut the call when it is too long; while a human has it, it lasts as long as it takes."""

        def too_long() -> None:
            guest = self._calls.get(task)
            if guest is not None and guest.driver.with_human:
                self._watch_length(task)
            elif guest is not None:
                self._cut(task)

        overdue = asyncio.get_running_loop().call_later(self._options.longest_s, too_long)
        task.add_done_callback(lambda _: overdue.cancel())

    def _cut(self, task: asyncio.Task[None]) -> None:
        guest = self._calls[task]
        guest.wire.hang_up()
        guest.driver.post(HungUp(guest.driver.at, "line"))

    def _over(self, task: asyncio.Task[None]) -> None:
        guest = self._calls.pop(task)
        ring, driver = guest.ring, guest.driver
        counted = ring.caller or ring.guest
        if counted is not None:
            self._callers[counted] -= 1
            self._callers += Counter()
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.error("call broken", extra={"call": ring.call_id, "line": ring.line}, exc_info=error)
            guest.wire.hang_up()
        guest.wire.ended()
        guest.counts.starved(driver.starved_s)
        guest.counts.over(broken=error is not None)
        self._house.finished(ring, driver, error)
        log.info(
            "call ended",
            extra={"call": ring.call_id, "line": ring.line, "seconds": round(driver.at, 1)},
        )
