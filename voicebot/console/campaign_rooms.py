"""What the pages of campaigns share: the office behind them, and a campaign that is there."""

from __future__ import annotations

from fastapi import HTTPException

from voicebot.console.campaign_office import CampaignOffice
from voicebot.console.desk import Desk

HERE = "/console/campaigns"
MOST_ROWS = 500


def office_of(desk: Desk) -> CampaignOffice:
    """The shop's campaigns. Raises HTTPException 404 where there are none."""
    if desk.campaigns is None:
        raise HTTPException(404, "这台服务器没有外呼活动。")
    return desk.campaigns


def known_office(desk: Desk, name: str) -> CampaignOffice:
    """The same, when there is a campaign of this name."""
    office = office_of(desk)
    if all(name != one for one, _, _ in office.campaigns("").all()):
        raise HTTPException(404, "没有这个活动。")
    return office
