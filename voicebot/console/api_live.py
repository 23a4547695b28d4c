"""The API of calls that go on, and of the agent desk. What is given is masked, unless it is called reveal."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Path, Request
from pydantic import BaseModel, Field

from voicebot.console.api_gate import api_router, caller_of, note_api
from voicebot.console.api_models import Happened, Reason, Short, Taken, Text
from voicebot.console.desk import Desk
from voicebot.console.helping import TicketWish, help_with, make_ticket, reason_of_transfer
from voicebot.console.showing_live import next_steps, shown_line, shown_summary
from voicebot.console.steering import AUDITED, Move, may, steer
from voicebot.runtime.live import LiveCall

Name = Annotated[str, Path(min_length=1, max_length=80)]


class LiveShown(BaseModel):
    """A call that goes on; `state` is bot, waiting or human, `wanted` and `last` are in words."""

    call: str
    line: str
    caller: str
    seconds: float
    state: Literal["bot", "waiting", "human"]
    human: str
    mood: str
    wanted: str
    last: str
    sound: bool


class LineShown(BaseModel):
    """Something that was said in it."""

    at: float
    who: str
    text: str
    mood: str


class Step(BaseModel):
    """What to do about a wish."""

    intent: str
    name: str
    text: str


class LiveWhole(LiveShown):
    """A call that goes on with what was said in it, and what may be done about what is wanted."""

    said: list[LineShown]
    steps: list[Step]


class Words(Taken):
    """What is to be said or noted; "" where nothing is."""

    text: Text = ""


class Waits(LiveShown):
    """A caller in the queue; `rings`: at whoever asks."""

    reason: str
    rings: bool


class Queue(BaseModel):
    """The queue as one agent sees it; `handling_s`: how long a conversation takes, `mine`: the call that he has."""

    on_duty: bool
    agents: int
    handling_s: float
    mine: str | None
    waiting: list[Waits]


class Duty(Taken):
    """Does he take calls?"""

    on: bool


class CallHelp(LiveWhole):
    """What helps whoever has the call: the story that came with it, the account, the newest orders, an answer."""

    story: dict[str, Any]
    reason: str
    profile: dict[str, Any]
    orders: list[dict[str, Any]]
    suggested: str


class NewTicket(Taken):
    """A ticket about the call; what is left out comes from it."""

    kind: Short
    severity: Literal["urgent", "high", "normal", "low", ""] = ""
    remedy: Annotated[str, Field(max_length=200)] = ""
    summary: Text = ""


class TicketMade(BaseModel):
    """The ticket that was made, who works on it, within how many hours."""

    number: str
    department: str
    hours: float


def live(desk: Desk) -> APIRouter:
    """/api/live, for operations."""
    router = api_router(desk, "operations", "/api/live")

    @router.get("")
    async def calls() -> list[LiveShown]:
        """Every call that goes on, the eldest first."""
        return [LiveShown(**shown_summary(one)) for one in desk.live.hub.calls.values()]

    @router.get("/{name}")
    async def call(name: Name) -> LiveWhole:
        """One of them, with what was said in it until now."""
        return _whole(_there(desk, name))

    @router.post("/{name}/{move}")
    async def steered(request: Request, name: Name, move: Move, words: Words) -> Happened:
        """Let the bot say something next (whisper), take the call over, speak in it, note, give it back, end it."""
        return await _steer(desk, request, _there(desk, name), move, words.text)

    return router


def desk_routes(desk: Desk) -> APIRouter:
    """/api/desk, for everybody. Whoever asks stays on duty for a minute; so programs ask again within that time."""
    router = api_router(desk, "agent", "/api/desk")

    @router.get("")
    async def queue(request: Request) -> Queue:
        """Who waits, what rings, and the call that is had already."""
        return _queue(desk, _present(desk, request))

    @router.post("/duty")
    async def duty(request: Request, wanted: Duty) -> Queue:
        """Take calls from here on, or take no more."""
        desk.live.agents.duty(_present(desk, request), caller_of(request).skills, wanted.on)
        return _queue(desk, caller_of(request).name)

    @router.post("/{name}/accept")
    async def accept(request: Request, name: Name) -> Queue:
        """Take the call that rings."""
        if not desk.live.agents.accept(_present(desk, request), name):
            raise HTTPException(404, "this call does not ring at you")
        return _queue(desk, caller_of(request).name)

    @router.post("/{name}/decline")
    async def decline(request: Request, name: Name) -> Queue:
        """Let it ring elsewhere."""
        desk.live.agents.decline(_present(desk, request), name)
        return _queue(desk, caller_of(request).name)

    _own(desk, router)
    return router


def _own(desk: Desk, router: APIRouter) -> None:
    """The one call that an agent has."""

    @router.get("/{name}")
    async def helped(request: Request, name: Name) -> CallHelp:
        """The call, masked, with everything that helps."""
        return await _help(_mine(desk, request, name))

    @router.post("/{name}/reveal")
    async def reveal(request: Request, name: Name, why: Reason) -> CallHelp:
        """The same with the story and the account in clear; who and why is written into the audit."""
        found = _mine(desk, request, name)
        await asyncio.to_thread(note_api, desk, request, "reveal", f"live {name}", why.reason)
        return await _help(found, clear=True)

    @router.post("/{name}/ticket")
    async def ticket(request: Request, name: Name, wish: NewTicket) -> TicketMade:
        """Make what is known of the call a ticket."""
        made = await make_ticket(
            _mine(desk, request, name), caller_of(request), TicketWish(**wish.model_dump())
        )
        await asyncio.to_thread(note_api, desk, request, "ticket", f"ticket {made['number']}", "create")
        return TicketMade(**made)

    @router.post("/{name}/{move}")
    async def steered(
        request: Request, name: Name, move: Literal["say", "note", "back", "end"], words: Words
    ) -> Happened:
        """Speak in it, note something, give it back to the bot with a note, end it."""
        return await _steer(desk, request, _mine(desk, request, name), move, words.text)


def _present(desk: Desk, request: Request) -> str:
    name = caller_of(request).name
    desk.live.agents.stay(name)
    return name


def _there(desk: Desk, name: str) -> LiveCall:
    found = desk.live.hub.calls.get(name)
    if found is None:
        raise HTTPException(404, "there is no such call, or it is over")
    return found


def _mine(desk: Desk, request: Request, name: str) -> LiveCall:
    _present(desk, request)
    found, user = desk.live.hub.calls.get(name), caller_of(request)
    if found is None or not (found.human == user.name or user.may("operations")):
        raise HTTPException(404, "you have no such call, or it is over")
    return found


async def _steer(desk: Desk, request: Request, found: LiveCall, move: Move, text: str) -> Happened:
    user = caller_of(request)
    if not may(user, found, move):
        raise HTTPException(403, f"{move} is for operations")
    desk.live.agents.stay(user.name)
    refused = steer(desk, user, found, move, text)
    if refused:
        raise HTTPException(400, refused)
    if move in AUDITED:
        await asyncio.to_thread(note_api, desk, request, AUDITED[move], f"live {found.name}"[:120], text)
    return Happened()


def _whole(found: LiveCall) -> LiveWhole:
    said = [LineShown(**shown_line(found, line)) for line in found.lines]
    steps = [Step(**step) for step in next_steps(found.wanted)]
    return LiveWhole(**shown_summary(found), said=said, steps=steps)


def _queue(desk: Desk, name: str) -> Queue:
    queue, calls = desk.live.agents.queue, desk.live.hub.calls
    waiting = [
        Waits(
            **shown_summary(calls[one]),
            reason=reason_of_transfer(calls[one]),
            rings=queue.rings_at(one) == name,
        )
        for one in queue.waiting
        if one in calls
    ]
    mine = next((one.name for one in calls.values() if one.human == name), None)
    return Queue(
        on_duty=name in queue.on_duty,
        agents=len(queue.on_duty),
        handling_s=queue.handling_s,
        mine=mine,
        waiting=waiting,
    )


async def _help(found: LiveCall, clear: bool = False) -> CallHelp:
    known = await help_with(found, clear)
    asked = next((line.text for line in reversed(found.lines) if line.who == "caller"), "")
    return CallHelp(
        **_whole(found).model_dump(),
        story=dict(known.story),
        reason=known.reason,
        profile=dict(known.profile),
        orders=known.orders,
        suggested=await asyncio.to_thread(_suggested, found, asked),
    )


def _suggested(found: LiveCall, asked: str) -> str:
    """What the knowledge base answers to what the caller has just said; "" for nothing."""
    if not asked or found.shop is None:
        return ""
    answer = found.shop.look("knowledge", {"query": asked})
    return str(answer["answer"]) if answer.get("found") else ""
