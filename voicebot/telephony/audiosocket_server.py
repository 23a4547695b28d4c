"""The TCP side of AudioSocket: a connection per call, and the line that outlives it while a human is tried.

caller ── Asterisk ──TCP── Connection ── AudioSocketLine ── the call
             │ 0x00: the dialplan dials a human │ away: the call waits without a connection
             └──TCP again, same UUID────────────┘ back: TransferFailed, and the talk goes on
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast

from voicebot.events import Answered, Event, HungUp, TransferFailed
from voicebot.telephony.audiosocket import AudioSocketProtocol
from voicebot.telephony.reception import Busy, Reception, Ring, Running

log = logging.getLogger(__name__)


class Exchange(Protocol):
    """Whoever has the caller's channel in Asterisk: the dialplan, or a program that controls it."""

    def ring(self, name: str) -> Ring | None:
        """Who calls under this name; None: nobody was announced, the connection is refused."""
        ...

    def transfer(self, name: str, to: str, story: Mapping[str, Any], call: Running) -> bool:
        """Give the caller to a human; posts what becomes of it. True: this connection must end for that.

        False: it stays, because the human is rung meanwhile, or because nobody can be and TransferFailed was posted.
        """
        ...

    def returned(self, name: str) -> str:
        """The caller is back from a transfer: why it failed."""
        ...

    def turned_away(self, name: str) -> None:
        """The call of this name cannot begin here: its caller is left to Asterisk."""
        ...

    def ended(self, name: str) -> None:
        """The call is over; hang up whatever is left of it, unless a human has the caller."""
        ...


@dataclass(frozen=True, slots=True)
class AudioSocketOptions:
    """Limits of one connection. `behind_ms` is audio that a slow peer may owe before frames are left out."""

    name_within_s: float = 5.0
    idle_s: float = 20.0
    behind_ms: int = 200
    stuck_s: float = 5.0
    connections: int = 1000


class AudioSocketServer:
    """Listens, and joins connections to calls."""

    def __init__(
        self, reception: Reception, exchange: Exchange, options: AudioSocketOptions | None = None
    ) -> None:
        self.reception = reception
        self.exchange = exchange
        self.options = options or AudioSocketOptions()
        self.lines: dict[str, AudioSocketLine] = {}
        self.connections: set[Connection] = set()
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen; returns the port (the one the system chose, of 0). Raises OSError."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Connection(self), host, port)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Listen no longer and end every connection."""
        if self._server is not None:
            self._server.close()
        for connection in list(self.connections):
            connection.abort()
        if self._server is not None:
            await self._server.wait_closed()

    def join(self, connection: Connection, uuid: str) -> AudioSocketLine:
        """The line of this name: one that waits for its caller's return, or that of a new call. Raises Busy."""
        line = self.lines.get(uuid)
        if line is not None:
            if not line.away:
                raise Busy("caller")
            line.come_back(connection)
            return line
        ring = self.exchange.ring(uuid)
        if ring is None:
            raise Busy("unannounced")
        line = AudioSocketLine(self, uuid, connection)
        try:
            line.call = self.reception.admit(ring, line)
        except Busy:
            self.exchange.turned_away(uuid)
            raise
        except Exception as error:  # whatever keeps a call from beginning, its caller is not dropped for it
            log.exception("call not begun", extra={"line": "asterisk"})
            self.exchange.turned_away(uuid)
            raise Busy("broken") from error
        self.lines[uuid] = line
        return line


