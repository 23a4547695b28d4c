"""A recorded caller at the far end of a Twilio media stream: what Twilio is to the bot."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
from collections.abc import Mapping
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from voicebot.audio import ulaw_decode, ulaw_encode
from voicebot.events import Event, Heard, HungUp, Pressed
from voicebot.replay.driver import Peer
from voicebot.replay.far_end import Ears, Told
from voicebot.runtime.clock import Clock
from voicebot.runtime.pacer import Pacer

FORM = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}


class TwilioCaller:
    """Sends the caller's 20 ms every 20 ms, plays what comes, echoes marks, drops what is cleared."""

    def __init__(self, peer: Peer, pacer: Pacer, clock: Clock) -> None:
        self._peer = peer
        self._pacer = pacer
        self._clock = clock
        self._began = clock.now()
        self._sequence = 0
        self._out: asyncio.Queue[str | None] = asyncio.Queue()
        self.told = Told()
        self._ears = Ears(self.told, keep=True)
        self.cleared: list[float] = []

    @property
    def at(self) -> float:
        """Seconds since the stream began."""
        return self._clock.now() - self._began

    async def run(self, url: str, headers: Mapping[str, str], call_sid: str, token: str) -> Told:
        """The whole stream. Raises websockets' InvalidStatus when the handshake is refused."""
        async with connect(url, additional_headers=dict(headers), proxy=None, compression=None) as socket:
            self._began = self._clock.now()
            await self._begin(socket, call_sid, token)
            self._pacer.add(self._tick)
            sender = asyncio.create_task(self._send_all(socket))
            try:
                async for message in socket:
                    self._hear(json.loads(message))
            except ConnectionClosed:
                self.told.closed = True
            finally:
                self._pacer.remove(self._tick)
                sender.cancel()
                self.told.closed = True
        return self.told

    def hang_up(self) -> None:
        """The caller hangs up: Twilio says stop and closes."""
        self._pacer.remove(self._tick)
        self._put("stop", {"stop": {}})
        self._out.put_nowait(None)

    async def _begin(self, socket: ClientConnection, call_sid: str, token: str) -> None:
        await socket.send('{"event":"connected","protocol":"Call","version":"1.0.0"}')
        start = {
            "streamSid": "MZ" + call_sid,
            "callSid": call_sid,
            "tracks": ["inbound"],
            "mediaFormat": FORM,
            "customParameters": {"token": token},
        }
        self._put("start", {"start": start})

    def _put(self, event: str, body: Mapping[str, Any]) -> None:
        self._sequence += 1
        message = {"event": event, "sequenceNumber": str(self._sequence), "streamSid": "MZ", **body}
        self._out.put_nowait(json.dumps(message))

    async def _send_all(self, socket: ClientConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            while (message := await self._out.get()) is not None:
                await socket.send(message)
            await socket.close()

    def _tick(self, due: float) -> None:
        at = due - self._began
        for event in self._peer.tick(at, self._ears.speaks(at)):
            self._do(event)

    def _do(self, event: Event) -> None:
        if isinstance(event, Heard):
            payload = base64.b64encode(ulaw_encode(event.pcm)).decode()
            self._put("media", {"media": {"track": "inbound", "payload": payload}})
        elif isinstance(event, Pressed):
            self._put("dtmf", {"dtmf": {"track": "inbound_track", "digit": event.key}})
        elif isinstance(event, HungUp):
            self.hang_up()

    def _hear(self, message: Mapping[str, Any]) -> None:
        if message["event"] == "media":
            self._ears.hear(ulaw_decode(base64.b64decode(message["media"]["payload"])), self.at)
        elif message["event"] == "mark":
            self._put("mark", {"mark": message["mark"]})
        elif message["event"] == "clear":
            self.cleared.append(self.at)
