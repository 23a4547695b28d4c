"""Tickets: the list with its clock, one ticket, and the table as CSV."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from voicebot.console import words
from voicebot.console.calls import note
from voicebot.console.desk import Desk
from voicebot.console.frame import lasted, page, when
from voicebot.console.gate import Fields, router, user_of
from voicebot.console.tables import csv_response
from voicebot.console.ticketing import SEVERITIES, STATUSES, Case, Remark, Ticketing, Wanted
from voicebot.records.masking import mask, mask_digits, mask_name, mask_phone
from voicebot.web.forms import Form

PAGE = 100
MOST_EXPORTED = 20_000


def routes(desk: Desk) -> APIRouter:
    """/console/tickets, for everybody."""
    here = router(desk, "agent", "/console/tickets")
    ticketing = Ticketing(desk.memory)

    @here.get("")
    def tickets(request: Request, offset: int = 0) -> Response:
        return _list(desk, ticketing, request, wanted_of(request), max(0, min(offset, 10**9)))

    @here.get("/tickets.csv")
    def export(request: Request) -> Response:
        note(desk, request, "export", "tickets")
        return _csv(desk, ticketing, wanted_of(request))

    @here.get("/{number}")
    def ticket(request: Request, number: str) -> Response:
        return _page(desk, request, *_there(desk, ticketing, number))

    @here.post("/{number}/reveal")
    def reveal(request: Request, number: str, form: Fields) -> Response:
        if form.get("reason", "") not in desk.options.reveal_reasons:
            raise HTTPException(400, "查看明文需要选择一个理由。")
        found = _there(desk, ticketing, number)
        note(
            desk,
            request,
            "reveal",
            f"ticket {number}",
            f"{form['reason']} {form.get('more', '').strip()}".strip(),
        )
        return _page(desk, request, *found, clear=True)

    @here.post("/{number}/{what}")
    def change(request: Request, number: str, what: str, form: Fields) -> Response:
        _there(desk, ticketing, number)
        _change(ticketing, number, what, form, (user_of(request).name, desk.now()))
        note(desk, request, "ticket", f"ticket {number}", what)
        return RedirectResponse(f"/console/tickets/{number}", 303)

    return here


def _there(desk: Desk, ticketing: Ticketing, number: str) -> tuple[Case, list[Remark]]:
    found = ticketing.case(number, desk.now()) if number.isdigit() and len(number) <= 12 else None
    if found is None:
        raise HTTPException(404, "没有这个工单。")
    return found


def _change(ticketing: Ticketing, number: str, what: str, form: Form, by: tuple[str, datetime]) -> None:
    match what:
        case "assign":
            ticketing.assign(number, form.get("to", "").strip(), *by)
        case "comment":
            ticketing.comment(number, form.get("text", ""), *by)
        case "status":
            ticketing.move(number, form.get("status", ""), *by)
        case _:
            raise HTTPException(404, "没有这个操作。")


def wanted_of(request: Request) -> Wanted:
    """What an address looks for."""
    asked = request.query_params
    status, department, assignee, severity = (
        asked.get(name, default)[:40]
        for name, default in (("status", "open"), ("department", ""), ("assignee", ""), ("severity", ""))
    )
    return Wanted(status, department, assignee, severity, asked.get("overdue") == "true")


def _list(desk: Desk, ticketing: Ticketing, request: Request, wanted: Wanted, offset: int) -> Response:
    cases, total = ticketing.cases(wanted, desk.now(), PAGE, offset)
    asked = {"status": wanted.status, "department": wanted.department, "severity": wanted.severity}
    asked |= {"overdue": "true"} if wanted.overdue else {}
    return page(
        request,
        "tickets.html",
        cases=[shown(case) for case in cases],
        total=total,
        offset=offset,
        following=offset + PAGE if offset + PAGE < total else None,
        wanted=wanted,
        query=urlencode(asked | ({"assignee": wanted.assignee} if wanted.assignee else {})),
        export=urlencode(asked),
        departments=ticketing.departments(),
        statuses=STATUSES,
        severities=SEVERITIES,
    )


def shown(case: Case, clear: bool = False) -> dict[str, Any]:
    """A ticket as plain data, masked unless it was revealed."""
    ticket = case.ticket
    known = () if clear else tuple(value for value in (case.customer, case.phone) if value)
    words_of = (lambda text: text) if clear else (lambda text: mask(text, known))
    order = ticket.order_number or ""
    return {
        "number": ticket.number,
        "kind": words.ticket_kind(ticket.kind),
        "item": ticket.item,
        "order": order if clear else mask_digits(order) if order else "",
        "customer": case.customer if clear else mask_name(case.customer),
        "phone": case.phone if clear else mask_phone(case.phone),
        "severity": ticket.severity,
        "department": ticket.department,
        "status": ticket.status,
        "remedy": words_of(ticket.remedy),
        "summary": words_of(ticket.summary),
        "transcript": words_of(ticket.transcript),
        "created": ticket.created,
        "due": ticket.due,
        "closed": case.closed,
        "left": case.left,
        "late": case.late,
        "assignee": case.assignee,
    }


def _page(desk: Desk, request: Request, case: Case, remarks: list[Remark], clear: bool = False) -> Response:
    known = tuple(value for value in (case.customer, case.phone) if value)
    told = [
        {
            "kind": one.kind,
            "by": one.by,
            "at": one.at,
            "value": one.value,
            "text": one.text if clear else mask(one.text, known),
        }
        for one in remarks
    ]
    return page(
        request,
        "ticket.html",
        ticket=shown(case, clear),
        remarks=told,
        clear=clear,
        statuses=STATUSES,
        severities=SEVERITIES,
        people=[user.name for user in desk.memory.users.listed()],
        reasons=desk.options.reveal_reasons,
    )


HEAD = (
    "工单号",
    "类型",
    "商品",
    "订单",
    "客户",
    "电话",
    "等级",
    "部门",
    "状态",
    "处理人",
    "建立",
    "期限",
    "完成",
    "剩余",
    "摘要",
)


def _csv(desk: Desk, ticketing: Ticketing, wanted: Wanted) -> Response:
    cases, _ = ticketing.cases(wanted, desk.now(), MOST_EXPORTED)
    rows = []
    for case in cases:
        told = shown(case)
        plain = ("number", "kind", "item", "order", "customer", "phone")
        rows.append(
            (
                *(told[name] for name in plain),
                SEVERITIES.get(told["severity"], told["severity"]),
                *(told[name] for name in ("department", "status", "assignee")),
                *(when(told[name]) for name in ("created", "due", "closed")),
                lasted(told["left"]),
                told["summary"],
            )
        )
    return csv_response("tickets.csv", HEAD, rows)
