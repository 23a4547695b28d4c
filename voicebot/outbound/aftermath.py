"""What follows when a call is over: its outcome, the contact's next call, the proof of consent, and who is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from voicebot.campaign.law import ConsentRule
from voicebot.campaign.plan import Due, Next, Terms, next_call
from voicebot.outbound import lists
from voicebot.outbound.carrier import Ended
from voicebot.outbound.people import persons, terms_of
from voicebot.outbound.tables import Campaign, CampaignContact, CampaignDelivery, CampaignDial, ConsentProof

OPEN_QUESTIONS = ("skipped", "unanswered", "not_reached")
"""Why a question has no answer."""


def put_down(contact: CampaignContact, following: Next) -> None:
    """What follows for this contact."""
    if isinstance(following, Due):
        contact.state, contact.due, contact.callback = "waiting", following.at, following.callback
        contact.because = "" if following.because is None else str(following.because)
    else:
        contact.state, contact.due = following.state, None
        contact.because = str(following.because)


def open_dials(session: Session, ids: Sequence[str]) -> list[CampaignDial]:
    """Of these dials those that have no outcome yet, held until the transaction ends."""
    found: list[CampaignDial] = []
    for some in lists.pieces(list(ids)):
        query = select(CampaignDial).where(CampaignDial.id.in_(some), CampaignDial.outcome.is_(None))
        found += session.scalars(query.order_by(CampaignDial.id).with_for_update())
    return found


def close(session: Session, dial: CampaignDial, ended: Ended, now: datetime) -> None:
    """Write down what came of a call; whoever wants no more is on the list at once."""
    dial.outcome, dial.ended, dial.answered = ended.outcome, ended.at, ended.answered
    dial.wish, dial.converted, dial.call = ended.wish, ended.converted, ended.call
    dial.answers, dial.details = dict(ended.answers), dict(ended.details)
    dial.ringing, dial.lease = None, None
    if ended.outcome == "opted_out":
        opt_out(session, dial.phone, "campaign call", now)


def opt_out(session: Session, phone: str, source: str, now: datetime) -> bool:
    """See `lists.opt_out`; and whoever waits under this number in any campaign, whatever its state, is struck out."""
    added = lists.opt_out(session, phone, source, now)
    look_again(session, phone, now)
    return added


def look_again(session: Session, phone: str, now: datetime) -> None:
    """What follows for the contacts under this number who wait or were refused, now that something has changed."""
    own = CampaignContact.phone == phone, CampaignContact.state.in_(["waiting", "refused"])
    query = select(CampaignContact).where(*own).order_by(CampaignContact.id).with_for_update()
    contacts = session.scalars(query).all()
    found = persons(session, contacts, now)
    for contact in contacts:
        terms = terms_of(session.get_one(Campaign, contact.campaign_id))
        put_down(contact, next_call(terms, *found[contact.id], now))


def follow(session: Session, dials: Sequence[CampaignDial], now: datetime) -> None:
    """What follows for the contacts of these dials, and who is told."""
    by_campaign: dict[int, list[CampaignDial]] = {}
    for dial in dials:
        by_campaign.setdefault(dial.campaign_id, []).append(dial)
    for campaign_id, own in sorted(by_campaign.items()):
        campaign = session.get_one(Campaign, campaign_id)
        terms = terms_of(campaign)
        for some in lists.pieces([str(dial.contact_id) for dial in own]):
            query = select(CampaignContact).where(CampaignContact.id.in_([int(one) for one in some]))
            contacts = list(session.scalars(query.order_by(CampaignContact.id).with_for_update()))
            found = persons(session, contacts, now)
            for contact in contacts:
                put_down(contact, next_call(terms, *found[contact.id], now))
                outcomes = [dial.outcome for dial in own if dial.contact_id == contact.id]
                contact.outcome = next(
                    (one for one in outcomes if one and one != "not_asked"), contact.outcome
                )
        _used(session, terms, [dial.phone for dial in own], now)
        if terms.definition.webhook is not None:
            _tell(session, campaign, own, now)


def _used(session: Session, terms: Terms, phones: Sequence[str], now: datetime) -> None:
    """The proof of consent was used: it is kept from now on as long as the law says."""
    if any(terms.law.of(ConsentRule, terms.definition.legal_class)):
        for some in lists.pieces(sorted(phones)):
            session.execute(update(ConsentProof).where(ConsentProof.phone.in_(some)).values(used=now))


def _tell(session: Session, campaign: Campaign, dials: Sequence[CampaignDial], now: datetime) -> None:
    for dial in dials:
        if dial.outcome == "not_asked":
            continue
        contact = session.get_one(CampaignContact, dial.contact_id)
        row = {
            "campaign_id": campaign.id,
            "dial_id": dial.id,
            "body": row_of(campaign.name, contact, dial),
            "tries": 0,
            "due": now,
            "error": "",
        }
        session.execute(lists.upsert(session, CampaignDelivery).values(row).on_conflict_do_nothing())


def row_of(campaign: str, contact: CampaignContact, dial: CampaignDial) -> dict[str, Any]:
    """A result as plain data: what exports and webhooks tell. Times are ISO with a zone.

    `survey` says how far it came; `skipped`, `unanswered` and `not_reached` are the questions without an answer (see
    campaign/answers.py), `satisfaction` 1 to 5.
    """
    details = dial.details or {}

    def told(at: datetime | None) -> str | None:
        return None if at is None else at.isoformat()

    return {
        "campaign": campaign,
        "dial": dial.id,
        "line": contact.line,
        "phone": dial.phone,
        "facts": contact.facts,
        "outcome": dial.outcome,
        "converted": dial.converted,
        "answers": dial.answers,
        "survey": details.get("survey"),
        **{name: list(details.get(name) or ()) for name in OPEN_QUESTIONS},
        "satisfaction": details.get("satisfaction"),
        "asked": told(dial.asked),
        "answered": told(dial.answered),
        "ended": told(dial.ended),
        "callback": told(dial.wish),
        "call": dial.call,
        "contact_state": contact.state,
    }
