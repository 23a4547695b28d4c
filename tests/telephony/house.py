"""A small house for the tests of wires: real driver, lobby and pacer; a scripted recogniser and a voice of tones."""

from __future__ import annotations

import asyncio
import math
import struct
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from voicebot.actions import Action
from voicebot.asr.scripted import ScriptedRecognizer
from voicebot.audio import to_pcm, to_samples
from voicebot.call import Call, CallOptions, Parts
from voicebot.call.options import EarOptions, EndpointOptions
from voicebot.dialogue import parse_script
from voicebot.events import Event, Heard, Transcript, TransferFailed
from voicebot.nlu.understanding import Intent, Understanding
from voicebot.replay.caller import FixtureCaller
from voicebot.replay.far_end import Told
from voicebot.replay.fixture import Fixture
from voicebot.replay.log import CallLog
from voicebot.replay.script import CallScript
from voicebot.runtime.clock import SystemClock
from voicebot.runtime.driver import Driver, Engines
from voicebot.runtime.lobby import House, Lobby, LobbyOptions
from voicebot.runtime.metrics import Metrics
from voicebot.runtime.pacer import Pacer
from voicebot.runtime.workers import Workers
from voicebot.telephony.reception import Ring

SCRIPT = """
slots: {order_number: {keep: flow}}
queries:
  order_by_number: {takes: [order_number], gives: [found], public: [all]}
words: {wait: 好的不急, still_there: 您还在吗, help: 可以查订单, no_input: 请说话, no_match: 没听懂,
  not_heard: 没听清, invalid: 不对, repeat: 再说一遍, doubt: '您是要{title}吗', bridge: 刚才说到, next: 接下来,
  corrected: 好的, once_more: 再说一次, handover: 马上转人工, urgent: 马上转人工, trouble: 出错了, please_hold: 请稍等,
  silent_goodbye: 再见, transferring: 马上转人工}
flows:
  opening: {steps: [{say: 这里是机器人并且录音, interruptible: false}, done]}
  closing: {steps: [{listen: 请问有什么可以帮您}]}
  goodbye: {intents: [goodbye], title: 再见, steps: [{hangup: done, say: 谢谢再见}]}
  human: {intents: [human_agent], title: 人工, steps: [{transfer: service}]}
  human_failed: {steps: [{hangup: no_human, say: 没有人}]}
  order:
    intents: [order_status]
    title: 查订单
    steps:
      - {ask: order_number, expecting: order_number, keys: {min: 4, max: 12}, say: 订单号是多少}
      - {look: order_by_number, with: {order_number: order_number}, as: order, failed: lost}
      - {if: order.found, then: [{say: 订单在路上}], else: [{say: 没有这个订单}]}
      - done
      - {label: lost}
      - {say: 查不了}
      - done
"""
INTENTS = {"查订单": "order_status", "再见": "goodbye", "转人工": "human_agent"}
PARSED = parse_script(SCRIPT)
QUICK = replace(
    CallOptions(),
    ear=EarOptions(pause_ms=100),
    endpoint=EndpointOptions(150, 150, 150, 300, 300, 300),
    barge_in_ms=100,
    transfer_timeout_ms=3000,
)


def understand(heard: Transcript, expecting: str | None, known: Sequence[str]) -> Understanding:
    """Knows the sentences above."""
    name = INTENTS.get(heard.text, "out_of_scope")
    return Understanding(heard.text, (Intent(name, 0.95),), {}, "neutral", "finished")


class Loudness:
    """Implements VadStream: voice is what is loud."""

    def voiced(self, frame: bytes) -> bool:
        return bool(abs(to_samples(frame).astype(int)).max() > 1000)


class Tone:
    """A voice: so many milliseconds of 400 Hz a character."""

    def __init__(self, character_ms: int = 30) -> None:
        self._character_ms = character_ms

    def synthesize(self, text: str) -> Iterator[bytes]:
        count = 8 * self._character_ms * len(text)
        samples = (int(8000 * math.sin(2 * math.pi * 400 * n / 8000)) for n in range(count))
        yield struct.pack(f"<{count}h", *samples)


class Shelf:
    """A shop with one order."""

    def look(self, name: str, arguments: Any) -> dict[str, Any]:
        return {"found": arguments.get("order_number") == "20261120"}

    def do(self, name: str, arguments: Any, key: str) -> dict[str, Any]:
        raise LookupError(name)


