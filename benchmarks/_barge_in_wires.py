"""Barge-in over real sockets: the same sounds, sent as Asterisk and as Twilio send them, to a house of this process.

The end is the arrival of the last loud sound before half a second without one. Twilio plays what it was sent and drops
the rest at `clear`; both are looked at: what arrives, and whether anything but silence comes after the clear.
"""

from __future__ import annotations

import asyncio
import math
import struct
from collections.abc import Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from fastapi import FastAPI
from twilio.request_validator import RequestValidator

from benchmarks._barge_in_sounds import Sound, interruptions
from benchmarks.barge_in import SCRIPT, quantile, understand
from voicebot.asr.scripted import ScriptedRecognizer
from voicebot.audio import FRAME_BYTES, frames
from voicebot.call import Call, Parts
from voicebot.events import Event, Heard
from voicebot.replay.far_end import Told, ring_audiosocket
from voicebot.replay.far_end_twilio import TwilioCaller
from voicebot.runtime.clock import SystemClock
from voicebot.runtime.driver import Engines
from voicebot.runtime.lobby import House, Lobby
from voicebot.runtime.metrics import Metrics
from voicebot.runtime.pacer import Pacer
from voicebot.runtime.workers import Workers
from voicebot.telephony.audiosocket_server import AudioSocketServer
from voicebot.telephony.dialplan import Dialplan, DialplanOptions
from voicebot.telephony.twilio_exchange import TwilioExchange
from voicebot.telephony.twilio_rest import RestCalls, RestOptions
from voicebot.vad.webrtc import WebrtcVad
from voicebot.web import twilio
from voicebot.web.http_server import HttpServer
from voicebot.web.origin import Origins

SOUNDS = 24
AT_ONCE = 4
SPEAKS_AFTER_S = 1.5
LISTENS_S = 2.0
QUIET_S = 0.5
TOKEN, PUBLIC = "secret", "https://bot.example"


class Hum:
    """A voice that never ends: a tone of half a minute."""

    def synthesize(self, _text: str) -> Iterator[bytes]:
        second = struct.pack(
            "<8000h", *(int(6000 * math.sin(2 * math.pi * 300 * n / 8000)) for n in range(8000))
        )
        yield from [second] * 30


class NoShop:
    """Is not asked."""

    def look(self, name: str, arguments: object) -> dict[str, object]:
        raise LookupError(name)

    def do(self, name: str, arguments: object, key: str) -> dict[str, object]:
        raise LookupError(name)


@dataclass
class Interrupter:
    """A caller who is quiet, says one thing, and is quiet again."""

    sound: Sound
    began: float | None = None
    rest: list[bytes] = field(default_factory=list)

    def tick(self, at: float, _bot_speaks: bool) -> list[Event]:
        """20 ms of him."""
        if self.began is None and at >= SPEAKS_AFTER_S:
            self.began, self.rest = at, list(frames(self.sound.pcm))[::-1]
        return [Heard(at, self.rest.pop() if self.rest else bytes(FRAME_BYTES))]

    def transfer(self, at: float, to: str) -> Event:
        """He is not transferred."""
        raise AssertionError(at, to)

    def silenced_ms(self, told: Told) -> int | None:
        """From his onset to the last loud sound that came before a silence."""
        if self.began is None:
            return None
        onset = self.began + self.sound.onset_ms / 1000
        loud = [at for at, is_loud in told.loud if is_loud and at > onset - 0.1]
        for last, following in zip(loud, [*loud[1:], math.inf], strict=True):
            if following - last > QUIET_S:
                return round((last - onset) * 1000)
        return None


@asynccontextmanager
async def _house():  # type: ignore[no-untyped-def]
    clock = SystemClock()
    pacer, workers = Pacer(clock), Workers(2, "bench")
    engines = Engines(
        ScriptedRecognizer(("等一下",) * 100, partials=False),
        Hum(),
        NoShop(),
        workers,
        workers,
        workers,
        pacer,
        clock,
    )

    def call(_ring: object) -> Call:
        return Call(Parts("c", SCRIPT, understand, WebrtcVad(2).stream(), datetime(2026, 11, 20, 10)))

    lobby = Lobby(House(call, lambda _: engines), Metrics())
    try:
        yield lobby, Pacer(clock), clock
    finally:
        lobby.stopping = True
        workers.close()


async def over_audiosocket(sounds: list[Sound]) -> list[int | None]:
    """Each of these as an interruption, some calls at once."""
    async with _house() as (lobby, pacer, clock):
        dialplan = Dialplan(clock.now, DialplanOptions())
        server = AudioSocketServer(lobby, dialplan)
        port = await server.start("127.0.0.1", 0)

        async def one(sound: Sound) -> int | None:
            peer = Interrupter(sound)
            line = await ring_audiosocket(
                ("127.0.0.1", port), UUID(dialplan.announce(None, None)), peer, pacer, clock
            )
            await asyncio.sleep(SPEAKS_AFTER_S + LISTENS_S)
            line.hang_up()
            return peer.silenced_ms(await line.done)

        try:
            return await _some_at_once(sounds, one)
        finally:
            await server.close()


async def over_twilio(sounds: list[Sound]) -> list[int | None]:
    """Likewise over a media WebSocket."""
    async with _house() as (lobby, pacer, clock):
        exchange = TwilioExchange(
            RestCalls(RestOptions("AC" + "0" * 32, TOKEN, "http://127.0.0.1:9")), clock.now
        )
        exchange.addresses = twilio.addresses(PUBLIC)
        desk = twilio.TwilioDesk(exchange, lobby, Origins((), PUBLIC), TOKEN)
        app = FastAPI()
        app.include_router(twilio.routes(desk))
        server = HttpServer(app)
        port = await server.start("127.0.0.1", 0)
        signature = RequestValidator(TOKEN).compute_signature("wss://bot.example/twilio/media", {})

        async def one(sound: Sound) -> int | None:
            sid, peer = f"CA{id(sound)}", Interrupter(sound)
            token = exchange.rings(sid, None, None).split('value="')[1].split('"')[0]
            line = TwilioCaller(peer, pacer, clock)
            url = f"ws://127.0.0.1:{port}/twilio/media"
            run = asyncio.create_task(line.run(url, {"X-Twilio-Signature": signature}, sid, token))
            await asyncio.sleep(SPEAKS_AFTER_S + LISTENS_S)
            line.hang_up()
            return peer.silenced_ms(await run)

        try:
            return await _some_at_once(sounds, one)
        finally:
            await server.close()


async def _some_at_once(sounds, one) -> list[int | None]:  # type: ignore[no-untyped-def]
    found: list[int | None] = []
    for start in range(0, len(sounds), AT_ONCE):
        found += await asyncio.gather(*(one(sound) for sound in sounds[start : start + AT_ONCE]))
    return found


def print_wires() -> None:
    """A line for each wire."""
    step = max(1, len(interruptions()) // SOUNDS)
    sounds = interruptions()[::step][:SOUNDS]
    for name, over in (("AudioSocket", over_audiosocket), ("Twilio", over_twilio)):
        found = asyncio.run(over(sounds))
        times = [ms for ms in found if ms is not None and ms < 1000]
        print(
            f"wire   {name:12} {len(found)} interruptions: p50 {quantile(times, 0.5)} ms, "
            f"p95 {quantile(times, 0.95)} ms, longest {max(times)} ms; missed {len(found) - len(times)}"
        )


if __name__ == "__main__":
    print_wires()
