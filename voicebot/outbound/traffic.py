"""How many calls of a campaign are open, how many were dialled lately, and how many were abandoned."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from voicebot.campaign.funnel import abandoned_percent
from voicebot.campaign.law import AbandonedRule
from voicebot.campaign.pace import Traffic
from voicebot.campaign.plan import Terms
from voicebot.outbound.tables import CampaignDial


def traffic(
    session: Session, campaign_id: int, terms: Terms, free: tuple[int, int | None], now: datetime
) -> Traffic:
    """How things stand for this campaign; `free`: lines of the carrier, and humans (None: nobody counts them)."""
    own = CampaignDial.campaign_id == campaign_id
    open_now = session.scalar(select(func.count()).where(own, CampaignDial.ringing.is_not(None)))
    minute = session.scalar(select(func.count()).where(own, CampaignDial.asked > now - timedelta(minutes=1)))
    return Traffic(open_now or 0, minute or 0, *free, _abandoned(session, campaign_id, terms, now))


def _rule(terms: Terms) -> AbandonedRule | None:
    rules = terms.law.of(AbandonedRule, terms.definition.legal_class)
    return min(rules, key=lambda rule: rule.most_percent, default=None)


def most_abandoned(terms: Terms) -> float | None:
    """The share of abandoned calls in percent that the law allows, if it names one."""
    rule = _rule(terms)
    return None if rule is None else rule.most_percent


def _abandoned(session: Session, campaign_id: int, terms: Terms, now: datetime) -> float:
    rule = _rule(terms)
    if rule is None:
        return 0.0
    own = CampaignDial.campaign_id == campaign_id, CampaignDial.outcome == "abandoned"
    if session.scalar(select(CampaignDial.id).where(*own).limit(1)) is None:
        return 0.0
    since = now - timedelta(days=rule.over_days)
    query = (
        select(CampaignDial.outcome, func.count())
        .where(
            CampaignDial.campaign_id == campaign_id,
            CampaignDial.asked > since,
            CampaignDial.outcome.is_not(None),
        )
        .group_by(CampaignDial.outcome)
    )
    return abandoned_percent({str(outcome): count for outcome, count in session.execute(query)})
