"""Nothing is imported twice, and every row is accounted for."""

from __future__ import annotations

from typing import Any

import pytest

from voicebot.errors import VoicebotError


def test_the_same_table_twice_changes_nothing(desk: Any) -> None:
    name = desk.campaign()
    assert desk.add(name, "13800006612", "13800006613").added == 2
    again = desk.add(name, "13800006612", "13800006613")
    assert (again.added, again.before is not None) == (0, True)
    assert desk.one("SELECT count(*) FROM campaign_contacts") == 2


def test_another_table_with_the_same_number_says_so_by_line(desk: Any) -> None:
    name = desk.campaign()
    desk.add(name, "13800006612")
    report = desk.add(name, "13800006613", "138-0000-6612", "nobody")
    assert report.added == 1
    assert [(one.line, one.reason) for one in report.refused] == [
        (3, "the number is in this campaign already"),
        (4, "'nobody' is no telephone number"),
    ]


def test_consent_is_kept_by_number(desk: Any) -> None:
    desk.campaign("a", "commercial")
    desk.add("a", "13800006612", consent=True)
    desk.campaign("b", "commercial")
    report = desk.add("b", "13800006612")
    assert report.barred == ()
    assert desk.one("SELECT count(*) FROM consents") == 1


def test_into_a_campaign_that_is_not_there(desk: Any) -> None:
    with pytest.raises(VoicebotError, match="no campaign 'x'; there is none"):
        desk.add("x", "13800006612")


def test_who_changed_what_is_written_down(desk: Any) -> None:
    name = desk.campaign()
    desk.add(name, "13800006612")
    desk.campaigns.move(name, "start")
    desk.campaigns.opt_out(["+8613800006612"], "letter")
    told = desk.campaigns.changes()
    assert [(one["who"], one["what"]) for one in told] == [
        ("tester", "create"),
        ("tester", "import"),
        ("tester", "start"),
        ("tester", "opt out"),
    ]
    with pytest.raises(VoicebotError, match="running; start needs one that is ready"):
        desk.campaigns.move(name, "start")
