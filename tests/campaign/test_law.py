"""The laws that come with voicebot: every rule has a source, and a file with a mistake says where."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.campaign.law import (
    AnnounceRule,
    ConsentRule,
    DoNotCallRule,
    HoursRule,
    Law,
    RetentionRule,
    read_law,
)
from voicebot.campaign.located import CampaignError

FOLDER = Path(__file__).resolve().parents[2] / "config" / "law"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_law_has_what_a_campaign_needs(path: Path) -> None:
    law = read_law(path.read_text("utf-8"), str(path))
    assert Law.model_validate(law.model_dump(mode="json", by_alias=True)) == law
    assert all(rule.law and rule.says for rule in law.rules)
    assert list(law.of(ConsentRule, "commercial"))
    for legal_class in ("commercial", "research", "service", "care"):
        assert list(law.of(DoNotCallRule, legal_class))
        assert list(law.of(HoursRule, legal_class))
        assert len(list(law.of(AnnounceRule, legal_class))) == 3
        assert all(rule.recordings_days >= 30 for rule in law.of(RetentionRule, legal_class))


def test_a_rule_without_its_source_is_a_mistake_with_a_line() -> None:
    text = (
        "name: x\ncountries: [CN]\nrules:\n  - rule: hours\n    id: a\n    says: b\n    windows: ['9-12']\n"
    )
    with pytest.raises(CampaignError) as caught:
        read_law(text, "x.yaml")
    assert {
        (one.place.line, one.reason.partition(":")[0].split(" ")[0]) for one in caught.value.problems
    } == {(4, "rules.0.hours.law"), (7, "rules.0.hours.windows.0")}


def test_recordings_are_kept_a_month_at_least() -> None:
    rule = "{rule: retention, id: a, law: b, says: c, recordings_days: 7, consent_days: 60}"
    text = f"name: x\ncountries: [CN]\nrules: [{rule}]\n"
    with pytest.raises(CampaignError, match="greater than or equal to 30"):
        read_law(text, "x.yaml")


def test_ids_are_told_apart() -> None:
    rule = "{rule: do_not_call, id: a, law: b, says: c}"
    with pytest.raises(CampaignError, match="a are here twice"):
        read_law(f"name: x\ncountries: [CN]\nrules: [{rule}, {rule}]\n", "x.yaml")
