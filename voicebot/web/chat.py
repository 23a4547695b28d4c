"""The text chat that a shop's web page can open: the same call, without sound."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import APIRouter, WebSocket

from voicebot.actions import Action, Say
from voicebot.events import Event, HungUp, TransferFailed
from voicebot.telephony.chat import ChatProtocol
from voicebot.telephony.reception import Reception, Ring, Running
from voicebot.web.sockets import Outbox
from voicebot.web.visitors import Visitors, visit


class NoVoice:
    """Implements Synthesizer for calls by text: there is nothing to hear."""

    def synthesize(self, text: str) -> Iterator[bytes]:
        """No audio."""
        return iter(())


class ChatLine:
    """Implements Wire, and Witness to send what the bot says."""

    def __init__(self, outbox: Outbox) -> None:
        self._wire = ChatProtocol()
        self._outbox = outbox
        self.call: Running | None = None

    # -- Wire ---------------------------------------------------------------------------------------------------

    def play(self, frame: bytes | None) -> None:
        """Nothing is heard."""

    def clear(self) -> None:
        """What is written stays."""

    def transfer(self, to: str, story: Mapping[str, Any]) -> None:
        """There is no human on this line."""
        if self.call is not None:
            self.call.post(TransferFailed(self.call.at, "closed"))

    def hang_up(self) -> None:
        """The bot ends it."""
        self._outbox.put(self._wire.send_hang_up())
        self._outbox.close()

    def ended(self) -> None:
        """It is over, however it ended."""
        self.hang_up()

    # -- Witness ------------------------------------------------------------------------------------------------

    def happened(self, event: Event, actions: list[Action], place: int | None, speech: bool) -> None:
        """Send what the bot says."""
        for action in actions:
            if isinstance(action, Say):
                self._outbox.put(self._wire.send_text(action.text))

    # -- Visitor ------------------------------------------------------------------------------------------------

    def receive(self, message: str | bytes) -> bool:
        """Take a message; False: nothing more is wanted."""
        self._post(self._wire.receive(message, self.call.at if self.call is not None else 0.0))
        return not self._wire.over

    @property
    def ticket(self) -> str | None:
        """What the window showed at its hello; None: it has not said hello."""
        return self._wire.ticket if self._wire.begun else None

    def begin(self, reception: Reception, caller: str | None, guest: str) -> None:
        """Begin the conversation. Raises Busy."""
        ring = Ring(secrets.token_hex(16), "chat", caller, None, guest)
        self.call = reception.admit(ring, self, self)

    def gone(self) -> None:
        """The window was closed."""
        self._post(self._wire.receive_end(self.call.at if self.call is not None else 0.0))

    def _post(self, events: list[Event]) -> None:
        for event in events:
            if self.call is not None and (self._wire.begun or isinstance(event, HungUp)):
                self.call.post(event)


def routes(visitors: Visitors) -> APIRouter:
    """All addresses under /chat."""
    router = APIRouter(prefix="/chat")
    visitors.add_ticket_route(router)

    @router.websocket("/talk")
    async def talk(socket: WebSocket) -> None:
        await visit(visitors, socket, ChatLine)

    return router
