"""Both ways over one WebSocket. Audio that a slow peer does not take is left out, not queued."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from starlette.websockets import WebSocket, WebSocketDisconnect

Message = str | bytes


class Outbox:
    """Sends in order, in a task of its own. `run` ends when the peer is gone, stuck, or everything was said."""

    def __init__(
        self, send: Callable[[Message], Awaitable[None]], audio_frames: int = 10, stuck_s: float = 5.0
    ) -> None:
        """At most `audio_frames` wait; a peer that takes nothing for `stuck_s` is given up."""
        self._send = send
        self._most = audio_frames
        self._stuck_s = stuck_s
        self._waiting: deque[tuple[Message, bool]] = deque()
        self._audio = 0
        self._wake = asyncio.Event()
        self._closed = False
        self.unsent = 0
        """Frames left out because the peer did not take them."""

    def put(self, messages: list[Message] | list[str] | list[bytes], *, audio: bool = False) -> None:
        """Send these when the peer takes them."""
        for message in messages:
            if self._closed:
                return
            if audio and self._audio >= self._most:
                self.unsent += 1
                continue
            self._audio += audio
            self._waiting.append((message, audio))
            self._wake.set()

    def drop_audio(self) -> None:
        """Take back the audio that was not sent yet."""
        self._waiting = deque(entry for entry in self._waiting if not entry[1])
        self._audio = 0

    def close(self) -> None:
        """Say what waits, then end."""
        self._closed = True
        self._wake.set()

    async def run(self) -> None:
        """Send until closed. Raises TimeoutError for a stuck peer, and what `send` raises for a lost one."""
        while True:
            while self._waiting:
                message, audio = self._waiting.popleft()
                self._audio -= audio
                async with asyncio.timeout(self._stuck_s):
                    await self._send(message)
            if self._closed:
                return
            self._wake.clear()
            await self._wake.wait()


async def next_message(socket: WebSocket) -> Message:
    """The next message, text or bytes. Raises WebSocketDisconnect."""
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1005))
    text = message.get("text")
    return text if text is not None else message.get("bytes") or b""


async def first_of(*jobs: Awaitable[None]) -> None:
    """Run these side by side until one has ended, end the others, and raise what went wrong."""
    tasks = [asyncio.ensure_future(job) for job in jobs]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
