"""The page from which anyone rings the bot with a microphone, and the WebSocket that its call runs over."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import APIRouter, WebSocket
from fastapi.responses import FileResponse

from voicebot.actions import Action, Record, Say
from voicebot.events import Event, HungUp, TransferFailed
from voicebot.telephony.browser import BrowserProtocol
from voicebot.telephony.reception import Reception, Ring, Running
from voicebot.web.sockets import Outbox
from voicebot.web.visitors import Visitors, visit

PAGE = Path(__file__).parent / "page"
FILES = {"": "index.html", "call.js": "call.js", "voice.js": "voice.js", "call.css": "call.css"}
ALLOWED = (
    "default-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self' ws: wss:",
    "frame-ancestors 'none'",
)
HEADERS = {
    "Content-Security-Policy": "; ".join(ALLOWED),
    "Permissions-Policy": "microphone=(self)",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


class BrowserLine:
    """Implements Wire, and Witness to show the conversation."""

    def __init__(self, outbox: Outbox) -> None:
        self._wire = BrowserProtocol()
        self._outbox = outbox
        self.call: Running | None = None

    # -- Wire ---------------------------------------------------------------------------------------------------

    def play(self, frame: bytes | None) -> None:
        """Send 20 ms; silence needs no sending."""
        if self.call is not None:
            self._post(self._wire.tick(self.call.at))
        if frame is not None:
            self._outbox.put(self._wire.send_audio(frame), audio=True)

    def clear(self) -> None:
        """Take back what was not sent, and have the page drop what it holds."""
        self._outbox.drop_audio()
        self._outbox.put(self._wire.send_clear())

    def transfer(self, to: str, story: Mapping[str, Any]) -> None:
        """There is no human on this line."""
        if self.call is not None:
            self.call.post(TransferFailed(self.call.at, "closed"))

    def hang_up(self) -> None:
        """The bot ends the call."""
        self._outbox.put(self._wire.send_hang_up())
        self._outbox.close()

    def ended(self) -> None:
        """The call is over, however it ended."""
        self.hang_up()

    # -- Witness ------------------------------------------------------------------------------------------------

    def happened(self, event: Event, actions: list[Action], place: int | None, speech: bool) -> None:
        """Show what was said and pressed."""
        for action in actions:
            match action:
                case Say():
                    self._outbox.put(self._wire.send_note("bot", text=action.text))
                case Record(kind="understood", data=data):
                    self._outbox.put(self._wire.send_note("caller", text=data.get("text", "")))
                case Record(kind="keyed", data=data):
                    self._outbox.put(self._wire.send_note("keys", keys=data.get("keys", "")))

    # -- Visitor ------------------------------------------------------------------------------------------------

    def receive(self, message: str | bytes) -> bool:
        """Take a message; False: nothing more is wanted."""
        self._post(self._wire.receive(message, self.call.at if self.call is not None else 0.0))
        return not self._wire.over

    @property
    def ticket(self) -> str | None:
        """What the page showed at its hello; None: it has not said hello."""
        return self._wire.ticket if self._wire.begun else None

    def begin(self, reception: Reception, caller: str | None, guest: str) -> None:
        """Begin the call. Raises Busy."""
        ring = Ring(secrets.token_hex(16), "browser", caller, None, guest)
        self.call = reception.admit(ring, self, self)

    def gone(self) -> None:
        """The page was closed."""
        self._post(self._wire.receive_end(self.call.at if self.call is not None else 0.0))

    def _post(self, events: list[Event]) -> None:
        for event in events:
            if self.call is not None and (self._wire.begun or isinstance(event, HungUp)):
                self.call.post(event)


def routes(visitors: Visitors) -> APIRouter:
    """All addresses under /call."""
    router = APIRouter(prefix="/call")

    def serve(path: str, name: str) -> None:
        async def respond() -> FileResponse:
            return FileResponse(PAGE / name, headers=HEADERS)

        router.add_api_route(f"/{path}" if path else "", respond, methods=["GET"])

    for path, name in FILES.items():
        serve(path, name)
    visitors.add_ticket_route(router)

    @router.websocket("/media")
    async def media(socket: WebSocket) -> None:
        await visit(visitors, socket, BrowserLine)

    return router
