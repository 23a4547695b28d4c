"""People who come over the web: tickets, whose pages may ring, and the way of one socket from hello to goodbye.

A ticket is worth one call within a minute. Anybody may have one as a guest without a number. Only who knows the secret,
such as the shop's own server for a customer who has signed in, may have one with a caller's number in it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from fastapi import APIRouter, HTTPException, Request, WebSocket, WebSocketDisconnect

from voicebot.runtime.lobby import Lobby
from voicebot.telephony.reception import Busy, Reception
from voicebot.telephony.tickets import Tickets
from voicebot.web.forms import read_form
from voicebot.web.origin import Origins
from voicebot.web.sockets import Outbox, first_of, next_message

log = logging.getLogger(__name__)

HELLO_WITHIN_S = 5.0


@dataclass(frozen=True, slots=True)
class Pass:
    """What a ticket is good for."""

    caller: str | None
    guest: str


class Visitor(Protocol):
    """One socket's line."""

    def receive(self, message: str | bytes) -> bool:
        """Take a message; False: nothing more is wanted."""
        ...

    @property
    def ticket(self) -> str | None:
        """What was shown at the hello; None: there was none yet."""
        ...

    def begin(self, reception: Reception, caller: str | None, guest: str) -> None:
        """Begin the call. Raises Busy."""
        ...

    def gone(self) -> None:
        """The socket was closed."""
        ...


class Visitors:
    """Who may ring over the web. `secret` "" means that nobody may bring a number."""

    def __init__(self, lobby: Lobby, origins: Origins, now: Callable[[], float], secret: str = "") -> None:
        self.lobby = lobby
        self._origins = origins
        self._secret = secret.encode()
        self._tickets: Tickets[Pass] = Tickets(now)

    def add_ticket_route(self, router: APIRouter) -> None:
        """POST ticket, with `secret` and `caller` for one with a number; answers {"ticket": ...}."""

        @router.post("/ticket")
        async def ticket(request: Request) -> dict[str, str]:
            form = await read_form(request)
            caller = form.get("caller") or None
            given = form.get("secret", "").encode()
            if caller and not (self._secret and secrets.compare_digest(given, self._secret)):
                raise HTTPException(403, "a caller's number needs the secret")
            guest = self._origins.of(request).client
            why = self.lobby.refusal(caller or guest)
            if why is not None:
                raise HTTPException(503, why)
            return {"ticket": self._tickets.give(Pass(caller, guest))}

    def may_come(self, socket: WebSocket) -> bool:
        """Does the page that opens this socket come from here, or is it no page at all?"""
        page = socket.headers.get("origin")
        here = urlsplit(self._origins.of(socket).base).netloc
        return page is None or urlsplit(page).netloc == here

    def enter(self, ticket: str) -> Pass | None:
        """What this ticket is good for; it is worth nothing afterwards."""
        return self._tickets.take(ticket)


async def visit(visitors: Visitors, socket: WebSocket, line: Callable[[Outbox], Visitor]) -> None:
    """One socket from its handshake to its end."""
    if not visitors.may_come(socket):
        await socket.close(1008)
        return
    await socket.accept()
    outbox = Outbox(lambda message: _send(socket, message))
    visitor = line(outbox)
    try:
        if await _begun(visitors, socket, visitor):
            await first_of(_listen(socket, visitor), outbox.run())
    except Busy as busy:
        await socket.send_json({"type": "busy", "why": busy.why})
    except (TimeoutError, WebSocketDisconnect, RuntimeError) as error:
        log.info("visit ended", extra={"why": type(error).__name__})
    finally:
        visitor.gone()
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await socket.close(1000)


async def _begun(visitors: Visitors, socket: WebSocket, visitor: Visitor) -> bool:
    async with asyncio.timeout(HELLO_WITHIN_S):
        visitor.receive(await next_message(socket))
    found = visitors.enter(visitor.ticket) if visitor.ticket is not None else None
    if found is None:
        log.info("visit refused", extra={"why": "no hello" if visitor.ticket is None else "ticket"})
        await socket.close(1008)
        return False
    visitor.begin(visitors.lobby, found.caller, found.guest)
    return True


async def _listen(socket: WebSocket, visitor: Visitor) -> None:
    while visitor.receive(await next_message(socket)):
        pass


async def _send(socket: WebSocket, message: str | bytes) -> None:
    if isinstance(message, str):
        await socket.send_text(message)
    else:
        await socket.send_bytes(message)