class AudioSocketLine:
    """Implements Wire for one call."""

    def __init__(self, server: AudioSocketServer, uuid: str, connection: Connection) -> None:
        self._server = server
        self._uuid = uuid
        self._connection: Connection | None = connection
        self.call: Running | None = None

    @property
    def away(self) -> bool:
        """Is the caller with Asterisk, so that he may come back?"""
        return self._connection is None

    def play(self, frame: bytes | None) -> None:
        """Send 20 ms, silence too; a sleeping peer is noticed here."""
        if self._connection is not None:
            self._connection.play(frame)

    def clear(self) -> None:
        """Asterisk buffers nothing."""

    def transfer(self, to: str, story: Mapping[str, Any]) -> None:
        """Leave the caller to the exchange, which tries a human."""
        call = self.call
        if call is not None and not self.away and self._server.exchange.transfer(self._uuid, to, story, call):
            self._leave()

    def hang_up(self) -> None:
        """Give the call back to Asterisk for good."""
        self._leave()

    def ended(self) -> None:
        """The call is over, however it ended."""
        self._server.lines.pop(self._uuid, None)
        self._leave()
        self._server.exchange.ended(self._uuid)

    def come_back(self, connection: Connection) -> None:
        """The transfer failed and the caller is here again."""
        self._connection = connection
        if self.call is not None:
            self.call.post(TransferFailed(self.call.at, self._server.exchange.returned(self._uuid)))

    def lost(self, by: HungUp) -> None:
        """The caller, or the line, has gone."""
        self._connection = None
        if self.call is not None:
            self.call.post(by)

    def _leave(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.give_back()


class Connection(asyncio.Protocol):
    """One TCP connection from Asterisk."""

    def __init__(self, server: AudioSocketServer) -> None:
        self._server = server
        self._options = server.options
        self._loop = asyncio.get_running_loop()
        self._wire = AudioSocketProtocol()
        self._transport: asyncio.Transport | None = None
        self._line: AudioSocketLine | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._last_received = self._last_taken = 0.0
        self.unsent = 0
        """Frames left out because the peer did not take them."""

    # -- what asyncio calls ---------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A peer is here; it must say its name soon."""
        self._transport = transport = cast(asyncio.Transport, transport)
        _tune(transport, self._options.stuck_s)
        self._last_received = self._last_taken = self._loop.time()
        if len(self._server.connections) >= self._options.connections:
            transport.abort()
            return
        self._server.connections.add(self)
        self._timer = self._loop.call_later(self._options.name_within_s, self.abort)

    def data_received(self, data: bytes) -> None:
        """Bytes from the peer."""
        self._last_received = self._loop.time()
        self._post(self._wire.receive(data, self._at))

    def eof_received(self) -> bool:
        """The peer has closed its side; ours closes too."""
        self._post(self._wire.receive_end(self._at))
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone, with or without a word."""
        self._server.connections.discard(self)
        if self._timer is not None:
            self._timer.cancel()
        self._post(self._wire.receive_end(self._at))

    # -- what the line calls --------------------------------------------------------------------------------

    def play(self, frame: bytes | None) -> None:
        """Send 20 ms, or leave them out when the peer takes nothing; end the call when that lasts."""
        transport, now = self._transport, self._loop.time()
        if transport is None or self._wire.over:
            return
        self._post(self._wire.tick(self._at))
        owed = transport.get_write_buffer_size()
        if owed == 0:
            self._last_taken = now
        if owed > self._options.behind_ms // 20 * 323:
            self.unsent += 1
        else:
            transport.writelines(self._wire.send_audio(frame))
        if now - self._last_taken > self._options.stuck_s or now - self._last_received > self._options.idle_s:
            self._lose("the peer has gone without a word")

    def give_back(self) -> None:
        """Say 0x00 and close; what happens to this connection does not concern the call any more."""
        self._line = None
        if self._transport is not None:
            self._transport.writelines(self._wire.send_hang_up())
            self._transport.close()
            self._timer = self._loop.call_later(self._options.stuck_s, self.abort)

    def abort(self) -> None:
        """End it now."""
        if self._transport is not None:
            self._transport.abort()

    # -- inside ---------------------------------------------------------------------------------------------

    @property
    def _at(self) -> float:
        return self._line.call.at if self._line is not None and self._line.call is not None else 0.0

    def _post(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, Answered):
                self._join()
            elif isinstance(event, HungUp):
                self._ended(event)
            elif self._line is not None and self._line.call is not None:
                self._line.call.post(event)

    def _join(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        try:
            self._line = self._server.join(self, str(self._wire.call_id))
        except Busy as busy:
            log.info("call refused", extra={"line": "asterisk", "why": busy.why})
            self.give_back()

    def _ended(self, event: HungUp) -> None:
        if self._wire.fault is not None:
            log.warning("wire broken", extra={"line": "asterisk", "why": self._wire.fault})
            self.abort()
        line, self._line = self._line, None
        if line is not None:
            line.lost(event)

    def _lose(self, why: str) -> None:
        log.warning("wire broken", extra={"line": "asterisk", "why": why})
        self.abort()


def _tune(transport: asyncio.Transport, stuck_s: float) -> None:
    """Small buffers, so that a slow peer is noticed by us and not by the kernel a minute later."""
    sock = transport.get_extra_info("socket")
    with contextlib.suppress(OSError, AttributeError):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(stuck_s * 1000))
