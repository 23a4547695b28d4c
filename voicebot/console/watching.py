"""A page that watches over a WebSocket, from its handshake to its end, and what it is sent.

Pictures of how things stand are sent at most every 200 ms, the newest only; sound that the page does not take is left
out; a page that takes nothing at all is given up.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import WebSocket, WebSocketDisconnect

from voicebot.console.desk import Desk
from voicebot.console.gate import user_of, visit_of
from voicebot.telephony.browser import LONGEST_TEXT
from voicebot.web.sockets import Message, Outbox, first_of, next_message

PICTURE_S = 0.2
SOUND_FRAMES = 25
"""250 ms of both sides."""
CHECKED_EVERY_S = 20.0
"""So soon whoever lost his role or logged out sees nothing more."""


class Sender:
    """Tells one socket: everything, or of pictures the newest."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._drawing: asyncio.TimerHandle | None = None

    def send(self, kind: str, **data: Any) -> None:
        """This, in its turn."""
        self._outbox.put([json.dumps({"type": kind, **data}, ensure_ascii=False)])

    def sound(self, side: int, frame: bytes) -> None:
        """20 ms of one side, if the page keeps up."""
        self._outbox.put([bytes([side]) + frame], audio=True)

    def picture(self, draw: Callable[[], None]) -> None:
        """Soon, and once for all that happens until then."""
        if self._drawing is None:
            self._drawing = asyncio.get_running_loop().call_later(PICTURE_S, self._draw, draw)

    def close(self) -> None:
        """Nothing more, after what waits."""
        self._outbox.close()

    def stop(self) -> None:
        """Draw nothing any more."""
        if self._drawing is not None:
            self._drawing.cancel()

    def _draw(self, draw: Callable[[], None]) -> None:
        self._drawing = None
        draw()


def as_object(message: Message) -> dict[str, Any]:
    """The JSON object that a short enough message is, else an empty one."""
    try:
        data = json.loads(message) if len(message) <= LONGEST_TEXT else None
    except (ValueError, RecursionError):
        data = None
    return data if isinstance(data, dict) else {}


async def show(desk: Desk, socket: WebSocket, outbox: Outbox, receive: Callable[[Message], None]) -> None:
    """One socket that was accepted, until either side is done, or the user may not see it any more."""

    async def listen() -> None:
        while True:
            receive(await next_message(socket))

    with contextlib.suppress(TimeoutError, WebSocketDisconnect, RuntimeError):
        await first_of(listen(), outbox.run(), _allowed(desk, socket))
    with contextlib.suppress(RuntimeError, WebSocketDisconnect):
        await socket.close(1000)


async def _allowed(desk: Desk, socket: WebSocket) -> None:
    """Ends when the session has ended or the role is another one."""
    role = user_of(socket).role
    while True:
        await asyncio.sleep(CHECKED_EVERY_S)
        visit = await asyncio.to_thread(visit_of, desk, socket)
        if visit is None or visit.user.role != role:
            return


def outbox_of(socket: WebSocket) -> Outbox:
    """What this socket is sent."""

    def send(message: Message) -> Awaitable[None]:
        return socket.send_text(message) if isinstance(message, str) else socket.send_bytes(message)

    return Outbox(send, audio_frames=SOUND_FRAMES)
