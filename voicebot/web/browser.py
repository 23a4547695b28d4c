"""The page from which anyone rings the bot with a microphone, and the WebSocket that its call runs over."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, WebSocket
from fastapi.responses import FileResponse

from voicebot.actions import Action, Record, Say
from voicebot.events import Event
from voicebot.telephony.browser import BrowserProtocol
from voicebot.telephony.reception import Witness
from voicebot.web.sockets import Outbox
from voicebot.web.visitor_line import VisitorLine
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


class BrowserLine(VisitorLine):
    """A call with sound; shows the conversation."""

    def __init__(self, outbox: Outbox) -> None:
        self._page = BrowserProtocol()
        super().__init__("browser", self._page, outbox)

    def play(self, frame: bytes | None) -> None:
        """Send 20 ms."""
        self._post(self._page.tick(self._at))
        self._outbox.put(self._page.send_audio(frame), audio=True)

    def clear(self) -> None:
        """Take back what was not sent, and have the page drop what it holds."""
        self._outbox.drop_audio()
        self._outbox.put(self._page.send_clear())

    def happened(self, event: Event, actions: list[Action], place: int | None, speech: bool) -> None:
        """Implements Witness: show what was said and pressed."""
        for action in actions:
            match action:
                case Say():
                    self._outbox.put(self._page.send_note("bot", text=action.text))
                case Record(kind="understood", data=data):
                    self._outbox.put(self._page.send_note("caller", text=data.get("text", "")))
                case Record(kind="spoken", data=data):
                    self._outbox.put(self._page.send_note("agent", text=data.get("text", "")))
                case Record(kind="keyed", data=data):
                    self._outbox.put(self._page.send_note("keys", keys=data.get("keys", "")))

    def _witness(self) -> Witness:
        return self


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
