"""A process that answers: its servers, from the start to a stop that lets calls finish."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from starlette.types import ASGIApp

from voicebot.errors import VoicebotError
from voicebot.runtime.lobby import Lobby
from voicebot.telephony.audiosocket_server import AudioSocketServer
from voicebot.web.http_server import HttpServer

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where to listen; of port 0 the system chooses one."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Servers:
    """What is served. No `audiosocket` or no place for it: Asterisk is not used."""

    app: ASGIApp
    http: Place
    lobby: Lobby
    audiosocket: AudioSocketServer | None = None
    audiosocket_at: Place | None = None


async def serve(
    servers: Servers, stop: asyncio.Event, listening: Callable[[int, int | None], None] = lambda *_: None
) -> None:
    """Answer until `stop` is set, then until the running calls are over or cut. Raises VoicebotError.

    `listening` is told the ports.
    """
    http = HttpServer(servers.app)
    http_port = await http.start(servers.http.host, servers.http.port)
    try:
        audio_port = await _start_audiosocket(servers)
        log.info("listening", extra={"host": servers.http.host, "port": http_port})
        listening(http_port, audio_port)
        await stop.wait()
        log.info("stopping", extra={"calls": servers.lobby.calls})
        await servers.lobby.stop()
    finally:
        if servers.audiosocket is not None:
            await servers.audiosocket.close()
        await http.close()
    log.info("stopped")


async def _start_audiosocket(servers: Servers) -> int | None:
    place = servers.audiosocket_at
    if servers.audiosocket is None or place is None:
        return None
    try:
        return await servers.audiosocket.start(place.host, place.port)
    except OSError as error:
        raise VoicebotError(
            f"nothing can listen for AudioSocket on {place.host}:{place.port} ({error.strerror}); "
            "stop what uses it or choose another port"
        ) from error


@contextlib.contextmanager
def stopped_by_signals(stop: asyncio.Event) -> Iterator[None]:
    """SIGTERM and SIGINT set `stop`; a second one ends the process at once."""
    loop = asyncio.get_running_loop()

    def asked() -> None:
        stop.set()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
