"""A recorded caller at the far end of a real wire: what he does is sent over it, what comes back is what he hears.

For tests of whole calls and for load: many callers share one pacer. A caller hears the bot while sound has come
within the last 60 ms, because packets do not come evenly.
"""

from __future__ import annotations

import asyncio
import struct
from dataclasses import dataclass, field
from typing import cast
from uuid import UUID

import numpy as np

from voicebot.audio import to_samples
from voicebot.events import Event, Heard, HungUp, Pressed
from voicebot.replay.driver import Peer
from voicebot.runtime.clock import Clock
from voicebot.runtime.pacer import Pacer
from voicebot.telephony.audiosocket import AUDIO, HANG_UP, KEY, NAME

HOLD_S = 0.06
QUIET = 200
"""Samples below this are silence, for a line has its noise."""


@dataclass(slots=True)
class Told:
    """What a far end has seen: `arrivals` in seconds, `heard` all the audio, how the call ended."""

    arrivals: list[float] = field(default_factory=list)
    heard: bytearray = field(default_factory=bytearray)
    loud: list[tuple[float, bool]] = field(default_factory=list)
    handed_back: bool = False
    closed: bool = False


class Ears:
    """Does the caller hear the bot now?"""

    def __init__(self, told: Told, keep: bool) -> None:
        self._told = told
        self._keep = keep
        self._last_loud = -1.0

    def hear(self, pcm: bytes, at: float) -> None:
        """Audio has come: 8 kHz, 16-bit."""
        loud = bool(np.abs(to_samples(pcm)).max(initial=0) > QUIET)
        if loud:
            self._last_loud = at
        if self._keep:
            self._told.arrivals.append(at)
            self._told.heard += pcm
            self._told.loud.append((at, loud))

    def speaks(self, at: float) -> bool:
        """Has it spoken just now?"""
        return at - self._last_loud < HOLD_S


class AudioSocketCaller(asyncio.Protocol):
    """What Asterisk is to the bot: connects, says the UUID, sends 20 ms of the caller every 20 ms."""

    def __init__(self, name: UUID, peer: Peer, pacer: Pacer, clock: Clock, *, keep: bool = True) -> None:
        self._name = name
        self._peer = peer
        self._pacer = pacer
        self._clock = clock
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self._began = clock.now()
        self.told = Told()
        self._ears = Ears(self.told, keep)
        self.done: asyncio.Future[Told] = asyncio.get_running_loop().create_future()

    @property
    def at(self) -> float:
        """Seconds since he rang."""
        return self._clock.now() - self._began

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The line is open."""
        self._transport = transport = cast(asyncio.Transport, transport)
        self._began = self._clock.now()
        transport.write(struct.pack(">BH", NAME, 16) + self._name.bytes)
        self._pacer.add(self._tick)

    def data_received(self, data: bytes) -> None:
        """The bot is heard, or gives the call back."""
        self._buffer += data
        at = self.at
        while len(self._buffer) >= 3:
            kind, size = struct.unpack_from(">BH", self._buffer)
            if len(self._buffer) < 3 + size:
                return
            body = bytes(self._buffer[3 : 3 + size])
            del self._buffer[: 3 + size]
            if kind == AUDIO:
                self._ears.hear(body, at)
            elif kind == HANG_UP:
                self.told.handed_back = True
                self.hang_up()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        self._pacer.remove(self._tick)
        self.told.closed = True
        if not self.done.done():
            self.done.set_result(self.told)

    def hang_up(self) -> None:
        """Close the line, as Asterisk does."""
        self._pacer.remove(self._tick)
        if self._transport is not None:
            self._transport.close()

    def _tick(self, due: float) -> None:
        at = due - self._began
        for event in self._peer.tick(at, self._ears.speaks(at)):
            self._send(event)

    def _send(self, event: Event) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        if isinstance(event, Heard):
            self._transport.write(struct.pack(">BH", AUDIO, len(event.pcm)) + event.pcm)
        elif isinstance(event, Pressed):
            self._transport.write(struct.pack(">BH", KEY, 1) + event.key.encode())
        elif isinstance(event, HungUp):
            self.hang_up()


async def ring_audiosocket(
    address: tuple[str, int], name: UUID, peer: Peer, pacer: Pacer, clock: Clock
) -> AudioSocketCaller:
    """Connect to (host, port); the call goes on until `done`."""
    loop = asyncio.get_running_loop()
    _, caller = await loop.create_connection(lambda: AudioSocketCaller(name, peer, pacer, clock), *address)
    return caller
