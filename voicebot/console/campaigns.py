"""Campaigns: the list, how one stands while it runs, what can be done, who would be rung, the answers."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from voicebot.console import campaign_contacts, campaign_preview, do_not_call
from voicebot.console.calls import note
from voicebot.console.campaign_contacts import made_page
from voicebot.console.campaign_office import CampaignOffice, Plan, Upload
from voicebot.console.campaign_rooms import HERE, MOST_ROWS, known_office, office_of
from voicebot.console.desk import Desk
from voicebot.console.frame import page
from voicebot.console.gate import Fields, router, user_of
from voicebot.console.showing_campaigns import (
    MOVES,
    STATES,
    answer_charts,
    masked,
    masked_plan,
    progress,
    told_changes,
)
from voicebot.console.uploads import Sent
from voicebot.outbound import campaigns as kept
from voicebot.outbound.exports import to_csv, to_xlsx
from voicebot.outbound.results import results, status

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def routes(desk: Desk) -> APIRouter:
    """/console/campaigns, for operations."""
    here = router(desk, "operations", HERE)

    @here.get("")
    def campaigns(request: Request) -> Response:
        rows = [] if desk.campaigns is None else desk.campaigns.campaigns("").all()
        return page(request, "campaigns.html", rows=rows, states=STATES, there=desk.campaigns is not None)

    @here.get("/new")
    def new(request: Request) -> Response:
        return page(request, "campaign_new.html")

    @here.post("/new")
    def create(request: Request, form: Fields) -> Response:
        return _create(desk, request, form.get("do", ""), form.get("replace") == "yes")

    do_not_call.add_routes(here, desk)

    @here.get("/{name}")
    def campaign(request: Request, name: str) -> Response:
        return _page(desk, request, known_office(desk, name), name)

    @here.get("/{name}/progress")
    def part(request: Request, name: str) -> Response:
        office = known_office(desk, name)
        found = status(desk.memory.database, name, office.campaigns("").now())
        return page(request, "campaign_progress.html", told=progress(found))

    @here.get("/{name}/plan")
    def plan(request: Request, name: str) -> Response:
        office = known_office(desk, name)
        return _plan(request, office.plan(name))

    @here.post("/{name}/move")
    def move(request: Request, name: str, form: Fields) -> Response:
        return _move(desk, request, name, form.get("move", ""))

    @here.post("/{name}/results")
    def export(request: Request, name: str, form: Fields) -> Response:
        office = known_office(desk, name)
        return _export(desk, request, office, name, form)

    @here.get("/{name}/log")
    def log(request: Request, name: str) -> Response:
        changes = known_office(desk, name).campaigns("").changes(name)[::-1]
        return page(request, "campaign_log.html", name=name, changes=told_changes(changes[:MOST_ROWS]))

    campaign_contacts.add_routes(here, desk)
    campaign_preview.add_routes(here, desk)
    return here


def _page(desk: Desk, request: Request, office: CampaignOffice, name: str) -> Response:
    campaigns = office.campaigns("")
    found = status(desk.memory.database, name, campaigns.now())
    possible = {move: MOVES[move] for move, (states, _) in kept.MOVES.items() if found["state"] in states}
    return page(
        request,
        "campaign.html",
        name=name,
        title=found["title"],
        told=progress(found),
        answers=answer_charts(found["answers"]),
        unanswered=found["unanswered"],
        possible=possible,
        changes=campaigns.changes(name)[-20:][::-1],
        reasons=desk.options.reveal_reasons,
    )


def _plan(request: Request, plan: Plan, created: bool = True) -> Response:
    rows = masked_plan(plan.rows)
    rung = sum(row["when"] is not None for row in rows)
    shown: dict[str, Any] = {
        "rows": rows[:MOST_ROWS],
        "rung": rung,
        "others": len(rows) - rung,
        "total": len(rows),
    }
    return page(request, "campaign_plan.html", name=plan.name, created=created, **shown)


def _move(desk: Desk, request: Request, name: str, move: str) -> Response:
    office = known_office(desk, name)
    if move not in MOVES:
        raise HTTPException(400, "没有这个操作。")
    state = office.campaigns(user_of(request).name).move(name, move)
    note(desk, request, "campaign", f"campaign {name}", f"{move}: {state}")
    return RedirectResponse(f"{HERE}/{name}", 303)


def _create(desk: Desk, request: Request, do: str, replace: bool) -> Response:
    office, files = office_of(desk), dict(getattr(request.state, "files", {}))
    upload = _upload(files)
    if do == "check":
        return _plan(request, office.check(upload), created=False)
    made = office.create(upload, user_of(request).name, replace)
    what = "replace" if replace else "create"
    note(desk, request, "campaign", f"campaign {made.name}", f"{what}: {made.added} contacts")
    return made_page(request, made)


def _upload(files: dict[str, Sent]) -> Upload:
    if "yaml" not in files:
        raise HTTPException(400, "请选择活动的 YAML 文件。")
    try:
        text = files["yaml"].data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise HTTPException(400, "活动文件要存成 UTF-8 编码。") from error
    contacts = files.get("contacts")
    return Upload(text, contacts.data, contacts.name) if contacts is not None else Upload(text)


def _export(desk: Desk, request: Request, office: CampaignOffice, name: str, form: Fields) -> Response:
    reason, form_of = form.get("reason", ""), form.get("form", "csv")
    if reason and reason not in desk.options.reveal_reasons:
        raise HTTPException(400, "导出明文需要选择一个理由。")
    if form_of not in {"csv", "xlsx"}:
        raise HTTPException(400, "没有这种格式。")
    rows = results(desk.memory.database, name)
    rows = rows if reason else masked(rows)
    why = " ".join(part for part in (reason, form.get("more", "").strip()) if part) or "masked"
    note(desk, request, "reveal" if reason else "export", f"campaign {name} results", why)
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form_of}"'}
    if form_of == "csv":
        return Response(to_csv(rows), media_type="text/csv; charset=utf-8", headers=headers)
    summary = status(desk.memory.database, name, office.campaigns("").now())
    if not reason:
        summary = {**summary, "answers": {}}
    return Response(to_xlsx(rows, summary), media_type=SHEET, headers=headers)
