"""The agent desk: who waits, who rings, and the one call that an agent has, with all that helps him."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response, WebSocket
from fastapi.responses import JSONResponse, RedirectResponse

from voicebot.console.call_page import watch_call
from voicebot.console.calls import note, reason_of
from voicebot.console.desk import Desk
from voicebot.console.frame import page, static
from voicebot.console.gate import Fields, router, user_of
from voicebot.console.helping import TicketWish, help_with, make_ticket, reason_of_transfer
from voicebot.console.showing_live import shown_summary
from voicebot.console.ticketing import SEVERITIES
from voicebot.console.watching import Sender, as_object, outbox_of, show
from voicebot.console.words import KINDS
from voicebot.records.users import User
from voicebot.runtime.live import LiveCall
from voicebot.web.forms import Form
from voicebot.web.sockets import Message


def routes(desk: Desk) -> APIRouter:
    """/console/desk, for everybody; one call only for who has it, and for operations."""
    here = router(desk, "agent", "/console/desk")

    @here.get("")
    async def queue(request: Request) -> Response:
        return page(request, "desk.html", skills=user_of(request).skills)

    @here.websocket("/feed")
    async def feed(socket: WebSocket) -> None:
        await _feed(desk, socket)

    @here.get("/{name}")
    async def call(request: Request, name: str) -> Response:
        live = _mine(desk, user_of(request), name)
        if live is None:
            return RedirectResponse("/console/desk", 303)
        return await _page(desk, request, live)

    @here.websocket("/{name}/socket")
    async def socket(socket: WebSocket, name: str) -> None:
        await watch_call(desk, socket, _mine(desk, user_of(socket), name))

    @here.post("/{name}/ticket")
    async def ticket(request: Request, name: str, form: Fields) -> Response:
        return await _ticket(desk, request, _there(desk, request, name), form)

    @here.post("/{name}/reveal")
    async def reveal(request: Request, name: str, form: Fields) -> Response:
        live = _there(desk, request, name)
        await asyncio.to_thread(note, desk, request, "reveal", f"live {name}", reason_of(desk, form))
        return await _page(desk, request, live, clear=True)

    return here


def _mine(desk: Desk, user: User, name: str) -> LiveCall | None:
    """This call, if this user may see it: he has it, or he may see all."""
    live = desk.live.hub.calls.get(name)
    return live if live is not None and (live.human == user.name or user.may("operations")) else None


def _there(desk: Desk, request: Request, name: str) -> LiveCall:
    live = _mine(desk, user_of(request), name)
    if live is None:
        raise HTTPException(404, "您没有这通电话，或者它已经结束。")
    return live


# -- the queue --------------------------------------------------------------------------------------------------


class _QueuePage:
    """Implements Page: the queue as one agent sees it."""

    def __init__(self, desk: Desk, user: User, sender: Sender) -> None:
        self._live = desk.live
        self._user = user
        self._sender = sender

    def told(self, note: Mapping[str, Any]) -> None:
        """Draw it soon."""
        self._sender.picture(self.draw)

    def heard(self, side: int, frame: bytes) -> None:
        """Nobody listens here."""

    def draw(self) -> None:
        """Who waits, what rings here, and which call is his already."""
        queue, calls, name = self._live.agents.queue, self._live.hub.calls, self._user.name
        waiting = [(one, calls[one]) for one in queue.waiting if one in calls]
        mine = next((one.name for one in calls.values() if one.human == name), None)
        self._sender.send(
            "desk",
            on_duty=name in queue.on_duty,
            agents=len(queue.on_duty),
            handling=round(queue.handling_s),
            mine=mine,
            waiting=[
                {
                    **shown_summary(live),
                    "reason": reason_of_transfer(live),
                    "rings": queue.rings_at(one) == name,
                }
                for one, live in waiting
            ],
        )

    def receive(self, message: Message) -> None:
        """What the page wants."""
        data, agents, name = as_object(message), self._live.agents, self._user.name
        match data:
            case {"type": "duty", "on": bool(on)}:
                agents.duty(name, self._user.skills, on)
            case {"type": "accept", "call": str(call)}:
                if agents.accept(name, call):
                    self._sender.send("accepted", call=call)
            case {"type": "decline", "call": str(call)}:
                agents.decline(name, call)
        self.draw()


async def _feed(desk: Desk, socket: WebSocket) -> None:
    await socket.accept()
    outbox, user = outbox_of(socket), user_of(socket)
    shown = _QueuePage(desk, user, sender := Sender(outbox))
    desk.live.agents.come(user.name, shown)
    desk.live.hub.watchers.add(shown)
    shown.draw()
    try:
        await show(desk, socket, outbox, shown.receive)
    finally:
        desk.live.hub.watchers.discard(shown)
        desk.live.agents.go(user.name, shown)
        sender.stop()


# -- one call ---------------------------------------------------------------------------------------------------


async def _page(desk: Desk, request: Request, live: LiveCall, clear: bool = False) -> Response:
    known = await help_with(live, clear)
    return page(
        request,
        "desk_call.html",
        call=shown_summary(live),
        story=known.story,
        reason=known.reason,
        profile=known.profile,
        orders=known.orders,
        clear=clear,
        reasons=desk.options.reveal_reasons,
        kinds=KINDS,
        kind=next((one for one in reversed(live.wanted) if one in KINDS), ""),
        severities=SEVERITIES,
        voice=static("voice.js"),
    )


async def _ticket(desk: Desk, request: Request, live: LiveCall, form: Form) -> Response:
    """One click: what is known of the call becomes a ticket."""
    told = (form.get(name, "") for name in ("kind", "severity", "remedy", "summary"))
    made = await make_ticket(live, user_of(request), TicketWish(*told))
    await asyncio.to_thread(note, desk, request, "ticket", f"ticket {made['number']}", "create")
    return JSONResponse(made)
