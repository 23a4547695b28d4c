"""The console of this shop: its memory, its pages and its API, joined."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from fastapi import APIRouter

    from voicebot.config import Config
    from voicebot.console.campaign_office import CampaignOffice
    from voicebot.console.desk import Desk, Live
    from voicebot.console.knowledge_office import KnowledgeOffice
    from voicebot.console.training_office import TrainingOffice
    from voicebot.records.memory import Memory


def desk(
    config: Config,
    memory: Memory,
    now: Callable[[], datetime],
    clock: Callable[[], float],
    live: Live | None = None,
    *,
    campaigns: CampaignOffice | None = None,
    knowledge: KnowledgeOffice | None = None,
    training: TrainingOffice | None = None,
) -> Desk:
    """What the console works with. `now` is the shop's time, `clock` seconds that never go back.

    `live` are the calls that go on beside it, `campaigns` those that the shop places,
    `knowledge` is what they are answered from, `training` what they are understood with.
    """
    from voicebot.console.desk import ConsoleOptions, Desk, nothing_live
    from voicebot.web.origin import Origins

    server = config.server
    options = ConsoleOptions(config.shop.name, config.console.fen_per_minute)
    origins = Origins(server.trusted_proxies, server.public_url)
    return Desk(memory, origins, now, clock, options, live or nothing_live(), campaigns, knowledge, training)


def routers(made: Desk) -> list[APIRouter]:
    """Every page of the console, and the API."""
    from voicebot.console import rooms

    return rooms.routers(made)
