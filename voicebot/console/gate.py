"""Who comes in: the one place where sessions, roles and forgeries are checked.

Every router of the console is made by `router(desk, role)`. Its dependencies run before any page: no session leads to
the login, too small a role is refused, and whatever changes anything must come from one of our own pages (the Origin
header) with the session's CSRF token in its form. A page gets its fields from `fields`, which are checked already.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Depends, HTTPException, Path, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.exceptions import WebSocketException
from starlette.requests import HTTPConnection

from voicebot.console.desk import Desk
from voicebot.console.frame import HEADERS, message_page
from voicebot.console.uploads import has_files, read_files_form
from voicebot.errors import VoicebotError
from voicebot.records.entrance import Visit
from voicebot.records.users import Role, User
from voicebot.web.forms import Form, read_form

COOKIE = "voicebot_session"
LOGIN = "/console/login"
CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class NoVisit(Exception):  # noqa: N818 - it is no error
    """Nobody is logged in."""


class SafeRoute(APIRoute):
    """Answers with the security headers, and with a page where something is refused."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """The handler with everything around it."""
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            response = await _answered(inner, request)
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
            return response

        return handle


async def _answered(inner: Callable[[Request], Awaitable[Response]], request: Request) -> Response:
    try:
        return await inner(request)
    except NoVisit:
        back = request.url.path if request.method == "GET" else "/console"
        return RedirectResponse(f"{LOGIN}?to={quote(back)}", 303)
    except RequestValidationError:
        return message_page(request, 400, "请求里有不认识或不合规的内容。")
    except StarletteHTTPException as refused:
        return message_page(request, refused.status_code, str(refused.detail), refused.headers)
    except VoicebotError as error:
        return message_page(request, 400, f"操作没有完成：{error}")


def router(desk: Desk, role: Role, prefix: str) -> APIRouter:
    """A router for pages under `prefix` that only users with this role or a greater one reach."""

    def visiting(connection: HTTPConnection) -> None:
        visit = visit_of(desk, connection)
        if connection.scope["type"] == "websocket":
            if visit is None or not visit.user.may(role) or not comes_from_here(desk, connection):
                raise WebSocketException(1008)
        elif visit is None:
            raise NoVisit
        elif not visit.user.may(role):
            raise HTTPException(403, "您的角色不能看这一页。")
        connection.state.visit = visit

    async def genuine(connection: HTTPConnection) -> None:
        if connection.scope.get("method") in CHANGING:
            await _check_form(desk, connection)

    return APIRouter(
        prefix=prefix,
        route_class=SafeRoute,
        dependencies=[Depends(visiting), Depends(genuine)],
        include_in_schema=False,
    )


def open_router(prefix: str) -> APIRouter:
    """A router for pages that anybody may see: the login and the files of pages."""
    return APIRouter(prefix=prefix, route_class=SafeRoute, include_in_schema=False)


def visit_of(desk: Desk, connection: HTTPConnection) -> Visit | None:
    """Who is logged in here."""
    secret = connection.cookies.get(COOKIE)
    return desk.memory.entrance.visit(secret, desk.now()) if secret else None


def user_of(connection: HTTPConnection) -> User:
    """The user of a request that has passed the gate."""
    visit: Visit = connection.state.visit
    return visit.user


def comes_from_here(desk: Desk, connection: HTTPConnection) -> bool:
    """Was it sent by one of our own pages, or by no page at all?"""
    page = connection.headers.get("origin")
    here = urlsplit(desk.origins.of(connection).base).netloc
    return page is None or (page != "null" and urlsplit(page).netloc == here)


async def _check_form(desk: Desk, connection: HTTPConnection) -> None:
    if not comes_from_here(desk, connection):
        raise HTTPException(403, "这个请求不是从本系统的页面发出的。")
    assert isinstance(connection, Request)
    if has_files(connection):
        form, connection.state.files = await read_files_form(connection)
    else:
        form = await read_form(connection)
    visit: Visit = connection.state.visit
    if not secrets.compare_digest(form.get("csrf", "").encode(), visit.csrf.encode()):
        raise HTTPException(403, "页面已经过期，请回到上一页刷新后再试。")
    connection.state.form = form


def fields(request: Request) -> Form:
    """The fields of a form that has passed the gate."""
    form: Form = request.state.form
    return form


Number = Annotated[int, Path(ge=1, le=2**53)]
"""A page's parameter: the number of a row, as far as a database counts."""

Fields = Annotated[Form, Depends(fields)]
"""A page's parameter: the fields of its form."""