def loud(ms: int) -> list[bytes]:
    """Frames of somebody speaking."""
    return [next(Tone().synthesize("字"))[:320]] * (ms // 20)


@dataclass
class Building:
    lobby: Lobby
    metrics: Metrics
    pacer: Pacer
    clock: SystemClock
    logs: dict[str, CallLog] = field(default_factory=dict)
    heard: dict[str, int] = field(default_factory=dict)
    finished: list[tuple[Ring, BaseException | None]] = field(default_factory=list)
    failed_transfers: list[str] = field(default_factory=list)

    @property
    def log(self) -> CallLog:
        """Of the one call that there was."""
        (log,) = self.logs.values()
        return log

    def kinds(self, kind: str) -> list[Any]:
        """The data of every entry of this kind in the one call."""
        return [entry.data for entry in self.log.entries if entry.kind == kind]


class _Counter:
    def __init__(self, building: Building, name: str) -> None:
        self._building, self._name = building, name

    def happened(self, event: Event, actions: list[Action], place: int | None, speech: bool) -> None:
        if isinstance(event, Heard):
            self._building.heard[self._name] = self._building.heard.get(self._name, 0) + 1
        elif isinstance(event, TransferFailed):
            self._building.failed_transfers.append(event.why)


@asynccontextmanager
async def house(
    texts: tuple[str, ...] = (), options: LobbyOptions | None = None, character_ms: int = 12
) -> AsyncIterator[Building]:
    """A house whose recogniser hears these texts, an utterance each."""
    clock = SystemClock()
    pacer = Pacer(clock)
    workers = Workers(2, "test")
    engines = Engines(
        ScriptedRecognizer(texts, partials=False),
        Tone(character_ms),
        Shelf(),
        workers,
        workers,
        workers,
        pacer,
        clock,
    )
    building: Building

    def call(ring: Ring) -> Call:
        parts = Parts(ring.call_id, PARSED, understand, Loudness(), datetime(2026, 11, 20, 10))
        return Call(parts, QUICK)

    def observers(ring: Ring) -> list[Any]:
        building.logs[ring.call_id] = CallLog()
        return [building.logs[ring.call_id], _Counter(building, ring.call_id)]

    def finished(ring: Ring, driver: Driver, error: BaseException | None) -> None:
        building.finished.append((ring, error))

    metrics = Metrics()
    lobby = Lobby(House(call, lambda _: engines, observers, finished=finished), metrics, options)
    building = Building(lobby, metrics, pacer, clock)
    try:
        yield building
    finally:
        lobby.stopping = True
        for task in list(lobby._calls):
            task.cancel()
        await asyncio.sleep(0)
        workers.close()


def caller(*turns: dict[str, Any], speech_ms: int = 160) -> FixtureCaller:
    """A recorded caller; every turn in which he speaks is so long a sound, with 100 ms of quiet around it."""
    start, placed = 200, []
    for turn in turns:
        if "caller" in turn:
            ends = {"start_ms": start, "end_ms": start + speech_ms + 200}
            speech = {"speech_start_ms": start + 100, "speech_end_ms": start + speech_ms + 100}
            placed.append({**turn, "segment": ends | speech})
            start += speech_ms + 200
        else:
            placed.append(turn)
    pause = [
        {"pause_ms": 80} | turn
        if {"caller", "keys", "hang_up"} & set(turn) and "barge_in_ms" not in turn
        else turn
        for turn in placed
    ]
    script = CallScript.model_validate(
        {
            "title": "t",
            "caller": "13800006612",
            "at": datetime(2026, 11, 20, 10),
            "turns": pause,
            "background": {"start_ms": 0, "end_ms": 200},
        }
    )
    said = bytes(1600) + b"".join(loud(speech_ms)) + bytes(1600)
    return FixtureCaller(Fixture(Path("t.yaml"), script, bytes(3200) + said * len(turns)))


class Loudspeaker:
    """A peer who says nothing; the microphone of his telephone hears its loudspeaker, 12 dB weaker, 100 ms later.

    One clock drives both: for each frame that comes he sends one.
    """

    def __init__(self) -> None:
        self.told: Told | None = None
        self._next = 0

    def tick(self, at: float, bot_speaks: bool) -> list[Event]:
        arrived = 0 if self.told is None else len(self.told.arrivals)
        returned = [Heard(at, self._frame(place - 5)) for place in range(self._next, arrived)]
        self._next = arrived
        return [*returned]

    def _frame(self, place: int) -> bytes:
        if place < 0 or self.told is None:
            return bytes(320)
        return to_pcm(to_samples(bytes(self.told.heard[place * 320 : place * 320 + 320])) * 0.25)

    def transfer(self, at: float, to: str) -> Event:
        raise AssertionError(to)


async def until(true: Any, within: float = 30.0) -> None:
    """Wait until `true()`; fails when that does not come."""
    async with asyncio.timeout(within):
        while not true():
            await asyncio.sleep(0.01)
