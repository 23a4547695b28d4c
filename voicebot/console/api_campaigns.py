"""The API of campaigns: seen as they run, planned, created from their files, begun and stopped, their results taken."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field

from voicebot.console.api_gate import api_router, caller_of, note_api
from voicebot.console.api_models import Reason, Taken
from voicebot.console.campaign_office import Made, Plan, Upload
from voicebot.console.campaign_rooms import known_office, office_of
from voicebot.console.desk import Desk
from voicebot.console.showing_campaigns import masked, masked_plan
from voicebot.console.uploads import LARGEST
from voicebot.errors import VoicebotError
from voicebot.outbound.results import results, status
from voicebot.records.masking import mask

Name = Annotated[str, Path(min_length=1, max_length=80)]
Move = Literal["start", "pause", "resume", "stop"]
MOST_ROWS = 1000


class CampaignShown(BaseModel):
    """A campaign of the list; `state` is ready, running, paused, stopped or done."""

    name: str
    title: str
    state: str


class CampaignStatus(CampaignShown):
    """How a campaign stands: contacts by state, calls that are open, outcomes, the funnel, answers by question, the
    questions without an answer, and how content people were ({"marks", "mean"})."""

    contacts: dict[str, int]
    open: int
    outcomes: dict[str, int]
    funnel: dict[str, int]
    answers: dict[str, dict[str, int]]
    unanswered: dict[str, int]
    satisfaction: dict[str, float]
    because: dict[str, int]
    next: str | None


class Files(Taken):
    """A campaign's YAML file, and a table of contacts (CSV or XLSX) in Base64 with its name; or without."""

    yaml: Annotated[str, Field(min_length=1, max_length=200_000)]
    contacts: Annotated[str, Field(max_length=LARGEST * 4 // 3)] = ""
    contacts_name: Annotated[str, Field(max_length=120)] = ""
    replace: bool = False


class PlanShown(BaseModel):
    """Who would be rung when, and who not and why; the first thousand, masked."""

    name: str
    total: int
    rung: int
    rows: list[dict[str, Any]]


class CampaignMade(BaseModel):
    """A campaign that was written down: contacts that were added, and how many were refused or barred."""

    name: str
    added: int
    refused: int
    barred: int
    before: str | None


class State(BaseModel):
    """What a campaign is in now."""

    state: str


class Result(BaseModel):
    """Every call of a campaign, and every contact who was not called."""

    rows: list[dict[str, Any]]


def campaigns(desk: Desk) -> APIRouter:
    """/api/campaigns, for operations."""
    router = api_router(desk, "operations", "/api/campaigns")

    @router.get("")
    def listed() -> list[CampaignShown]:
        """Every campaign, the newest first."""
        rows = office_of(desk).campaigns("").all()
        return [CampaignShown(name=name, title=title, state=state) for name, title, state in rows]

    @router.post("", status_code=201)
    def create(request: Request, files: Files) -> CampaignMade:
        """Check the files, write the campaign down, import its contacts. Nobody is rung before it is started."""
        made = office_of(desk).create(_upload(files), caller_of(request).name, files.replace)
        what = "replace" if files.replace else "create"
        note_api(desk, request, "campaign", f"campaign {made.name}", f"{what}: {made.added} contacts")
        return _made(made)

    @router.post("/check")
    def check(files: Files) -> PlanShown:
        """Check the files, and plan; nothing is written down."""
        return _plan(office_of(desk).check(_upload(files)))

    @router.get("/{name}")
    def campaign(name: Name) -> CampaignStatus:
        """How it stands."""
        return _status(desk, name)

    @router.get("/{name}/plan")
    def plan(name: Name) -> PlanShown:
        """Who would be rung when."""
        return _plan(known_office(desk, name).plan(name))

    @router.get("/{name}/results")
    def masked_results(request: Request, name: Name) -> Result:
        """What came of it, masked."""
        known_office(desk, name)
        note_api(desk, request, "export", f"campaign {name} results", "masked")
        return Result(rows=[_plain(row) for row in masked(results(desk.memory.database, name))])

    @router.post("/{name}/results/reveal")
    def clear_results(request: Request, name: Name, why: Reason) -> Result:
        """What came of it in clear; who and why is written into the audit."""
        known_office(desk, name)
        note_api(desk, request, "reveal", f"campaign {name} results", why.reason)
        return Result(rows=[_plain(row) for row in results(desk.memory.database, name)])

    @router.post("/{name}/{move}")
    def moved(request: Request, name: Name, move: Move) -> State:
        """Start, pause, resume or stop it."""
        known_office(desk, name)
        state = office_of(desk).campaigns(caller_of(request).name).move(name, move)
        note_api(desk, request, "campaign", f"campaign {name}", f"{move}: {state}")
        return State(state=state)

    return router


def _status(desk: Desk, name: str) -> CampaignStatus:
    office = known_office(desk, name)
    found = status(desk.memory.database, name, office.campaigns("").now())
    answers = {
        question: {mask(str(text)): count for text, count in counts.items()}
        for question, counts in found["answers"].items()
    }
    because = {mask(why): count for why, count in found["because"].items()}
    counts = {key: found[key] for key in ("title", "state", "contacts", "open", "outcomes", "funnel")}
    counts |= {key: found[key] for key in ("unanswered", "satisfaction")}
    following = None if found["next"] is None else str(found["next"])
    return CampaignStatus(name=name, **counts, answers=answers, because=because, next=following)


def _upload(files: Files) -> Upload:
    try:
        table = base64.b64decode(files.contacts, validate=True)
    except (binascii.Error, ValueError) as error:
        raise VoicebotError("contacts must be a file in Base64") from error
    return Upload(files.yaml, table or None, files.contacts_name)


def _plan(plan: Plan) -> PlanShown:
    rows = masked_plan(plan.rows)
    rung = sum(row["when"] is not None for row in rows)
    return PlanShown(
        name=plan.name, total=len(rows), rung=rung, rows=[_plain(row) for row in rows[:MOST_ROWS]]
    )


def _made(made: Made) -> CampaignMade:
    return CampaignMade(
        name=made.name,
        added=made.added,
        refused=len(made.refused),
        barred=len(made.barred),
        before=made.before,
    )


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """What JSON has no word for (moments, days) as text."""
    kinds = (str, int, float, bool, list, dict, type(None))
    return {key: value if isinstance(value, kinds) else str(value) for key, value in row.items()}
