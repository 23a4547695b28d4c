"""Contacts in the database -> persons with their history, as the plan wants them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from voicebot.campaign.definition import Definition
from voicebot.campaign.law import Law
from voicebot.campaign.plan import Attempt, History, Person, Terms
from voicebot.outbound import lists
from voicebot.outbound.lists import pieces
from voicebot.outbound.tables import Campaign, CampaignContact, CampaignDial, Instant

REMEMBERED = timedelta(days=31)
"""Calls to a number that are older count for no rule: the longest stretch that a rule may look at."""


def terms_of(campaign: Campaign) -> Terms:
    """What was agreed for a campaign, as it was checked when it was created."""
    return Terms(Definition.model_validate(campaign.definition), Law.model_validate(campaign.law))


def persons(
    session: Session, contacts: Sequence[CampaignContact], now: datetime, but: Sequence[str] = ()
) -> dict[int, tuple[Person, History]]:
    """Each contact as he is now, by his id; the dials named in `but` are left out of the history."""
    phones = {contact.phone for contact in contacts}
    barred, agreed = lists.barred(session, phones), lists.consents(session, phones)
    attempts, calls = _attempts(session, contacts, but), _calls(session, phones, now, but)
    return {
        contact.id: (
            Person(
                contact.phone,
                contact.country,
                tuple(contact.zones),
                contact.area,
                agreed.get(contact.phone, ()),
                barred.get(contact.phone),
                contact.id,
            ),
            History(tuple(attempts.get(contact.id, ())), tuple(calls.get(contact.phone, ()))),
        )
        for contact in contacts
    }


def _attempts(
    session: Session, contacts: Sequence[CampaignContact], but: Sequence[str]
) -> dict[int, list[Attempt]]:
    found: dict[int, list[Attempt]] = {}
    ids = [str(contact.id) for contact in contacts]
    for some in pieces(ids):
        query = (
            select(CampaignDial)
            .where(CampaignDial.contact_id.in_([int(one) for one in some]), CampaignDial.outcome.is_not(None))
            .order_by(CampaignDial.asked)
        )
        for dial in session.scalars(query):
            if dial.id not in but:
                at = dial.ended or dial.asked
                found.setdefault(dial.contact_id, []).append(Attempt(at, dial.outcome or "", dial.wish))
    return found


def _calls(
    session: Session, phones: set[str], now: datetime, but: Sequence[str]
) -> dict[str, list[datetime]]:
    """When these numbers were rung lately, by any campaign.

    Between the intent and the ringing some seconds pass, so a call counts from when the carrier had surely rung.
    """
    found: dict[str, list[datetime]] = {}
    rang = or_(CampaignDial.outcome.is_(None), CampaignDial.outcome != "not_asked")
    for some in pieces(sorted(phones)):
        when = func.coalesce(CampaignDial.placed, CampaignDial.ended, CampaignDial.asked, type_=Instant)
        query = select(CampaignDial.id, CampaignDial.phone, when).where(
            CampaignDial.phone.in_(some), CampaignDial.asked > now - REMEMBERED, rang
        )
        for dial, phone, at in session.execute(query):
            if dial not in but:
                found.setdefault(phone, []).append(at)
    return found
