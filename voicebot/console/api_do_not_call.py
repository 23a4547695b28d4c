"""The API of the do-not-call list: numbers that no campaign rings from now on; and whether one is among them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from voicebot.campaign.phones import NoNumberError, read_number
from voicebot.console.api_gate import api_router, caller_of, note_api
from voicebot.console.api_models import Taken
from voicebot.console.campaign_rooms import office_of
from voicebot.console.desk import Desk
from voicebot.errors import VoicebotError
from voicebot.records.masking import mask, mask_phone

OneNumber = Annotated[str, Field(min_length=3, max_length=30)]
Country = Annotated[str, Field(pattern="^[A-Z]{2}$")]


class NoMoreCalls(Taken):
    """Numbers that no campaign rings from now on, and where their owners said so."""

    numbers: Annotated[list[OneNumber], Field(min_length=1, max_length=1000)]
    source: Annotated[str, Field(min_length=1, max_length=40)]
    country: Country = "CN"


class Added(BaseModel):
    """How many numbers were not on the list before."""

    added: int


class SoughtNumber(Taken):
    """A number that is looked up."""

    number: OneNumber
    country: Country = "CN"


class Barred(BaseModel):
    """Is the number on the list, and where was that said?"""

    number: str
    barred: bool
    source: str | None


def do_not_call(desk: Desk) -> APIRouter:
    """/api/campaigns/do_not_call, for operations; no campaign can have this name."""
    router = api_router(desk, "operations", "/api/campaigns/do_not_call")

    @router.post("")
    def add(request: Request, wanted: NoMoreCalls) -> Added:
        """Ring these numbers no more, for any campaign, from now on. All of them, or none where one is no number."""
        numbers = [_number(one, wanted.country) for one in wanted.numbers]
        added = office_of(desk).campaigns(caller_of(request).name).opt_out(numbers, wanted.source)
        about = mask_phone(numbers[0]) if len(numbers) == 1 else f"{len(numbers)} numbers"
        note_api(desk, request, "do_not_call", about, f"add: {wanted.source}")
        return Added(added=added)

    @router.post("/search")
    def look(request: Request, sought: SoughtNumber) -> Barred:
        """Is a number on the list? A POST, because a number has no business in an address."""
        number = _number(sought.number, sought.country)
        source = office_of(desk).campaigns("").barred_by(number)
        note_api(desk, request, "do_not_call", mask_phone(number), "look")
        return Barred(number=mask_phone(number), barred=source is not None, source=source and mask(source))

    return router


def _number(written: str, country: str) -> str:
    try:
        return read_number(written, country).e164
    except NoNumberError as error:
        raise VoicebotError(f"{error}; nothing was changed") from None
