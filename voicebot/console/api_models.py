"""What the API takes and gives. Numbers, names and addresses in it are masked, unless something is called clear."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic.dataclasses import dataclass

from voicebot.records.users import Role
from voicebot.records.views import Summary

Number = Annotated[int, Path(ge=1, le=2**53)]
Key = Annotated[str, Path(min_length=1, max_length=40)]
TicketNumber = Annotated[str, Path(pattern=r"^\d{1,12}$")]
Short = Annotated[str, Field(max_length=40)]
Text = Annotated[str, Field(max_length=500)]


Local = Annotated[
    datetime,
    WithJsonSchema({"type": "string", "description": "The shop's local time, as 2026-11-20T10:30:00."}),
]


class Taken(BaseModel):
    """What is sent to us: unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid")


class Me(BaseModel):
    """Whose token this is."""

    name: str
    role: Role


class Search(Taken):
    """What is looked for; what is left out matches everything. `caller` is a whole number."""

    first: date | None = None
    last: date | None = None
    intent: Short = ""
    mood: Short = ""
    outcome: Short = ""
    line: Short = ""
    state: Short = ""
    caller: Annotated[str, Field(max_length=30)] = ""
    text: Annotated[str, Field(max_length=100)] = ""
    after: Annotated[int, Field(ge=1, le=2**53)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@dataclass(frozen=True, config=ConfigDict(extra="ignore"))
class CallSummary(Summary):
    """A call in a list; `caller` is masked, "" where it is not known."""

    began: Local
    caller: str


class Calls(BaseModel):
    """A page of calls, the newest first. `total` is null where it was not counted; `after` asks for the next page."""

    calls: list[CallSummary]
    total: int | None
    after: int | None


class Said(BaseModel):
    """A turn of a call."""

    number: int
    at: float
    until: float
    who: str
    text: str
    heard: str
    confidence: float | None
    intent: str
    sure: float | None
    mood: str
    gap_ms: int | None
    slots: dict[str, Any]
    cut: bool


class Done(BaseModel):
    """Something that was looked up, done or decided."""

    at: float
    kind: str
    name: str
    ok: bool
    arguments: dict[str, Any]
    result: Any
    more: dict[str, Any]


@dataclass(frozen=True, config=ConfigDict(extra="ignore"))
class CallWhole(CallSummary):
    """A call with everything; Reveal gives it in clear."""

    called: str
    said: list[Said]
    acts: list[Done]


class Reason(Taken):
    """Why something is to be seen in clear."""

    reason: Annotated[str, Field(min_length=2, max_length=200)]


class Right(Taken):
    """What a turn should have been."""

    text: Text = ""
    intent: Short = ""
    remark: Text = ""
    slots: Annotated[dict[str, Text], Field(max_length=10)] = {}


class TicketShown(BaseModel):
    """A ticket. `left_s` are seconds until it is due, negative when it is late."""

    number: str
    kind: str
    item: str
    order: str
    customer: str
    phone: str
    severity: str
    department: str
    status: str
    remedy: str
    summary: str
    created: Local
    due: Local
    closed: Local | None
    late: bool
    left_s: float
    assignee: str


class Tickets(BaseModel):
    """A page of tickets, the soonest due first."""

    tickets: list[TicketShown]
    total: int


class Assign(Taken):
    """To whom; "" for nobody."""

    to: Short


class Comment(Taken):
    """What is said about a ticket."""

    text: Annotated[str, Field(min_length=1, max_length=4000)]


class Status(Taken):
    """The next status."""

    status: Literal["待处理", "处理中", "已解决", "已关闭"]


class AlarmShown(BaseModel):
    """Fault calls about a product, in the last week and the four before."""

    product: str
    recent: int
    before: int
    expected: float
    chance: float
    rising: bool


class Numbers(BaseModel):
    """The figures of some days; `counts` by what and key."""

    first: date
    last: date
    calls: int
    contained: float | None
    seconds: float | None
    minutes: float
    gap_p50_ms: int | None
    gap_p95_ms: int | None
    confidence: float | None
    satisfaction: float | None
    cost_fen_per_call: float | None
    counts: dict[str, dict[str, int]]
    alarms: list[AlarmShown]


class UserShown(BaseModel):
    """A user."""

    name: str
    role: Role
    skills: list[str]


class NewUser(Taken):
    """Somebody new; the password is at least ten characters."""

    name: Annotated[str, Field(min_length=2, max_length=40)]
    role: Role
    password: Annotated[str, Field(min_length=10, max_length=200)]
    skills: Annotated[list[Short], Field(max_length=20)] = []


class OtherRole(Taken):
    """Another role and other skills."""

    role: Role
    skills: Annotated[list[Short], Field(max_length=20)] = []


class DeedShown(BaseModel):
    """A line of the audit."""

    number: int
    at: Local
    who: str
    what: str
    about: str
    why: str
    address: str


class Progress(BaseModel):
    """Work that takes a while: ask for it by its key until its state is not running any more; `why` it has failed."""

    key: str
    state: Literal["running", "done", "failed"]
    why: str = ""


class Happened(BaseModel):
    """It was done."""

    done: Literal[True] = True
