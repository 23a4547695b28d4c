"""The text chat that a shop's web page can open: the same call, without sound."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter, WebSocket

from voicebot.actions import Action, Record, Say
from voicebot.events import Event
from voicebot.telephony.chat import ChatProtocol
from voicebot.telephony.reception import Witness
from voicebot.web.sockets import Outbox
from voicebot.web.visitor_line import VisitorLine
from voicebot.web.visitors import Visitors, visit


class NoVoice:
    """Implements Synthesizer for calls by text: there is nothing to hear."""

    def synthesize(self, text: str) -> Iterator[bytes]:
        """No audio."""
        return iter(())


class ChatLine(VisitorLine):
    """A conversation by text."""

    def __init__(self, outbox: Outbox) -> None:
        self._window = ChatProtocol()
        super().__init__("chat", self._window, outbox)

    def happened(self, event: Event, actions: list[Action], place: int | None, speech: bool) -> None:
        """Implements Witness: send what the bot says, and the human who has taken over."""
        for action in actions:
            match action:
                case Say():
                    self._outbox.put(self._window.send_text(action.text))
                case Record(kind="spoken", data=data):
                    self._outbox.put(self._window.send_text(data.get("text", ""), "agent"))

    def _witness(self) -> Witness:
        return self


def routes(visitors: Visitors) -> APIRouter:
    """All addresses under /chat."""
    router = APIRouter(prefix="/chat")
    visitors.add_ticket_route(router)

    @router.websocket("/talk")
    async def talk(socket: WebSocket) -> None:
        await visit(visitors, socket, ChatLine)

    return router
