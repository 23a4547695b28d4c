"""The API of tickets: listed, assigned, commented, moved on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request

from voicebot.console import api_models as models
from voicebot.console.api_gate import api_router, caller_of, note_api
from voicebot.console.api_models import TicketNumber
from voicebot.console.desk import Desk
from voicebot.console.ticketing import Ticketing, Wanted
from voicebot.console.tickets import shown as shown_ticket

Filter = Annotated[str, Query(max_length=40)]
Offset = Annotated[int, Query(ge=0, le=10**9)]
Limit = Annotated[int, Query(ge=1, le=200)]


def tickets(desk: Desk) -> APIRouter:
    """/api/tickets, for everybody."""
    router, ticketing = api_router(desk, "agent", "/api/tickets"), Ticketing(desk.memory)

    def shown(number: str) -> models.TicketShown:
        found = ticketing.case(number, desk.now())
        if found is None:
            raise HTTPException(404, "there is no such ticket")
        case = found[0]
        return models.TicketShown(**shown_ticket(case), left_s=case.left.total_seconds())

    def changed(request: Request, number: str, what: str, change: Callable[[], None]) -> models.TicketShown:
        shown(number)
        change()
        note_api(desk, request, "ticket", f"ticket {number}", what)
        return shown(number)

    def who(request: Request) -> str:
        return caller_of(request).name

    @router.get("")
    def listed(
        status: Filter = "open", assignee: Filter = "", offset: Offset = 0, limit: Limit = 100
    ) -> models.Tickets:
        """Tickets, the soonest due first; `status` is one of them, "open" or ""."""
        cases, total = ticketing.cases(Wanted(status, assignee=assignee), desk.now(), limit, offset)
        page = [models.TicketShown(**shown_ticket(case), left_s=case.left.total_seconds()) for case in cases]
        return models.Tickets(tickets=page, total=total)

    @router.get("/{number}")
    def ticket(number: TicketNumber) -> models.TicketShown:
        """One ticket, masked."""
        return shown(number)

    @router.post("/{number}/assign")
    def assign(request: Request, number: TicketNumber, given: models.Assign) -> models.TicketShown:
        """Let somebody look after it."""
        by = who(request)
        return changed(request, number, "assign", lambda: ticketing.assign(number, given.to, by, desk.now()))

    @router.post("/{number}/comment")
    def comment(request: Request, number: TicketNumber, given: models.Comment) -> models.TicketShown:
        """Say something about it."""
        by = who(request)
        return changed(
            request, number, "comment", lambda: ticketing.comment(number, given.text, by, desk.now())
        )

    @router.post("/{number}/status")
    def status_of(request: Request, number: TicketNumber, given: models.Status) -> models.TicketShown:
        """Move it on."""
        by = who(request)
        return changed(
            request, number, "status", lambda: ticketing.move(number, given.status, by, desk.now())
        )

    return router
