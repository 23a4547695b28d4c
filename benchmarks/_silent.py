"""Callers who never say a word, as cheap as can be, so that the machine is left to the server they ring.

Each sends a line's faint noise every 20 ms from messages that are made once, and counts what comes back.
"""

from __future__ import annotations

import asyncio
import base64
import json
import struct
from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

import numpy as np

from voicebot.audio import ulaw_encode
from voicebot.runtime.pacer import Pacer
from voicebot.telephony.audiosocket import AUDIO, NAME

NOISE_RMS = 20.0
"""-64 dB below full scale: what a quiet line has."""
MESSAGE_BYTES = 323
_noise = np.random.default_rng(20).normal(0.0, NOISE_RMS, (50, 160)).astype("<i2")
FRAMES = [frame.tobytes() for frame in _noise]


class Silent(asyncio.Protocol):
    """One caller; `arrived(connection, frames)` is told of what comes."""

    def __init__(self, pacer: Pacer, arrived: Callable[[float, int], None], now: Callable[[], float]) -> None:
        self._pacer = pacer
        self._arrived = arrived
        self._now = now
        self._turn = 0
        self.first: float | None = None
        self.last = 0.0
        self.frames = 0
        self.transport: asyncio.Transport | None = None
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        self._pacer.remove(self.tick)
        if not self.done.done():
            self.done.set_result(None)

    def hang_up(self) -> None:
        """Ring off."""
        self._pacer.remove(self.tick)
        if self.transport is not None:
            self.transport.close()

    def tick(self, due: float) -> None:
        """Send 20 ms."""
        self._turn += 1
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(self.messages[self._turn % len(self.messages)])

    messages: list[bytes]

    def _came(self, frames: int) -> None:
        at = self._now()
        if self.first is None:
            self.first = at
        elif frames == 1:
            self._arrived(at - self.last, frames)
        self.last = at
        self.frames += frames


class SilentAsterisk(Silent):
    """A caller over AudioSocket."""

    messages = [struct.pack(">BH", AUDIO, len(frame)) + frame for frame in FRAMES]  # noqa: RUF012

    def __init__(self, name: UUID, *rest: Any) -> None:
        super().__init__(*rest)
        self._name = name
        self._bytes = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say the name."""
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(struct.pack(">BH", NAME, 16) + self._name.bytes)
        self._pacer.add(self.tick)

    def data_received(self, data: bytes) -> None:
        """Count frames; they all have one size. What ends the call is shorter."""
        self._bytes += len(data)
        frames, self._bytes = divmod(self._bytes, MESSAGE_BYTES)
        if self._bytes == 3 and data[-3:] == b"\0\0\0":
            self.hang_up()
        elif frames:
            self._came(frames)


def _masked(text: str) -> bytes:
    """A client's WebSocket message; the mask is zero, which the protocol allows."""
    body = text.encode()
    size = (
        struct.pack(">B", 0x80 | len(body)) if len(body) < 126 else struct.pack(">BH", 0x80 | 126, len(body))
    )
    return b"\x81" + size + bytes(4) + body


def _media(frame: bytes) -> bytes:
    payload = base64.b64encode(ulaw_encode(frame)).decode()
    return _masked(
        json.dumps({"event": "media", "streamSid": "MZ", "media": {"track": "inbound", "payload": payload}})
    )


class SilentTwilio(Silent):
    """A caller over Twilio's protocol: the handshake, a start, and media until the end."""

    messages = [_media(frame) for frame in FRAMES]  # noqa: RUF012

    def __init__(self, head: bytes, start: str, *rest: Any) -> None:
        """`head` is the whole HTTP request, `start` the message that begins the stream."""
        super().__init__(*rest)
        self._head = head
        self._start = start
        self._buffer = b""
        self._open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for a WebSocket."""
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(self._head)

    def data_received(self, data: bytes) -> None:
        """The handshake's answer, then messages."""
        self._buffer += data
        if not self._open:
            head, end, rest = self._buffer.partition(b"\r\n\r\n")
            if not end:
                return
            if b" 101 " not in head.split(b"\r\n")[0] or self.transport is None:
                self.hang_up()
                return
            self._open, self._buffer = True, rest
            self.transport.write(_masked('{"event":"connected"}') + _masked(self._start))
            self._pacer.add(self.tick)
        while (size := self._whole()) is not None:
            kind = self._buffer[0] & 0x0F
            body = self._buffer[:size]
            self._buffer = self._buffer[size:]
            self._message(kind, body)

    def _whole(self) -> int | None:
        """The size of the first message, if it is all here."""
        if len(self._buffer) < 4:
            return len(self._buffer) if self._buffer[:1] == b"\x89" and len(self._buffer) == 2 else None
        size = self._buffer[1] & 0x7F
        size = 2 + size if size < 126 else 4 + int.from_bytes(self._buffer[2:4], "big")
        return size if len(self._buffer) >= size else None

    def _message(self, kind: int, body: bytes) -> None:
        if kind == 9 and self.transport is not None:
            payload = body[2:]
            self.transport.write(b"\x8a" + bytes([0x80 | len(payload)]) + bytes(4) + payload)
        elif kind == 8:
            self.hang_up()
        elif b'"media"' in body[:60]:
            self._came(1)
