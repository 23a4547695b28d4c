"""The tables of campaigns. Instants are kept in whole milliseconds since 1970 UTC, and read as aware datetimes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, TypeDecorator, UniqueConstraint
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapped, mapped_column

from voicebot.store.model import Model

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware datetime as milliseconds, so that it sorts and compares alike in every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """To the database."""
        return None if value is None else (value - EPOCH) // MILLISECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """From the database."""
        return None if value is None else EPOCH + value * MILLISECOND


class Campaign(Model):
    """A campaign. `state` is ready, running, paused, stopped or done; `definition` and `law` are what holds for it."""

    __tablename__ = "campaigns"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(10), index=True)
    definition: Mapped[dict[str, Any]] = mapped_column(JSON)
    law: Mapped[dict[str, Any]] = mapped_column(JSON)
    source: Mapped[str] = mapped_column(String(300), default="")
    created: Mapped[datetime] = mapped_column(Instant)


class CampaignContact(Model):
    """Somebody of a campaign. `state`: waiting (rung at `due`), dialling, done, spent, refused; `because` says why."""

    __tablename__ = "campaign_contacts"
    __table_args__ = (
        UniqueConstraint("campaign_id", "phone"),
        Index("ix_campaign_contacts_due", "campaign_id", "state", "due"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    phone: Mapped[str] = mapped_column(String(20), index=True)
    country: Mapped[str] = mapped_column(String(3))
    area: Mapped[str | None] = mapped_column(String(10))
    zones: Mapped[list[str]] = mapped_column(JSON)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    line: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    due: Mapped[datetime | None] = mapped_column(Instant)
    callback: Mapped[bool] = mapped_column(default=False)
    outcome: Mapped[str] = mapped_column(String(20), default="")
    because: Mapped[str] = mapped_column(Text, default="")


class CampaignDial(Model):
    """One call that was placed, or is about to be.

    Written before the carrier is asked (`asked`); `placed` when it took the call under its own name `ref`; then the
    `outcome`. `ringing` holds the number until there is one, and is unique: nobody is rung twice at once, whoever
    dials. `lease`: until then its `owner` looks after it.
    """

    __tablename__ = "campaign_dials"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"), index=True)
    contact_id: Mapped[int] = mapped_column(
        ForeignKey("campaign_contacts.id", ondelete="CASCADE"), index=True
    )
    phone: Mapped[str] = mapped_column(String(20))
    ringing: Mapped[str | None] = mapped_column(String(20), unique=True)
    owner: Mapped[str] = mapped_column(String(60))
    lease: Mapped[datetime | None] = mapped_column(Instant, index=True)
    asked: Mapped[datetime] = mapped_column(Instant)
    placed: Mapped[datetime | None] = mapped_column(Instant)
    ref: Mapped[str | None] = mapped_column(String(80))
    answered: Mapped[datetime | None] = mapped_column(Instant)
    ended: Mapped[datetime | None] = mapped_column(Instant)
    outcome: Mapped[str | None] = mapped_column(String(20))
    wish: Mapped[datetime | None] = mapped_column(Instant)
    converted: Mapped[bool] = mapped_column(default=False)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    call: Mapped[str | None] = mapped_column(String(80))
    details: Mapped[dict[str, Any]] = mapped_column(JSON)

    __table_args__ = (Index("ix_campaign_dials_phone_asked", "phone", "asked"),)


class CampaignImport(Model):
    """A table of contacts that was imported, by the SHA-256 of its content: the same is imported once."""

    __tablename__ = "campaign_imports"
    __table_args__ = (UniqueConstraint("campaign_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    digest: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Instant)
    report: Mapped[dict[str, Any]] = mapped_column(JSON)


class CampaignChange(Model):
    """Who changed what, when. Only ever added to."""

    __tablename__ = "campaign_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant, index=True)
    who: Mapped[str] = mapped_column(String(60))
    campaign: Mapped[str] = mapped_column(String(40), index=True)
    what: Mapped[str] = mapped_column(String(40))
    details: Mapped[dict[str, Any]] = mapped_column(JSON)


class ConsentProof(Model):
    """That somebody has agreed to be rung: how, when, and where that can be looked up. `withdrawn` ends it."""

    __tablename__ = "consents"
    __table_args__ = (UniqueConstraint("phone", "source", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    phone: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(120))
    day: Mapped[date]
    kind: Mapped[str] = mapped_column(String(10))
    recorded: Mapped[datetime] = mapped_column(Instant)
    used: Mapped[datetime | None] = mapped_column(Instant)
    withdrawn: Mapped[datetime | None] = mapped_column(Instant)


class DoNotCall(Model):
    """A number that no campaign rings. `source` says where that was said."""

    __tablename__ = "do_not_call"

    phone: Mapped[str] = mapped_column(String(20), primary_key=True)
    source: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(Instant)


class CampaignDelivery(Model):
    """A result that a webhook has to be told, until it is `taken`."""

    __tablename__ = "campaign_deliveries"
    __table_args__ = (Index("ix_campaign_deliveries_due", "taken", "due"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    dial_id: Mapped[str] = mapped_column(ForeignKey("campaign_dials.id", ondelete="CASCADE"), unique=True)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    tries: Mapped[int] = mapped_column(default=0)
    due: Mapped[datetime] = mapped_column(Instant)
    taken: Mapped[datetime | None] = mapped_column(Instant)
    error: Mapped[str] = mapped_column(String(200), default="")
