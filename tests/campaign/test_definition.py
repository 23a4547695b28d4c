"""A campaign's file: what is wrong with it is named by file and line, all of it at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from voicebot.campaign.definition import Definition, read_campaign, unknown_facts
from voicebot.campaign.located import CampaignError

GOOD = """\
name: care
title: 回访
class: service
law: china
dialogue: care.yaml
line: simulated
windows: ["09:00-12:00", "mon-fri 14:00-20:00"]
audience:
  file: contacts.csv
  columns:
    phone: 手机号
    facts: {name: 姓名, order: 订单号}
retries:
  after: {busy: {after: 15m, times: 3}}
"""


def mistakes(text: str) -> list[tuple[int, str]]:
    with pytest.raises(CampaignError) as caught:
        read_campaign(text, "care.yaml")
    assert all(one.place.file == "care.yaml" for one in caught.value.problems)
    return [(one.place.line, one.reason) for one in caught.value.problems]


def test_a_campaign_is_read() -> None:
    definition, _ = read_campaign(GOOD, "care.yaml")
    assert definition.legal_class == "service"
    assert definition.retries.of("busy").after == timedelta(minutes=15)
    assert definition.retries.of("no_answer").times == 2
    assert definition.windows[1].days == {0, 1, 2, 3, 4}


def test_what_is_kept_in_the_database_says_the_same() -> None:
    definition, _ = read_campaign(GOOD, "care.yaml")
    assert Definition.model_validate(definition.model_dump(mode="json", by_alias=True)) == definition


def test_every_mistake_at_once_by_line() -> None:
    text = GOOD.replace("class: service", "class: sales").replace("09:00-12:00", "9-12")
    text = (
        text.replace("after: 15m", "after: soon")
        .replace("busy:", "bussy:")
        .replace("line: simulated", "lines: simulated")
    )
    found = mistakes(text)
    assert [line for line, _ in found] == [1, 3, 6, 7, 14]
    assert found[0][1] == "line is missing"
    assert "'sales'" in found[1][1]
    assert found[2][1] == "lines: there is no such key"
    assert "09:00-20:30" in found[3][1]
    assert "15m" in found[4][1]


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("line: simulated", "line: twilio", 1, "caller_id is missing"),
        ("  file: contacts.csv", "  {file: a.csv, query: b}", 9, "not YAML"),
        ("busy:", "wurst:", 14, "nothing is retried after 'wurst'"),
        ("name: care", "name: Care Calls", 1, "a-z, 0-9 and hyphens"),
        ("  file: contacts.csv", "  file: contacts.csv\n  query: delivered", 8, "not both"),
    ],
)
def test_what_does_not_go_together(old: str, new: str, line: int, says: str) -> None:
    found = mistakes(GOOD.replace(old, new))
    assert found[0][0] in {line, line + 1}
    assert says in found[0][1]


def test_not_yaml_at_all() -> None:
    assert mistakes("name: [")[0][1].startswith("not YAML")


def test_facts_that_the_dialogue_does_not_know() -> None:
    definition, table = read_campaign(GOOD, "care.yaml")
    assert [str(one) for one in unknown_facts(definition, table, {"contact": {"name": ""}})] == [
        "care.yaml:12: the dialogue has no contact.order; declare it under constants: contact:"
    ]
    assert unknown_facts(definition, table, {"contact": {"name": "", "order": ""}}) == []
