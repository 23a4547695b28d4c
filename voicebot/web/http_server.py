"""The HTTP and WebSocket server: uvicorn on a socket of our own, without its signal handlers and its logs."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import cast

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from voicebot.errors import VoicebotError

SEND_BUFFER = 32 * 1024
"""Bytes that the system may hold for one peer: more would hide for many seconds that it reads nothing."""
WAITING_BYTES, LIVE_BUFFER = 1024, 8 * 1024
"""What may wait for a WebSocket's peer, here and in the system: about a second of audio. What is held cannot be taken
back when the caller interrupts."""
MESSAGE_BYTES = 64 * 1024
"""The longest WebSocket message that is taken."""


class _Quiet(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Whoever runs the process says when it stops."""
        yield


class _Live(WebSocketsSansIOProtocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A handshake has been made: from now on audio goes this way."""
        cast(asyncio.WriteTransport, transport).set_write_buffer_limits(high=WAITING_BYTES)
        live = transport.get_extra_info("socket")
        with contextlib.suppress(OSError, AttributeError):
            live.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, LIVE_BUFFER)
        super().connection_made(transport)


class HttpServer:
    """Serves an application until it is closed."""

    def __init__(self, app: ASGIApp) -> None:
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            ws=_Live,
            ws_max_size=MESSAGE_BYTES,
            ws_per_message_deflate=False,
            ws_ping_interval=20.0,
            ws_ping_timeout=20.0,
            limit_concurrency=2000,
            timeout_graceful_shutdown=5,
            lifespan="off",
        )
        self._server = _Quiet(config)
        self._task: asyncio.Task[None] | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen; returns the port (the one the system chose, of 0). Raises VoicebotError."""
        place = _bound(host, port)
        self._task = asyncio.get_running_loop().create_task(self._server.serve([place]), name="http")
        while not self._server.started:
            if self._task.done():
                raise VoicebotError(f"the HTTP server at {host}:{port} did not start; see the log")
            await asyncio.sleep(0.01)
        return int(place.getsockname()[1])

    async def close(self) -> None:
        """Answer what is being answered, then end."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task


def _bound(host: str, port: int) -> socket.socket:
    place = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        place.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        place.bind((host, port))
    except OSError as error:
        place.close()
        raise VoicebotError(
            f"nothing can listen on {host}:{port} ({error.strerror}); stop what uses it or choose another port"
        ) from error
    return place
