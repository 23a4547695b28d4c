"""A call of a campaign before anybody is rung: held here by text, and heard.

Nothing of it is kept between two requests: what was said so far stands in the form, and the call is held anew from its
beginning each time. Which contact it is of is his data: whoever wants that says why, and it stands in the audit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, HTTPException, Request, Response

from voicebot.console.calls import note
from voicebot.console.campaign_office import CampaignOffice
from voicebot.console.campaign_rooms import known_office
from voicebot.console.desk import Desk
from voicebot.console.frame import page
from voicebot.console.gate import Fields
from voicebot.web.forms import Form

MOST_TURNS = 30
LONGEST = 200
SILENCE = "（沉默）"


@dataclass(frozen=True, slots=True)
class Tried:
    """A call as far as it has come: what was said, and the contact's line with the reason for it."""

    name: str
    said: Sequence[str] = ()
    line: int | None = None
    reason: str = ""


def add_routes(here: APIRouter, desk: Desk) -> None:
    """/preview of each campaign."""

    @here.get("/{name}/preview")
    def begun(request: Request, name: str) -> Response:
        return _page(desk, request, known_office(desk, name), Tried(name))

    @here.post("/{name}/preview")
    def gone_on(request: Request, name: str, form: Fields) -> Response:
        office, line = known_office(desk, name), _line(desk, request, name, form)
        said = [] if form.get("do") == "again" else _said(form)
        return _page(desk, request, office, Tried(name, said, line, form.get("reason", "")))

    @here.post("/{name}/preview/sound")
    def heard(request: Request, name: str, form: Fields) -> Response:
        office, line = known_office(desk, name), _line(desk, request, name, form)
        return Response(office.sound(name, _plain(form.getlist("said")), line), media_type="audio/wav")


def _said(form: Form) -> list[str]:
    """What was said before, and what is said now: an empty line is a silence."""
    before = form.getlist("said")
    now = form.get("text", "").strip()[:LONGEST]
    if len(before) >= MOST_TURNS:
        raise HTTPException(400, f"一次试听最多说{MOST_TURNS}句，请重新开始。")
    return [*before, now or SILENCE] if form.get("do") == "say" else before


def _plain(said: Sequence[str]) -> list[str]:
    return ["" if text == SILENCE else text[:LONGEST] for text in said[:MOST_TURNS]]


def _line(desk: Desk, request: Request, name: str, form: Form) -> int | None:
    """The contact that is wanted, once somebody has said why."""
    written = form.get("line", "").strip()
    if not written:
        return None
    if not written.isdecimal() or len(written) > 8:
        raise HTTPException(400, "第几行要写成数字，比如2。")
    reason = form.get("reason", "")
    if reason not in desk.options.reveal_reasons:
        raise HTTPException(400, "用真实联系人试听，需要选择一个理由。")
    if form.get("do") != "say":
        note(desk, request, "reveal", f"campaign {name} line {written}", f"preview: {reason}")
    return int(written)


def _page(desk: Desk, request: Request, office: CampaignOffice, tried: Tried) -> Response:
    call = office.rehearse(tried.name, _plain(tried.said), tried.line)
    return page(
        request,
        "campaign_preview.html",
        name=tried.name,
        turns=[(who, text or SILENCE) for who, text in call.turns],
        said=tried.said,
        over=call.over,
        line=tried.line or "",
        reason=tried.reason,
        reasons=desk.options.reveal_reasons,
    )
