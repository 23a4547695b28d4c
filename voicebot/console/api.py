"""The API under /api: what the console does, for programs; described at /api/openapi.json."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse

from voicebot import __version__
from voicebot.console import api_models as models
from voicebot.console.api_calls import calls
from voicebot.console.api_campaigns import campaigns
from voicebot.console.api_do_not_call import do_not_call
from voicebot.console.api_gate import api_router, caller_of, note_api
from voicebot.console.api_knowledge import knowledge
from voicebot.console.api_live import desk_routes, live
from voicebot.console.api_tickets import tickets
from voicebot.console.api_training import training
from voicebot.console.desk import Desk
from voicebot.console.frame import HEADERS
from voicebot.console.numbers import days, key_figures
from voicebot.records.report import report

Before = Annotated[int | None, Query(ge=1, le=2**53)]
Filter = Annotated[str, Query(max_length=40)]
Offset = Annotated[int, Query(ge=0, le=10**9)]
Limit = Annotated[int, Query(ge=1, le=200)]


def routes(desk: Desk) -> APIRouter:
    """Every router of the API in one, with its description."""
    shop = (knowledge, training, do_not_call, campaigns)
    makers = (_own, desk_routes, tickets, live, calls, *shop, _numbers, _people)
    inside = [make(desk) for make in makers]
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
