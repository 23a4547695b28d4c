"""Live: the calls that go on, one of them with its transcript and its sound; whisper, take over, give back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response, WebSocket

from voicebot.console.call_page import watch_call
from voicebot.console.desk import Desk
from voicebot.console.frame import message_page, page, static
from voicebot.console.gate import router
from voicebot.console.showing_live import shown_summary
from voicebot.console.watching import Sender, outbox_of, show

MOST_SHOWN = 200


def routes(desk: Desk) -> APIRouter:
    """/console/live, for operations."""
    here = router(desk, "operations", "/console/live")

    @here.get("")
    async def live(request: Request) -> Response:
        return page(request, "live.html")

    @here.websocket("/feed")
    async def feed(socket: WebSocket) -> None:
        await _feed(desk, socket)

    @here.get("/{name}")
    async def call(request: Request, name: str) -> Response:
        found = desk.live.hub.calls.get(name)
        if found is None:
            return message_page(request, 404, "这通电话已经结束，或者不存在。")
        return page(request, "live_call.html", call=shown_summary(found), voice=static("voice.js"))

    @here.websocket("/{name}/socket")
    async def socket(socket: WebSocket, name: str) -> None:
        await watch_call(desk, socket, desk.live.hub.calls.get(name))

    return here


class _Overview:
    """Implements Page: all calls."""

    def __init__(self, desk: Desk, sender: Sender) -> None:
        self._hub = desk.live.hub
        self._sender = sender

    def told(self, note: Mapping[str, Any]) -> None:
        """Something has changed: draw all of it soon."""
        self._sender.picture(self.draw)

    def heard(self, side: int, frame: bytes) -> None:
        """Nobody listens here."""

    def draw(self) -> None:
        """All calls, the eldest first."""
        calls = list(self._hub.calls.values())
        self._sender.send("calls", calls=[shown_summary(one) for one in calls[:MOST_SHOWN]], total=len(calls))


async def _feed(desk: Desk, socket: WebSocket) -> None:
    await socket.accept()
    outbox = outbox_of(socket)
    overview = _Overview(desk, sender := Sender(outbox))
    overview.draw()
    desk.live.hub.watchers.add(overview)
    try:
        await show(desk, socket, outbox, lambda _: None)
    finally:
        desk.live.hub.watchers.discard(overview)
        sender.stop()
