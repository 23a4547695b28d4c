"""The tables of the memory. What is private is sealed (LargeBinary); the rest may be counted and sorted.

Times are the shop's local time without a zone, as everywhere. No row here refers to a row of the shop: the shop's
data can be exchanged without touching what was recorded.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from voicebot.store.model import Model

NAME = 80


class CallRow(Model):
    """A call. `state` is running, ended, cut (the process died) or broken (a fault of the program).

    `caller` and `called` are sealed numbers, `caller_digest` finds the caller again. `outcome` is resolved,
    unresolved, transferred, abandoned or "" while it runs. `intent` is the first wish, `mood` the gravest. `server` is
    the process that answered it.
    """

    __tablename__ = "calls"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME), unique=True)
    line: Mapped[str] = mapped_column(String(20))
    began: Mapped[datetime] = mapped_column(index=True)
    seconds: Mapped[float | None]
    state: Mapped[str] = mapped_column(String(8))
    ended_by: Mapped[str] = mapped_column(String(10), default="")
    outcome: Mapped[str] = mapped_column(String(12), default="")
    handover: Mapped[str] = mapped_column(String(20), default="")
    caller: Mapped[bytes | None] = mapped_column(LargeBinary)
    caller_digest: Mapped[str | None] = mapped_column(String(32))
    called: Mapped[bytes | None] = mapped_column(LargeBinary)
    customer_id: Mapped[int | None]
    intent: Mapped[str] = mapped_column(String(40), default="")
    mood: Mapped[str] = mapped_column(String(12), default="neutral")
    product: Mapped[str] = mapped_column(String(60), default="")
    fault: Mapped[bool] = mapped_column(default=False)
    turns: Mapped[int] = mapped_column(default=0)
    confidence: Mapped[float | None]
    satisfaction: Mapped[int | None]
    recording: Mapped[str | None] = mapped_column(String(120))
    campaign: Mapped[str | None] = mapped_column(String(60))
    server: Mapped[str | None] = mapped_column(String(32))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Counts without anything private: intents, asked (entries of the knowledge base), gaps (ms), confidences."""

    __table_args__ = (
        Index(None, "caller_digest", "began"),
        Index(None, "intent", "began"),
        Index(None, "outcome", "began"),
        Index(None, "mood", "began"),
        Index(None, "state", "began"),
    )


class TurnRow(Model):
    """Something said: `who` is caller, bot, keys or agent; `at` and `until` in seconds since the call began.

    `sealed` holds text, slots and alternatives.
    """

    __tablename__ = "call_turns"

    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[float]
    until: Mapped[float]
    who: Mapped[str] = mapped_column(String(8))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    confidence: Mapped[float | None]
    intent: Mapped[str] = mapped_column(String(40), default="")
    mood: Mapped[str] = mapped_column(String(12), default="")
    gap_ms: Mapped[int | None]


class ActRow(Model):
    """Something done: `kind` is look, do, transfer, handover, verified, resolved, failed, barge_in, note, ... ."""

    __tablename__ = "call_acts"

    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[float]
    kind: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(60), default="")
    ok: Mapped[bool] = mapped_column(default=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class TokenRow(Model):
    """This call's caller said a piece of text that has this token."""

    __tablename__ = "call_tokens"

    token: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    call_id: Mapped[int] = mapped_column(
        ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )

    __table_args__ = ({"sqlite_with_rowid": False},)


class CorrectionRow(Model):
    """A turn was understood wrongly: what it should have been. `sealed` holds the right text and a remark."""

    __tablename__ = "call_corrections"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    intent: Mapped[str] = mapped_column(String(40), default="")
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    by: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    used: Mapped[bool] = mapped_column(default=False)


class FigureRow(Model):
    """So many (`count`, `total`) of something on a day, counted when a call ends; outlives the calls."""

    __tablename__ = "call_figures"

    day: Mapped[date] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(String(20), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    count: Mapped[int]
    total: Mapped[float]


class TicketNoteRow(Model):
    """Something happened to a ticket of the shop: `kind` is comment, assigned or status."""

    __tablename__ = "ticket_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket: Mapped[str] = mapped_column(String(12), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    by: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    value: Mapped[str] = mapped_column(String(40), default="")
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class TicketCareRow(Model):
    """Who looks after a ticket, and when it was answered for good."""

    __tablename__ = "ticket_care"

    ticket: Mapped[str] = mapped_column(String(12), primary_key=True)
    assignee: Mapped[str] = mapped_column(String(40), default="", index=True)
    closed: Mapped[datetime | None]


class ServerRow(Model):
    """A process that answers calls; see `attendance`. `seen` in seconds since 1970."""

    __tablename__ = "servers"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    machine: Mapped[str] = mapped_column(String(120))
    pid: Mapped[int]
    began: Mapped[str] = mapped_column(String(30))
    key: Mapped[str] = mapped_column(String(8))
    seen: Mapped[float]


class UserRow(Model):
    """Somebody who may use the console. `role` is agent, operations or admin; `password` an argon2 hash."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    role: Mapped[str] = mapped_column(String(12))
    password: Mapped[str] = mapped_column(String(120))
    skills: Mapped[list[str]] = mapped_column(JSON, default=list)
    created: Mapped[datetime]


class SessionRow(Model):
    """Somebody is logged in. `digest` is the SHA-256 of what the cookie holds."""

    __tablename__ = "user_sessions"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    csrf: Mapped[str] = mapped_column(String(64))
    began: Mapped[datetime]
    seen: Mapped[datetime]


class ApiTokenRow(Model):
    """A program may use the API in this user's name. `digest` is the SHA-256 of the token."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(60))
    created: Mapped[datetime]
    used: Mapped[datetime | None]


class AuditRow(Model):
    """Who did what to what, when and why. Rows are only ever added, until they are too old to be kept."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    who: Mapped[str] = mapped_column(String(40))
    what: Mapped[str] = mapped_column(String(30))
    about: Mapped[str] = mapped_column(String(120), default="")
    why: Mapped[str] = mapped_column(String(200), default="")
    address: Mapped[str] = mapped_column(String(45), default="")

    __table_args__ = (Index(None, "what", "at"),)


class KnowledgeVersionRow(Model):
    """What an entry of the knowledge base has been since then. Rows are only ever added; an entry's newest holds.

    `content` is the entry as in its YAML file; None: the entry is removed; {"file": true}: as the file has it.
    """

    __tablename__ = "knowledge_versions"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry: Mapped[str] = mapped_column(String(NAME), index=True)
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    who: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]


class KnowledgeRefusalRow(Model):
    """A question that needs no entry, as somebody has decided. `digest` is keyed."""

    __tablename__ = "knowledge_refusals"

    digest: Mapped[str] = mapped_column(String(32), primary_key=True)
    who: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]


class LessonRow(Model):
    """A sentence that calls are understood with, once it was published. `sealed` holds its text.

    `call_id` and `number` say which turn it comes from, as long as that call is kept. `wanted`: it is to be in the
    next publication.
    """

    __tablename__ = "lessons"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id", ondelete="SET NULL"), index=True)
    number: Mapped[int]
    intent: Mapped[str] = mapped_column(String(40))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    wanted: Mapped[bool] = mapped_column(default=True)
    by: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]


class LessonVersionRow(Model):
    """The lessons (numbers) that calls have been understood with since then. Rows are only added; the newest holds."""

    __tablename__ = "lesson_versions"

    id: Mapped[int] = mapped_column(primary_key=True)
    lessons: Mapped[list[int]] = mapped_column(JSON)
    who: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
