"""Logging in and out, and one's own password."""

from __future__ import annotations

import secrets

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from voicebot.console.desk import Desk
from voicebot.console.frame import page
from voicebot.console.gate import COOKIE, Fields, comes_from_here, open_router, router, user_of
from voicebot.errors import VoicebotError
from voicebot.records.audit import Deed
from voicebot.records.users import SHORTEST_PASSWORD, User
from voicebot.web.forms import Form, read_form

BEFORE = "voicebot_before"
"""The cookie that a login form must match: nobody is logged in by the form of another page."""
HOME = {"agent": "/console/tickets", "operations": "/console/calls", "admin": "/console/calls"}
TIMES_PER_ADDRESS = 4
"""An address may be that of a whole office: so many times the limit of a name from one address."""
TIMES_PER_NAME = 10
"""From all addresses together: who guesses from many does not get far, and does not easily lock its owner out."""


def routes(desk: Desk) -> APIRouter:
    """/console/login."""
    outside = open_router("/console")

    @outside.get("/login")
    def form(request: Request, to: str = "") -> Response:
        return _form(desk, request, to)

    async def sent(request: Request) -> Form:
        form = await read_form(request)
        wanted, given = request.cookies.get(BEFORE, ""), form.get("before", "")
        same = bool(wanted) and secrets.compare_digest(wanted.encode(), given.encode())
        if not same or not comes_from_here(desk, request):
            raise HTTPException(403, "登录页面已经过期，请重新打开登录页。")
        return form

    @outside.post("/login")
    async def login(request: Request) -> Response:
        return await run_in_threadpool(_login, desk, request, await sent(request))

    return outside


def own_routes(desk: Desk) -> APIRouter:
    """/console, /console/logout and /console/password, for everybody who is logged in."""
    inside = router(desk, "agent", "/console")

    @inside.get("")
    def home(request: Request) -> Response:
        return RedirectResponse(HOME[user_of(request).role], 303)

    @inside.post("/logout")
    def logout(request: Request) -> Response:
        desk.memory.entrance.end(request.cookies.get(COOKIE, ""))
        _note(desk, request, "logout", user_of(request).name)
        response = RedirectResponse("/console/login", 303)
        response.delete_cookie(COOKIE)
        return response

    @inside.get("/password")
    def password_form(request: Request) -> Response:
        return page(request, "password.html", shortest=SHORTEST_PASSWORD, told="")

    @inside.post("/password")
    def password(request: Request, form: Fields) -> Response:
        return _change_password(desk, request, form)

    return inside


def _form(desk: Desk, request: Request, to: str, told: str = "", status: int = 200) -> Response:
    before = request.cookies.get(BEFORE) or secrets.token_urlsafe(24)
    shown = {"to": _inside(to), "told": told, "before": before, "shop": desk.options.shop}
    response = page(request, "login.html", status, **shown)
    _set_cookie(desk, request, response, BEFORE, before)
    return response


def _login(desk: Desk, request: Request, form: Form) -> Response:
    name, address = form.get("name", "").strip(), desk.origins.of(request).client
    limits = {
        f"name {name} from {address}": 1,
        f"address {address}": TIMES_PER_ADDRESS,
        f"name {name}": TIMES_PER_NAME,
    }
    wait = max(desk.patience.wait_s(key, times) for key, times in limits.items())
    if wait > 0:
        response = _form(desk, request, form.get("to", ""), "失败次数太多，请过几分钟再试。", 429)
        response.headers["Retry-After"] = str(int(wait) + 1)
        return response
    user = desk.memory.users.known(name, form.get("password", ""))
    if user is None:
        for key in limits:
            desk.patience.failed(key)
        there = desk.memory.users.named(name) is not None
        _note(desk, request, "login_failed", name if there else "?")
        return _form(desk, request, form.get("to", ""), "用户名或密码不对。", 401)
    desk.patience.succeeded(f"name {name} from {address}")
    return _enter(desk, request, user, form.get("to", ""))


def _enter(desk: Desk, request: Request, user: User, to: str) -> Response:
    secret = desk.memory.entrance.begin(user, desk.now(), request.cookies.get(COOKIE))
    _note(desk, request, "login", user.name)
    response = RedirectResponse(_inside(to) or HOME[user.role], 303)
    _set_cookie(desk, request, response, COOKIE, secret)
    response.delete_cookie(BEFORE, path="/console")
    return response


def _change_password(desk: Desk, request: Request, form: Form) -> Response:
    user, told = user_of(request), ""
    key = f"password {user.name}"
    if desk.patience.wait_s(key) > 0:
        raise HTTPException(429, "失败次数太多，请过几分钟再试。")
    if desk.memory.users.known(user.name, form.get("old", "")) is None:
        desk.patience.failed(key)
        told = "原来的密码不对。"
    elif form.get("new", "") != form.get("again", ""):
        told = "两次输入的新密码不一样。"
    else:
        try:
            desk.memory.users.change_password(user.name, form.get("new", ""))
        except VoicebotError:
            told = f"新密码至少要有{SHORTEST_PASSWORD}个字符。"
    if told:
        return page(request, "password.html", 400, shortest=SHORTEST_PASSWORD, told=told)
    _note(desk, request, "password", user.name)
    return _enter(desk, request, user, "")


def _inside(to: str) -> str:
    """Only a page of the console is gone to."""
    plain = to.startswith("/console") and not any(one in to for one in ("\\", "//", "\n", "\r", ".."))
    return to if plain else ""


def _note(desk: Desk, request: Request, what: str, who: str) -> None:
    desk.memory.audit.note(Deed(desk.now(), who, what, address=desk.origins.of(request).client))


def _set_cookie(desk: Desk, request: Request, response: Response, name: str, value: str) -> None:
    secure = desk.origins.of(request).base.startswith("https:")
    path = "/" if name == COOKIE else "/console"
    response.set_cookie(name, value, path=path, secure=secure, httponly=True, samesite="lax")
