"""The gate of the API: bearer tokens and roles, checked in one place.

Every router of the API is made by `api_router(desk, role)`. A token stands for a user; what the user may do, it may do.
Cookies count nothing here, so that no page of others can use the API in somebody's name.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel
from starlette.types import Message, Receive

from voicebot.console.desk import Desk
from voicebot.console.frame import HEADERS
from voicebot.errors import VoicebotError
from voicebot.records.audit import Deed
from voicebot.records.users import Role, User

BEARER = HTTPBearer(auto_error=False, description="A token made in the console under 用户 (voicebot users).")
LARGEST_BODY = 16 << 20
"""A campaign's table of 10 MB in Base64, and what is around it."""


class Refusal(BaseModel):
    """Why something was not done."""

    detail: str


REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"model": Refusal, "description": "It cannot be done."},
    401: {"model": Refusal, "description": "No token, or one that is worth nothing."},
    403: {"model": Refusal, "description": "The token's user has too small a role."},
    404: {"model": Refusal, "description": "There is no such thing."},
    413: {"model": Refusal, "description": "The request is too large."},
    429: {"model": Refusal, "description": "Too many wrong tokens from this address."},
}


class ApiRoute(APIRoute):
    """Answers with the security headers; what cannot be done is a 400 with a sentence.

    Who comes is asked before a byte of the body is read, and a body is read no farther than LARGEST_BODY.
    """

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """The handler with everything around it."""
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                await self.admit(request)
                response: Response = await inner(Request(request.scope, _bounded(request)))
            except RequestValidationError as error:
                response = _invalid(error)
            except VoicebotError as error:
                response = JSONResponse({"detail": str(error)}, 400)
            except HTTPException as refused:
                response = JSONResponse({"detail": refused.detail}, refused.status_code, refused.headers)
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
            return response

        return handle

    async def admit(self, request: Request) -> None:
        """Let nobody in; a router's own class knows whom."""
        raise HTTPException(403, "nobody may come here")


def _invalid(error: RequestValidationError) -> Response:
    """What is wrong with a request, without what it said: that may be somebody's number, or no text at all."""
    detail = [{name: one[name] for name in ("loc", "msg", "type")} for one in error.errors()]
    return Response(json.dumps({"detail": detail}, default=str), 422, media_type="application/json")


def _bounded(request: Request) -> Receive:
    """What the client sends, up to a size. Raises HTTPException 413."""
    size = 0

    async def receive() -> Message:
        nonlocal size
        message = await request.receive()
        size += len(message.get("body", b""))
        if size > LARGEST_BODY:
            raise HTTPException(413, f"a request has at most {LARGEST_BODY >> 20} MB")
        return message

    return receive


def api_router(desk: Desk, role: Role, prefix: str) -> APIRouter:
    """A router under `prefix` that only tokens of users with this role or a greater one reach."""

    class Admitting(ApiRoute):
        async def admit(self, request: Request) -> None:
            credentials = await BEARER(request)
            user = await run_in_threadpool(_user, desk, request, credentials)
            if not user.may(role):
                raise HTTPException(403, f"this needs the role {role}")
            request.state.user = user

    return APIRouter(
        prefix=prefix,
        route_class=Admitting,
        dependencies=[Depends(BEARER)],
        responses=REFUSALS,
        tags=[role],
        include_in_schema=False,
    )


def _user(desk: Desk, request: Request, credentials: HTTPAuthorizationCredentials | None) -> User:
    key = f"token {desk.origins.of(request).client}"
    if desk.patience.wait_s(key, 10) > 0:
        raise HTTPException(429, "too many wrong tokens; wait some minutes", {"Retry-After": "300"})
    if credentials is None:
        raise HTTPException(401, "a bearer token is needed", {"WWW-Authenticate": "Bearer"})
    user = desk.memory.entrance.bearer(credentials.credentials, desk.now())
    if user is None:
        desk.patience.failed(key)
        raise HTTPException(401, "this token is worth nothing", {"WWW-Authenticate": "Bearer"})
    return user


def caller_of(request: Request) -> User:
    """In whose name a request comes that has passed the gate."""
    user: User = request.state.user
    return user


def note_api(desk: Desk, request: Request, what: str, about: str, why: str = "") -> None:
    """Write into the audit what this token's user does."""
    deed = Deed(desk.now(), caller_of(request).name, what, about, why, desk.origins.of(request).client)
    desk.memory.audit.note(deed)
