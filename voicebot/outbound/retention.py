"""What is kept no longer than the law says: what was said in calls, their recordings, and proof of consent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from voicebot.campaign.law import RetentionRule
from voicebot.campaign.plan import Terms
from voicebot.outbound.campaigns import Campaigns, note
from voicebot.outbound.lists import pieces
from voicebot.outbound.people import terms_of
from voicebot.outbound.tables import Campaign, CampaignDelivery, CampaignDial, ConsentProof
from voicebot.store.database import Database

Removing = Callable[[Sequence[str]], int]
"""Removes what was recorded of these calls, by their names in the records; gives of how many there was anything."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Days that the recordings of a campaign's calls, and proof of consent, are kept."""

    recordings: int
    consents: int


def forget_old(campaigns: Campaigns, remove: Removing) -> dict[str, int]:
    """Remove what is older than each campaign's rules allow: {"calls", "recordings", "consents"}. Outcomes stay.

    Recordings go first, so that whoever is interrupted finds the rest again. Proof of consent is kept from its last
    use, or from when it was recorded; of all campaigns the longest rule counts.
    """
    now = campaigns.now()
    old, longest = _old(campaigns.database, now)
    recordings = sum(remove([name for _, name in some if name]) for some in _pieces(old))
    removed = {"calls": len(old), "recordings": recordings, "consents": 0}
    with campaigns.database.writing() as session:
        for some in pieces([dial for dial, _ in old]):
            _forget_calls(session, some)
        if longest:
            removed["consents"] = _forget_consents(session, now - longest)
        if any(removed.values()):
            note(session, campaigns, "", "forget", removed)
    return removed


def kept(terms: Terms) -> Kept | None:
    """How long the law has a campaign keep things; None where it says nothing."""
    rules = list(terms.law.of(RetentionRule, terms.definition.legal_class))
    if not rules:
        return None
    return Kept(max(rule.recordings_days for rule in rules), max(rule.consent_days for rule in rules))


def longest_recordings(database: Database) -> int:
    """Days that recordings must be kept because of some campaign; 0 where none needs it."""
    with database.reading() as session:
        found = [kept(terms_of(campaign)) for campaign in session.scalars(select(Campaign))]
    return max((one.recordings for one in found if one is not None), default=0)


def _old(database: Database, now: datetime) -> tuple[list[tuple[str, str | None]], timedelta]:
    """Calls that are kept too long, each dial with the call's name; and how long proof of consent is kept."""
    found: list[tuple[str, str | None]] = []
    longest = timedelta(0)
    with database.reading() as session:
        for campaign in session.scalars(select(Campaign)):
            days = kept(terms_of(campaign))
            if days is None:
                continue
            longest = max(longest, timedelta(days=days.consents))
            before = now - timedelta(days=days.recordings)
            # a call that is forgotten has no owner any more
            own = CampaignDial.campaign_id == campaign.id, CampaignDial.owner != ""
            query = select(CampaignDial.id, CampaignDial.call).where(*own, CampaignDial.ended < before)
            found += [(dial, name) for dial, name in session.execute(query)]
    return found, longest


def _pieces(
    old: Sequence[tuple[str, str | None]], size: int = 500
) -> Iterable[Sequence[tuple[str, str | None]]]:
    return (old[start : start + size] for start in range(0, len(old), size))


def _forget_calls(session: Session, dials: Sequence[str]) -> None:
    for dial in session.scalars(select(CampaignDial).where(CampaignDial.id.in_(dials))):
        dial.details, dial.answers, dial.call, dial.owner = {}, {}, None, ""
    session.execute(delete(CampaignDelivery).where(CampaignDelivery.dial_id.in_(dials)))


def _forget_consents(session: Session, before: datetime) -> int:
    last = func.coalesce(ConsentProof.used, ConsentProof.recorded, type_=ConsentProof.recorded.type)
    gone = delete(ConsentProof).where(last < before).returning(ConsentProof.id)
    return len(list(session.execute(gone)))
