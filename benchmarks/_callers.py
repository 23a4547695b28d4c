"""Simulated callers on both wires at once: who rings, what each of them sees, and what all of them saw together."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import numpy as np
from twilio.request_validator import RequestValidator

from benchmarks._silent import Silent, SilentAsterisk, SilentTwilio
from benchmarks._talkers import Talker
from voicebot.replay.caller import FixtureCaller
from voicebot.replay.far_end import Told, ring_audiosocket
from voicebot.replay.far_end_twilio import FORM, TwilioCaller
from voicebot.replay.fixture import Fixture
from voicebot.replay.script import BotTurn, CallerTurn
from voicebot.runtime.clock import SystemClock
from voicebot.runtime.pacer import Pacer

TOKEN = "0123456789abcdef0123456789abcdef"
SECRET = "load"
WIRES = ("audiosocket", "twilio")
PATIENCE_S = 150.0
"""So long a call may go on when no new ones begin any more."""
BIN_MS, BINS = 0.1, 20_000


class Intervals:
    """How far the steps between frames were from 20 ms, counted by tenths of a millisecond."""

    def __init__(self) -> None:
        self._counts = np.zeros(BINS + 1, dtype=np.int64)

    def add(self, steps_s: Sequence[float] | np.ndarray[Any, Any]) -> None:
        """Steps between frames that followed each other."""
        off = np.abs(np.asarray(steps_s, dtype=np.float64) - 0.02) * 1000 / BIN_MS
        np.add.at(self._counts, np.minimum(off.astype(np.int64), BINS), 1)

    def add_one(self, step_s: float) -> None:
        """One step."""
        self._counts[min(int(abs(step_s - 0.02) * 1000 / BIN_MS), BINS)] += 1

    def quantile_ms(self, share: float) -> float | None:
        """The error that this share of the steps does not exceed; None: there was none."""
        total = int(self._counts.sum())
        if not total:
            return None
        place = int(np.searchsorted(np.cumsum(self._counts), share * total))
        return round((place + 1) * BIN_MS, 1)


@dataclass
class Seen:
    """What all callers together have seen."""

    gaps_ms: list[int] = field(default_factory=list)
    barge_in_ms: list[int] = field(default_factory=list)
    intervals: Intervals = field(default_factory=Intervals)
    frames: int = 0
    expected: float = 0.0
    counted: int = 0
    calls: int = 0
    refused: int = 0
    unanswered: int = 0
    call_s: float = 0.0
    caller_s: float = 0.0
    bot_s: float = 0.0
    broken: list[str] = field(default_factory=list)
    unanswered_where: Counter[str] = field(default_factory=Counter)

    def took_part(self, caller: FixtureCaller, told: Told, length_s: float) -> None:
        """Take what one recorded caller has seen. Where the bot did not stop for him there is no gap to tell."""
        for place, times in enumerate(caller.times):
            if times.speech_start is not None and times.speech_end is not None:
                self.caller_s += times.speech_end - times.speech_start
            if times.over_bot and times.silenced is None:
                continue
            if times.gap_ms is not None:
                self.gaps_ms.append(times.gap_ms)
            elif times.speech_end is not None and _wants_answer(caller._turns, place):
                self.unanswered += 1
                self.unanswered_where[f"{caller._fixture.name} {place}"] += 1
            if times.over_bot and times.speech_start is not None:
                loud = [at for at, sounds in told.loud if sounds and at <= (times.silenced or 0.0)]
                if loud:
                    self.barge_in_ms.append(round((loud[-1] + 0.02 - times.speech_start) * 1000))
        self.bot_s += sum(sounds for _, sounds in told.loud) * 0.02
        self.call_s += length_s


def _wants_answer(turns: Sequence[object], place: int) -> bool:
    """Does the bot reply next, as far as the recording says?"""
    return (
        isinstance(turns[place], CallerTurn)
        and place + 1 < len(turns)
        and isinstance(turns[place + 1], BotTurn)
    )


@dataclass
class Callers:
    """All simulated callers of one run. `fixtures` none: nobody says a word."""

    http: int
    audio: int
    fixtures: list[Fixture]
    seconds: float
    client: httpx.AsyncClient
    wires: tuple[str, ...] = WIRES
    stories: Mapping[str, Sequence[bytes]] | None = None
    """What callers tell beside what was recorded, by their voices; None: nothing."""
    clock: SystemClock = field(default_factory=SystemClock)
    seen: Seen = field(default_factory=Seen)

    def __post_init__(self) -> None:
        self.pacer = Pacer(self.clock)
        self.until = self.clock.now() + self.seconds
        self._sign = RequestValidator(TOKEN).compute_signature

    async def one(self, number: int, after_s: float) -> None:
        """One caller, again and again."""
        await asyncio.sleep(after_s)
        turn = number
        while (left := self.until - self.clock.now()) > 0:
            try:
                wire = self.wires[number % len(self.wires)]
                if self.fixtures:
                    fixture = self.fixtures[turn % len(self.fixtures)]
                    await self._talk(wire, Talker(fixture, self.stories), fixture.script.caller, turn, left)
                else:
                    await self._keep_silent(wire, number, turn, left)
                self.seen.calls += 1
            except (OSError, httpx.HTTPError, LookupError, ValueError) as error:
                self.seen.broken.append(f"{type(error).__name__}: {error}")
                await asyncio.sleep(1)
            turn += len(self.fixtures) // 2 + 1 if self.fixtures else 1

    # -- who talks ----------------------------------------------------------------------------------------------

    async def _talk(
        self, wire: str, caller: FixtureCaller, number: str | None, turn: int, left: float
    ) -> None:
        began = self.clock.now()
        if wire == "twilio":
            sid, token = await self._rings_twilio(number)
            line = TwilioCaller(caller, self.pacer, self.clock)
            url = f"ws://127.0.0.1:{self.http}/twilio/media"
            signed = {"X-Twilio-Signature": self._sign(url, {})}
            running: asyncio.Future[Told] = asyncio.ensure_future(line.run(url, signed, sid, token))
            told = await _until(running, line.hang_up, left + PATIENCE_S)
        else:
            name = await self._rings_asterisk(number)
            far = await ring_audiosocket(("127.0.0.1", self.audio), name, caller, self.pacer, self.clock)
            told = await _until(far.done, far.hang_up, left + PATIENCE_S)
            self._count(told)
            if told.handed_back:
                await self._dials(name)
        self.seen.frames += len(told.arrivals)
        self.seen.took_part(caller, told, self.clock.now() - began)

    async def _dials(self, name: UUID) -> None:
        """What Asterisk does when it has the caller back: rings whom it is told to, and a human answers."""
        place = f"http://127.0.0.1:{self.http}/asterisk/{name}"
        number = (await self.client.post(f"{place}/next", data={"secret": SECRET})).text.strip()
        if number.isdigit():
            await self.client.post(f"{place}/outcome", data={"secret": SECRET, "status": "ANSWER"})

    def _count(self, told: Told) -> None:
        """Over AudioSocket a frame is due every 20 ms, silence too."""
        if len(told.arrivals) > 1:
            self.seen.intervals.add(np.diff(told.arrivals))
            self.seen.expected += (told.arrivals[-1] - told.arrivals[0]) / 0.02 + 1
            self.seen.counted += len(told.arrivals)

    # -- who does not -------------------------------------------------------------------------------------------

    async def _keep_silent(self, wire: str, number: int, turn: int, left: float) -> None:
        caller = f"1380000{number:04d}"
        loop, arrived = asyncio.get_running_loop(), self._arrived(wire)
        rest = (self.pacer, arrived, self.clock.now)
        line: Silent
        if wire == "twilio":
            sid, token = await self._rings_twilio(caller)
            line = SilentTwilio(self._request(), _start(sid, token), *rest)
            await loop.create_connection(lambda: line, "127.0.0.1", self.http)
        else:
            line = SilentAsterisk(await self._rings_asterisk(caller), *rest)
            await loop.create_connection(lambda: line, "127.0.0.1", self.audio)
        await _until(line.done, line.hang_up, left)
        self.seen.frames += line.frames
        self.seen.call_s += left
        if wire == "audiosocket" and line.first is not None:
            self.seen.expected += (line.last - line.first) / 0.02 + 1
            self.seen.counted += line.frames

    def _arrived(self, wire: str) -> Any:
        if wire == "audiosocket":
            return lambda step, _: self.seen.intervals.add_one(step)
        return lambda _, __: None  # Twilio is sent no silence: its steps say nothing

    def _request(self) -> bytes:
        host, path = f"127.0.0.1:{self.http}", "/twilio/media"
        key = base64.b64encode(os.urandom(16)).decode()
        lines = (
            f"GET {path} HTTP/1.1",
            f"Host: {host}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
            f"X-Twilio-Signature: {self._sign(f'ws://{host}{path}', {})}",
        )
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    # -- how calls begin ----------------------------------------------------------------------------------------

    async def _rings_asterisk(self, caller: str | None) -> UUID:
        form = {"secret": SECRET, "caller": caller or "", "called": "4008"}
        answer = await self.client.post(f"http://127.0.0.1:{self.http}/asterisk/announce", data=form)
        if answer.status_code != 200 or answer.text == "busy":
            self._refused(answer)
        return UUID(answer.text.strip())

    async def _rings_twilio(self, caller: str | None) -> tuple[str, str]:
        sid, base = f"CA{os.urandom(16).hex()}", f"http://127.0.0.1:{self.http}"
        form = {"CallSid": sid, "From": caller or "anonymous", "To": "4008"}
        signed = {"X-Twilio-Signature": self._sign(f"{base}/twilio/voice", form)}
        answer = await self.client.post(f"{base}/twilio/voice", data=form, headers=signed)
        found = ET.fromstring(answer.text).find("Connect/Stream/Parameter") if answer.is_success else None
        if found is None:
            self._refused(answer)
        assert found is not None
        return sid, found.attrib["value"]

    def _refused(self, answer: httpx.Response) -> None:
        self.seen.refused += 1
        raise LookupError(f"refused with {answer.status_code}: {answer.text[:80]}")


def _start(sid: str, token: str) -> str:
    start = {
        "streamSid": "MZ" + sid,
        "callSid": sid,
        "tracks": ["inbound"],
        "mediaFormat": FORM,
        "customParameters": {"token": token},
    }
    return json.dumps({"event": "start", "sequenceNumber": "1", "streamSid": "MZ" + sid, "start": start})


async def _until(running: asyncio.Future[Any], hang_up: Any, left: float) -> Any:
    """Wait for the call's end, or end it after so many seconds."""
    try:
        return await asyncio.wait_for(asyncio.shield(running), left)
    except TimeoutError:
        hang_up()
        return await running
