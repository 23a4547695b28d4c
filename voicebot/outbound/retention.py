"""What is kept no longer than the law says: what was said in calls, their recordings, and proof of consent."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from voicebot.campaign.law import RetentionRule
from voicebot.campaign.plan import Terms
from voicebot.outbound.campaigns import Campaigns, note
from voicebot.outbound.people import terms_of
from voicebot.outbound.tables import Campaign, CampaignDelivery, CampaignDial, ConsentProof

ENDINGS = (".wav", ".jsonl")


def forget_old(campaigns: Campaigns, recordings: Path) -> dict[str, int]:
    """Remove what is older than each campaign's rules allow: {"calls", "files", "consents"}. Outcomes stay.

    Proof of consent is kept from its last use, or from when it was recorded; of all campaigns the longest rule counts.
    """
    now, removed = campaigns.now(), {"calls": 0, "files": 0, "consents": 0}
    with campaigns.database.writing() as session:
        longest = timedelta(0)
        for campaign in session.scalars(select(Campaign)):
            terms = terms_of(campaign)
            rules = list(terms.law.of(RetentionRule, terms.definition.legal_class))
            if not rules:
                continue
            kept = timedelta(days=max(rule.recordings_days for rule in rules))
            longest = max(longest, timedelta(days=max(rule.consent_days for rule in rules)))
            calls, files = _forget_calls(session, campaign.id, now - kept, recordings)
            removed["calls"] += calls
            removed["files"] += files
        if longest:
            removed["consents"] = _forget_consents(session, now - longest)
        if any(removed.values()):
            note(session, campaigns, "", "forget", removed)
    return removed


def _forget_calls(session: Session, campaign: int, before: datetime, recordings: Path) -> tuple[int, int]:
    """A call that is forgotten has no owner any more."""
    old = CampaignDial.campaign_id == campaign, CampaignDial.ended < before, CampaignDial.owner != ""
    calls = files = 0
    for dial in session.scalars(select(CampaignDial).where(*old)):
        files += sum(_remove(recordings / f"{dial.call}{ending}") for ending in ENDINGS) if dial.call else 0
        dial.details, dial.answers, dial.call, dial.owner = {}, {}, None, ""
        session.execute(delete(CampaignDelivery).where(CampaignDelivery.dial_id == dial.id))
        calls += 1
    return calls, files


def _remove(path: Path) -> bool:
    there = path.is_file()
    path.unlink(missing_ok=True)
    return there


def _forget_consents(session: Session, before: datetime) -> int:
    last = func.coalesce(ConsentProof.used, ConsentProof.recorded, type_=ConsentProof.recorded.type)
    gone = delete(ConsentProof).where(last < before).returning(ConsentProof.id)
    return len(list(session.execute(gone)))


def longest_kept(terms: Terms) -> int:
    """Days that recordings of a campaign are kept."""
    rules = terms.law.of(RetentionRule, terms.definition.legal_class)
    return max((rule.recordings_days for rule in rules), default=30)
