"""The contacts of a campaign: more of them from a table whose columns are chosen here, and what came of each."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException, Query, Request, Response

from voicebot.console.calls import note
from voicebot.console.campaign_office import CampaignOffice, Made
from voicebot.console.campaign_rooms import HERE, MOST_ROWS, known_office
from voicebot.console.desk import Desk
from voicebot.console.frame import page
from voicebot.console.gate import Fields, user_of
from voicebot.console.showing_campaigns import CONTACTS, OUTCOMES, masked, masked_example
from voicebot.console.uploads import Sent
from voicebot.outbound.results import results
from voicebot.web.forms import Form

ON_A_PAGE = 100


def add_routes(here: APIRouter, desk: Desk) -> None:
    """/contacts and /results of each campaign."""

    @here.post("/{name}/contacts")
    def received(request: Request, name: str) -> Response:
        return _received(request, known_office(desk, name), name)

    @here.post("/{name}/import")
    def imported(request: Request, name: str, form: Fields) -> Response:
        return _imported(desk, request, known_office(desk, name), name, form)

    @here.get("/{name}/results")
    def rows(
        request: Request, name: str, page_number: int = Query(1, alias="page", ge=1, le=10**6)
    ) -> Response:
        known_office(desk, name)
        return _rows(desk, request, name, page_number)


def _received(request: Request, office: CampaignOffice, name: str) -> Response:
    sent: Sent | None = dict(getattr(request.state, "files", {})).get("contacts")
    if sent is None:
        raise HTTPException(400, "请选择联系人的 CSV 或 XLSX 文件。")
    sheet = office.receive(name, sent.data, sent.name, user_of(request).name)
    columns = [(column, masked_example(example)) for column, example in sheet.columns]
    return page(request, "campaign_columns.html", name=name, sheet=sheet, columns=columns)


def _imported(desk: Desk, request: Request, office: CampaignOffice, name: str, form: Form) -> Response:
    columns = {key[4:]: value for key, value in form.items() if key.startswith("col.") and value}
    made = office.take(name, form.get("token", ""), columns, user_of(request).name)
    told = f"import: {made.added} contacts, {len(made.refused)} rows refused"
    note(desk, request, "campaign", f"campaign {name}", told)
    return made_page(request, made)


def made_page(request: Request, made: Made) -> Response:
    """What an import came to: how many were added, and every row that was refused, by line and reason."""
    rows = [*made.refused, *made.barred]
    return page(request, "campaign_made.html", made=made, rows=rows[:MOST_ROWS], total=len(rows))


def _rows(desk: Desk, request: Request, name: str, number: int) -> Response:
    found = results(desk.memory.database, name)
    some = masked(found[(number - 1) * ON_A_PAGE : number * ON_A_PAGE])
    shown: list[dict[str, Any]] = [
        {
            **row,
            "number": desk.memory.archive.number(row["call"]) if row["call"] else None,
            "outcome_name": OUTCOMES.get(row["outcome"] or "", row["outcome"] or ""),
            "contact_name": CONTACTS.get(row["contact_state"], row["contact_state"]),
        }
        for row in some
    ]
    pages = max(1, -(-len(found) // ON_A_PAGE))
    return page(
        request,
        "campaign_results.html",
        name=name,
        rows=shown,
        here=HERE,
        number=number,
        pages=pages,
        total=len(found),
    )
