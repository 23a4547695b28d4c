"""The gate of the API: bearer tokens and roles, checked in one place.

Every router of the API is made by `api_router(desk, role)`. A token stands for a user; what the user may do, it may do.
Cookies count nothing here, so that no page of others can use the API in somebody's name.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel

from voicebot.console.desk import Desk
from voicebot.console.frame import HEADERS
from voicebot.errors import VoicebotError
from voicebot.records.audit import Deed
from voicebot.records.users import Role, User

BEARER = HTTPBearer(auto_error=False, description="A token made in the console under 用户 (voicebot users).")
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]


class Refusal(BaseModel):
    """Why something was not done."""

    detail: str


REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"model": Refusal, "description": "It cannot be done."},
    401: {"model": Refusal, "description": "No token, or one that is worth nothing."},
    403: {"model": Refusal, "description": "The token's user has too small a role."},
    404: {"model": Refusal, "description": "There is no such thing."},
    429: {"model": Refusal, "description": "Too many wrong tokens from this address."},
}


class ApiRoute(APIRoute):
    """Answers with the security headers; what cannot be done is a 400 with a sentence."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """The handler with everything around it."""
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                response: Response = await inner(request)
            except VoicebotError as error:
                response = JSONResponse({"detail": str(error)}, 400)
            except HTTPException as refused:
                response = JSONResponse({"detail": refused.detail}, refused.status_code, refused.headers)
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
            return response

        return handle


def api_router(desk: Desk, role: Role, prefix: str) -> APIRouter:
    """A router under `prefix` that only tokens of users with this role or a greater one reach."""

    def bearing(request: Request, credentials: Credentials) -> None:
        request.state.user = _user(desk, request, credentials)
        if not request.state.user.may(role):
            raise HTTPException(403, f"this needs the role {role}")

    return APIRouter(
        prefix=prefix,
        route_class=ApiRoute,
        dependencies=[Depends(bearing)],
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
