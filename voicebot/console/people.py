"""Users, tokens of programs, and the audit: for admins."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter, HTTPException, Request, Response

from voicebot.console import words
from voicebot.console.calls import note
from voicebot.console.desk import Desk
from voicebot.console.frame import page
from voicebot.console.gate import Fields, router, user_of
from voicebot.errors import VoicebotError
from voicebot.records.users import ROLES
from voicebot.web.forms import Form

PAGE = 100
DEEDS = {
    "/add": "add",
    "/change": "change",
    "/password": "password",
    "/remove": "remove",
    "/token": "token",
    "/token/remove": "token_remove",
}
"""What can be done, by where its form is sent to."""


@dataclass(frozen=True, slots=True)
class Told:
    """What came of something; `secret` is shown once."""

    text: str = ""
    secret: str = ""
    wrong: str = ""


def routes(desk: Desk) -> APIRouter:
    """/console/users."""
    here = router(desk, "admin", "/console/users")

    @here.get("")
    def users(request: Request) -> Response:
        return _page(desk, request)

    def deed(what: str) -> Callable[[Request, Form], Response]:
        def done(request: Request, form: Fields) -> Response:
            return _tried(desk, request, form, what)

        return done

    for path, what in DEEDS.items():
        here.add_api_route(path, deed(what), methods=["POST"], name=what)
    return here


def audit_routes(desk: Desk) -> APIRouter:
    """/console/audit."""
    here = router(desk, "admin", "/console/audit")

    @here.get("")
    def audit(request: Request, what: str = "", who: str = "", before: int | None = None) -> Response:
        before = None if before is None else min(max(before, 0), 2**62)
        lines = desk.memory.audit.lines(what, who, before, PAGE)
        more = lines[-1][0] if len(lines) == PAGE else None
        shown = [deed for _, deed in lines]
        return page(request, "audit.html", lines=shown, what=what, who=who, more=more, deeds=words.DEEDS)

    return here


def _tried(desk: Desk, request: Request, form: Form, what: str) -> Response:
    """Do it, and show the page with what came of it; a mistake is told on the page."""
    name = form.get("name", "").strip()
    try:
        told, secret = _do(desk, request, form, what)
    except VoicebotError as error:
        return _page(desk, request, Told(wrong=str(error)))
    kind = "tokens" if what.startswith("token") else "users"
    note(desk, request, kind, f"{what} {name or form.get('number', '')}", form.get("role", ""))
    return _page(desk, request, Told(told, secret))


def _do(desk: Desk, request: Request, form: Form, what: str) -> tuple[str, str]:
    memory, name, now = desk.memory, form.get("name", "").strip(), desk.now()
    skills = [skill for skill in form.get("skills", "")[:200].replace("，", ",").split(",") if skill.strip()]
    made = secrets.token_urlsafe(12)
    match what:
        case "add":
            memory.users.add(name, form.get("role", ""), made, now, [skill.strip() for skill in skills])
            return f"已添加 {name}，密码只显示这一次：", made
        case "change":
            memory.users.change(name, form.get("role", ""), [skill.strip() for skill in skills])
            return f"已修改 {name}。", ""
        case "password":
            memory.users.change_password(name, made)
            return f"{name} 的新密码只显示这一次：", made
        case "remove":
            if name == user_of(request).name:
                raise HTTPException(400, "不能删除自己。")
            memory.users.remove(name)
            return f"已删除 {name}。", ""
        case "token":
            user = memory.users.named(name)
            if user is None:
                raise VoicebotError(f"没有用户 {name}")
            return "令牌只显示这一次：", memory.entrance.give_token(user, form.get("label", "")[:60], now)
        case _:
            number = form.get("number", "")
            memory.entrance.take_token(int(number) if number.isdigit() and len(number) < 10 else 0)
            return "令牌已作废。", ""


def _page(desk: Desk, request: Request, told: Told | None = None) -> Response:
    told = told or Told()
    return page(
        request,
        "users.html",
        400 if told.wrong else 200,
        users=desk.memory.users.listed(),
        tokens=desk.memory.entrance.tokens(),
        roles={role: words.ROLES[role] for role in ROLES},
        told=told.text,
        secret=told.secret,
        wrong=told.wrong,
    )
