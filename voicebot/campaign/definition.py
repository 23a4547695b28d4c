"""A campaign as operations write it: whom, with what dialogue, when, how fast, how often again, under what law."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, field_validator, model_validator

from voicebot.campaign.law import LegalClass, Windows, Zone
from voicebot.campaign.located import CampaignError, Strict, place_of, read_model
from voicebot.campaign.outcomes import RETRIED
from voicebot.dialogue.read import Problem, Table

NAME = r"^[a-z0-9][a-z0-9-]{0,39}$"
_PERIOD = re.compile(r"(\d+)\s*(s|m|h|d)")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def _period(value: Any) -> timedelta:
    if isinstance(value, timedelta):
        return value
    match = _PERIOD.fullmatch(str(value).strip())
    if match is None:
        raise ValueError(f"{value!r} is no period; write 90s, 15m, 2h or 1d")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _written(value: timedelta) -> str:
    return f"{round(value.total_seconds())}s"


Period = Annotated[timedelta, BeforeValidator(_period), PlainSerializer(_written, return_type=str)]


class Columns(Strict):
    """Which column of the table holds what; `facts` are names that the dialogue speaks of, each with its column."""

    phone: str = "phone"
    zone: str | None = None
    consent_source: str | None = None
    consent_date: str | None = None
    consent_kind: str | None = None
    facts: Mapping[str, str] = {}


class Consent(Strict):
    """Consent that all of an audience has given in the same way, when it stands in no column."""

    source: str = Field(min_length=1)
    date: date
    kind: Literal["express", "written"] = "express"


class Audience(Strict):
    """Who is rung: a `file` (CSV or XLSX, beside the campaign's), or a `query` on the shop with its arguments."""

    file: str | None = None
    query: str | None = None
    arguments: Mapping[str, Any] = Field({}, alias="with")
    country: str = "CN"
    columns: Columns = Columns()
    consent: Consent | None = None

    @model_validator(mode="after")
    def _one(self) -> Audience:
        if self.file and self.query:
            raise ValueError("an audience is a file or a query, not both")
        return self


class Pace(Strict):
    """How fast: calls at once (`lines`), dials a minute, and how many humans must be free for those who want one.

    `wants_human` is the share of answered calls that is expected to need a human: with `humans` set, no more is dialled
    than the free humans can take.
    """

    lines: int = Field(5, ge=1, le=10_000)
    per_minute: int = Field(60, ge=1)
    humans: bool = False
    wants_human: float = Field(0.2, gt=0, le=1)


class Retry(Strict):
    """After an outcome: again after so long, at most so many times."""

    after: Period
    times: int = Field(ge=0)


DEFAULT_RETRIES = {
    "busy": Retry(after=timedelta(minutes=15), times=2),
    "no_answer": Retry(after=timedelta(hours=3), times=2),
    "machine": Retry(after=timedelta(hours=4), times=1),
    "cut_off": Retry(after=timedelta(minutes=30), times=1),
    "abandoned": Retry(after=timedelta(days=1), times=1),
    "rejected": Retry(after=timedelta(days=1), times=0),
    "failed": Retry(after=timedelta(minutes=10), times=2),
    "lost": Retry(after=timedelta(minutes=30), times=1),
}


class Retries(Strict):
    """How often again. `most` calls to one contact at all, `callbacks` besides at times that he named himself."""

    most: int = Field(4, ge=1)
    callbacks: int = Field(2, ge=0)
    outcomes: Mapping[str, Retry] = Field({}, alias="after")

    @field_validator("outcomes")
    @classmethod
    def _known(cls, given: Mapping[str, Retry]) -> Mapping[str, Retry]:
        for name in given:
            if name not in RETRIED:
                raise ValueError(f"nothing is retried after {name!r}; it may be {', '.join(RETRIED)}")
        return given

    def of(self, outcome: str) -> Retry:
        """What happens after this outcome."""
        return self.outcomes.get(outcome) or DEFAULT_RETRIES[outcome]


class Webhook(Strict):
    """Where each result is posted; with a `secret` (env:NAME) it is signed."""

    url: str = Field(pattern=r"^https?://[^\s]+$")
    secret: str = ""


class Definition(Strict):
    """A campaign. Files are named relative to the folder of its own file."""

    name: str = Field(pattern=NAME)
    title: str = Field(min_length=1)
    legal_class: LegalClass = Field(alias="class")
    law: str
    dialogue: str
    line: Literal["twilio", "asterisk", "simulated"]
    caller_id: str = ""
    endpoint: str = "PJSIP/{number}@trunk"
    audience: Audience = Audience()
    windows: Windows
    starts: date | None = None
    ends: date | None = None
    zone: Zone = None
    pace: Pace = Pace()
    retries: Retries = Retries()
    ring_s: int = Field(30, ge=5, le=120)
    goal: str = ""
    message: str = ""
    machine: Literal["hang_up", "message", "retry"] = "retry"
    facts: Mapping[str, Any] = {}
    webhook: Webhook | None = None

    @model_validator(mode="after")
    def _whole(self) -> Definition:
        if self.line != "simulated" and not self.caller_id:
            raise ValueError(f"caller_id is missing: the number that calls on the line {self.line} come from")
        if self.starts and self.ends and self.ends < self.starts:
            raise ValueError("ends is before starts")
        if self.machine == "message" and not self.message:
            raise ValueError("message is missing: what is left on an answering machine")
        return self


def read_campaign(text: str, file: str) -> tuple[Definition, Table]:
    """A campaign from its YAML, and where its keys stand. Raises CampaignError with every mistake."""
    problems: list[Problem] = []
    definition, table = read_model(text, file, Definition, problems)
    if definition is None or problems:
        raise CampaignError(problems)
    return definition, table


def unknown_facts(definition: Definition, table: Table, known: Mapping[str, Any]) -> list[Problem]:
    """Facts with a column, or for all, that the dialogue (constants.contact, constants.campaign) does not know."""
    problems = []
    pairs = (
        ("contact", definition.audience.columns.facts, ("audience", "columns", "facts")),
        ("campaign", definition.facts, ("facts",)),
    )
    for group, given, where in pairs:
        declared = known.get(group)
        for name in given:
            if not isinstance(declared, Mapping) or name not in declared:
                place = place_of(table, (*where, name))
                problems.append(
                    Problem(
                        place, f"the dialogue has no {group}.{name}; declare it under constants: {group}:"
                    )
                )
    return problems
