"""What came of a campaign: its state now, the funnel, answers by question, and a row for each contact."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from voicebot.campaign.funnel import Called, answers_by_question, funnel, satisfaction, unanswered
from voicebot.outbound.aftermath import OPEN_QUESTIONS, row_of
from voicebot.outbound.campaigns import found
from voicebot.outbound.tables import CampaignContact, CampaignDelivery, CampaignDial
from voicebot.store.database import Database


def status(database: Database, name: str, now: datetime) -> dict[str, Any]:
    """How a campaign stands: contacts by state, calls that are open, outcomes, the funnel, what is next.

    {"campaign", "title", "state", "contacts", "open", "outcomes", "funnel", "answers", "unanswered", "satisfaction",
    "next", "because", "untold"}; `unanswered` by question, whatever the reason.
    """
    with database.reading() as session:
        campaign = found(session, name)
        own = CampaignDial.campaign_id == campaign.id
        calls = list(_called(session, campaign.id))
        waiting = CampaignContact.campaign_id == campaign.id, CampaignContact.state == "waiting"
        soonest = session.scalar(
            select(func.min(CampaignContact.due, type_=CampaignContact.due.type)).where(*waiting)
        )
        return {
            "campaign": campaign.name,
            "title": campaign.title,
            "state": campaign.state,
            "contacts": _counts(session, CampaignContact.state, CampaignContact.campaign_id == campaign.id),
            "open": session.scalar(select(func.count()).where(own, CampaignDial.ringing.is_not(None))) or 0,
            "outcomes": _counts(session, CampaignDial.outcome, own, CampaignDial.outcome.is_not(None)),
            "funnel": funnel(calls),
            "answers": answers_by_question(calls),
            "unanswered": unanswered(calls),
            "satisfaction": satisfaction(calls),
            "next": None if soonest is None else max(soonest, now).isoformat(),
            "because": _because(session, campaign.id),
            "untold": session.scalar(
                select(func.count()).where(
                    CampaignDelivery.campaign_id == campaign.id, CampaignDelivery.taken.is_(None)
                )
            )
            or 0,
        }


def _counts(session: Session, column: Any, *where: Any) -> dict[str, int]:
    rows = session.execute(select(column, func.count()).where(*where).group_by(column))
    return {str(row[0]): int(row[1]) for row in sorted(rows, key=lambda row: str(row[0]))}


def _because(session: Session, campaign: int) -> dict[str, int]:
    """Why contacts are refused or spent, or wait, with how many."""
    own = CampaignContact.campaign_id == campaign, CampaignContact.because != ""
    return _counts(session, CampaignContact.because, *own)


def _called(session: Session, campaign: int) -> Iterator[Called]:
    query = select(CampaignDial).where(
        CampaignDial.campaign_id == campaign, CampaignDial.outcome.is_not(None)
    )
    for dial in session.scalars(query.order_by(CampaignDial.asked)):
        details = dial.details or {}
        left = tuple(str(one) for name in OPEN_QUESTIONS for one in details.get(name) or ())
        yield Called(
            dial.contact_id,
            str(dial.outcome),
            dial.converted,
            dial.answers or {},
            left,
            details.get("satisfaction"),
        )


def results(database: Database, name: str) -> list[dict[str, Any]]:
    """A row for each call, those of one contact together, and one for each contact who was not called."""
    with database.reading() as session:
        campaign = found(session, name)
        query = (
            select(CampaignContact, CampaignDial)
            .outerjoin(CampaignDial, CampaignDial.contact_id == CampaignContact.id)
            .where(CampaignContact.campaign_id == campaign.id)
            .order_by(CampaignContact.line, CampaignContact.id, CampaignDial.asked)
        )
        return [_row(campaign.name, contact, dial) for contact, dial in session.execute(query)]


def _row(campaign: str, contact: CampaignContact, dial: CampaignDial | None) -> dict[str, Any]:
    if dial is not None:
        return {**row_of(campaign, contact, dial), "because": contact.because, "details": dial.details}
    return {
        "campaign": campaign,
        "dial": None,
        "line": contact.line,
        "phone": contact.phone,
        "facts": contact.facts,
        "outcome": None,
        "converted": False,
        "answers": {},
        "survey": None,
        **{name: [] for name in OPEN_QUESTIONS},
        "satisfaction": None,
        "asked": None,
        "answered": None,
        "ended": None,
        "callback": None,
        "call": None,
        "contact_state": contact.state,
        "because": contact.because,
        "details": {},
    }
