"""Terms of a campaign for tests, and the laws that come with voicebot."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from voicebot.campaign.definition import read_campaign
from voicebot.campaign.law import Law, read_law
from voicebot.campaign.plan import Terms

ROOT = Path(__file__).resolve().parents[2]

CAMPAIGN = """
name: care
title: 回访
class: {legal_class}
law: {law}
dialogue: dialogues/care.yaml
line: simulated
windows: {windows}
retries:
  most: 4
  callbacks: 2
  after:
    busy: {{after: 15m, times: 2}}
    no_answer: {{after: 2h, times: 2}}
{more}
"""


@cache
def law(name: str) -> Law:
    path = ROOT / "config" / "law" / f"{name}.yaml"
    return read_law(path.read_text("utf-8"), str(path))


@pytest.fixture(scope="session")
def terms() -> Callable[..., Terms]:
    """Terms by class, country, windows and further lines of YAML."""

    @cache
    def make(
        legal_class: str = "service", country: str = "china", windows: str = '["09:00-20:00"]', more: str = ""
    ) -> Terms:
        text = CAMPAIGN.format(legal_class=legal_class, law=country, windows=windows, more=more)
        return Terms(read_campaign(text, "care.yaml")[0], law(country))

    return make
