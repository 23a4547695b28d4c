"""The API under /api: what the console does, for programs; described at /api/openapi.json."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse

from voicebot import __version__
from voicebot.console import api_models as models
from voicebot.console.api_gate import api_router, caller_of, note_api
from voicebot.console.api_models import Number, TicketNumber
from voicebot.console.corrections import Right, mark
from voicebot.console.desk import Desk
from voicebot.console.frame import HEADERS
from voicebot.console.numbers import days, key_figures
from voicebot.console.showing import shown_call, shown_summary
from voicebot.console.ticketing import Ticketing, Wanted
from voicebot.console.tickets import shown as shown_ticket
from voicebot.records.archive import Sought, WholeCall
from voicebot.records.report import report

Before = Annotated[int | None, Query(ge=1, le=2**53)]
Filter = Annotated[str, Query(max_length=40)]
Offset = Annotated[int, Query(ge=0, le=10**9)]
Limit = Annotated[int, Query(ge=1, le=200)]


def routes(desk: Desk) -> APIRouter:
    """Every router of the API in one, with its description."""
    inside = [_own(desk), _calls(desk), _tickets(desk), _numbers(desk), _people(desk)]
    whole = APIRouter()
    for router in inside:
        whole.include_router(router)

    @whole.get("/api/openapi.json", include_in_schema=False)
    def description() -> Response:
        return JSONResponse(described(inside), headers=HEADERS)

    return whole


def described(routers: list[APIRouter]) -> dict[str, Any]:
    """The OpenAPI description of these routers, and of nothing else on the server."""
    shown = APIRouter()
    for router in routers:
        shown.include_router(router)
        for route in router.routes:
            route.include_in_schema = True  # type: ignore[attr-defined]
    return get_openapi(
        title="voicebot", version=__version__, routes=[r for one in routers for r in one.routes]
    )


def _own(desk: Desk) -> APIRouter:
    router = api_router(desk, "agent", "/api/me")

    @router.get("")
    def me(request: Request) -> models.Me:
        """Whose token this is."""
        return models.Me(name=caller_of(request).name, role=caller_of(request).role)

    return router


def _calls(desk: Desk) -> APIRouter:
    router = api_router(desk, "operations", "/api/calls")
    archive = desk.memory.archive

    @router.post("/search")
    def search(sought: models.Search) -> models.Calls:
        """Calls, the newest first. A POST, because a number that is sought has no business in an address."""
        plain = sought.model_dump(exclude={"after", "limit"})
        found = archive.find(Sought(**plain), sought.limit, sought.after)
        calls = [models.CallSummary(**shown_summary(call)) for call in found.calls]
        return models.Calls(calls=calls, total=found.total, after=found.after)

    @router.get("/{number}")
    def call(number: Number) -> models.CallWhole:
        """One call with everything, masked."""
        return _call(_whole(desk, number))

    @router.post("/{number}/reveal")
    def reveal(request: Request, number: Number, why: models.Reason) -> models.CallWhole:
        """One call in clear; who and why is written into the audit."""
        whole = _whole(desk, number)
        note_api(desk, request, "reveal", f"call {whole.summary.name}", why.reason)
        return _call(whole, clear=True)

    @router.get(
        "/{number}/recording", response_class=Response, responses={200: {"content": {"audio/wav": {}}}}
    )
    def recording(request: Request, number: Number) -> Response:
        """The recording: a WAV file, the caller left, the bot right; written into the audit."""
        summary = _whole(desk, number).summary
        wav = desk.memory.recordings.wav(summary.recording) if summary.recording else None
        if wav is None:
            raise HTTPException(404, "this call has no recording")
        note_api(desk, request, "listen", f"call {summary.name}")
        return Response(wav, media_type="audio/wav")

    @router.post("/{number}/turns/{turn}/correct")
    def correct(request: Request, number: Number, turn: Number, right: models.Right) -> models.Happened:
        """Mark a turn as wrong, and say what it should have been."""
        whole = _whole(desk, number)
        if turn not in {one.number for one in whole.turns}:
            raise HTTPException(404, "there is no such turn")
        mark(desk, caller_of(request), number, turn, Right(**right.model_dump()))
        note_api(desk, request, "correction", f"call {whole.summary.name} turn {turn}")
        return models.Happened()

    return router


def _whole(desk: Desk, number: int) -> WholeCall:
    found = desk.memory.archive.call(number)
    if found is None:
        raise HTTPException(404, "there is no such call")
    return found


def _call(whole: WholeCall, clear: bool = False) -> models.CallWhole:
    told = shown_call(whole, clear)
    return models.CallWhole(**{**told, "said": told["turns"], "turns": whole.summary.turns})


def _tickets(desk: Desk) -> APIRouter:
    router, ticketing = api_router(desk, "agent", "/api/tickets"), Ticketing(desk.memory)

    def shown(number: str) -> models.TicketShown:
        found = ticketing.case(number, desk.now())
        if found is None:
            raise HTTPException(404, "there is no such ticket")
        case = found[0]
        return models.TicketShown(**shown_ticket(case), left_s=case.left.total_seconds())

    @router.get("")
    def tickets(
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
        shown(number)
        ticketing.assign(number, given.to, caller_of(request).name, desk.now())
        note_api(desk, request, "ticket", f"ticket {number}", "assign")
        return shown(number)

    @router.post("/{number}/comment")
    def comment(request: Request, number: TicketNumber, given: models.Comment) -> models.TicketShown:
        """Say something about it."""
        shown(number)
        ticketing.comment(number, given.text, caller_of(request).name, desk.now())
        note_api(desk, request, "ticket", f"ticket {number}", "comment")
        return shown(number)

    @router.post("/{number}/status")
    def status(request: Request, number: TicketNumber, given: models.Status) -> models.TicketShown:
        """Move it on."""
        shown(number)
        ticketing.move(number, given.status, caller_of(request).name, desk.now())
        note_api(desk, request, "ticket", f"ticket {number}", "status")
        return shown(number)

    return router


def _numbers(desk: Desk) -> APIRouter:
    router = api_router(desk, "operations", "/api/numbers")

    @router.get("")
    def numbers(first: date | None = None, last: date | None = None) -> models.Numbers:
        """The figures of these days, both included; the last thirty if none are named."""
        asked = (first.isoformat() if first else "", last.isoformat() if last else "")
        found = report(desk.memory.database, *days(desk, *asked))
        return models.Numbers(
            first=found.first,
            last=found.last,
            **key_figures(desk, found),
            counts={what: dict(found.counts(what)) for what in sorted(found.sums)},
            alarms=[
                models.AlarmShown(**{name: getattr(one, name) for name in models.AlarmShown.model_fields})
                for one in found.alarms
            ],
        )

    return router


def _people(desk: Desk) -> APIRouter:
    router, users = api_router(desk, "admin", "/api"), desk.memory.users

    @router.get("/users")
    def listed() -> list[models.UserShown]:
        """Everybody who may use the console."""
        return [
            models.UserShown(name=one.name, role=one.role, skills=list(one.skills)) for one in users.listed()
        ]

    @router.post("/users", status_code=201)
    def add(request: Request, new: models.NewUser) -> models.UserShown:
        """Somebody new."""
        made = users.add(new.name, new.role, new.password, desk.now(), new.skills)
        note_api(desk, request, "users", f"add {made.name}", made.role)
        return models.UserShown(name=made.name, role=made.role, skills=list(made.skills))

    @router.put("/users/{name}")
    def change(request: Request, name: str, other: models.OtherRole) -> models.Happened:
        """Another role, other skills."""
        _user_there(desk, name)
        users.change(name, other.role, other.skills)
        note_api(desk, request, "users", f"change {name}", other.role)
        return models.Happened()

    @router.delete("/users/{name}")
    def remove(request: Request, name: str) -> models.Happened:
        """Somebody goes."""
        _user_there(desk, name)
        if name == caller_of(request).name:
            raise HTTPException(400, "nobody removes himself")
        users.remove(name)
        note_api(desk, request, "users", f"remove {name}")
        return models.Happened()

    @router.get("/audit")
    def audit(
        what: Filter = "", who: Filter = "", before: Before = None, limit: Limit = 100
    ) -> list[models.DeedShown]:
        """Lines of the audit, the newest first."""
        return [
            models.DeedShown(
                number=number,
                at=one.at,
                who=one.who,
                what=one.what,
                about=one.about,
                why=one.why,
                address=one.address,
            )
            for number, one in desk.memory.audit.lines(what, who, before, limit)
        ]

    return router


def _user_there(desk: Desk, name: str) -> None:
    if desk.memory.users.named(name) is None:
        raise HTTPException(404, "there is no such user")
