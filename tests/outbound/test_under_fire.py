"""Diallers that compete and are killed: the carrier's log is held against what was agreed. And the holding itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import campaign as fire

CALL = {
    "event": "dial",
    "dial": "a",
    "phone": fire.phone(0),
    "callback": False,
    "outcome": "no_answer",
    "wish": None,
}
TEN = fire.BEGIN.timestamp() + 1800


def test_a_campaign_survives_its_diallers(url: str, tmp_path: Path) -> None:
    run = fire.Fire(
        url, tmp_path / "carrier.jsonl", 80, kills=3, speed=1500, seed=3, lease_s=0.8, within_s=0.4
    )
    found = fire.run(run)
    assert found["kills"] == 3
    assert found["contacts_rung"] == 80 - 4
    assert not any(found["wrong"].values()), found["wrong"]


@pytest.mark.parametrize(
    ("calls", "kind"),
    [
        ([{"at": TEN, "ended": TEN + 60}, {"at": TEN + 59, "ended": TEN + 90}], "twice_at_once"),
        ([{"at": TEN, "ended": TEN + 60}, {"at": TEN + 3600, "ended": TEN + 3700}], "too_early"),
        (
            [{"at": TEN, "ended": TEN + 60, "outcome": "opted_out"}, {"at": TEN + 9000, "ended": TEN + 9100}],
            "after_no",
        ),
        ([{"at": TEN + 37_800, "ended": TEN + 37_810}], "outside_hours"),
        ([{"at": TEN + hour * 7200, "ended": TEN + hour * 7200 + 1} for hour in range(3)], "too_often"),
        ([{"at": TEN + day * 90_000, "ended": TEN + day * 90_000 + 1} for day in range(5)], "too_many_tries"),
        ([{"at": TEN, "ended": TEN + 60, "phone": fire.phone(7)}], "forbidden"),
        (
            [
                {"at": TEN, "ended": TEN + 60, "dial": str(n), "phone": fire.phone(100 + 50 * n)}
                for n in range(201)
            ],
            "more_lines",
        ),
        ([], "forgotten"),
        ([{"at": TEN, "ended": TEN + 60, "outcome": "busy"}], "result_lost"),
    ],
)
def test_what_would_be_wrong_is_found(calls: list[dict[str, Any]], kind: str, tmp_path: Path) -> None:
    run = fire.Fire("", tmp_path / "carrier.jsonl", 1, 0, 1, 1)
    run.log.write_text("".join(json.dumps({**CALL, **call}) + "\n" for call in calls))
    wrong = fire.check(run, [(fire.phone(0), "spent", "no_answer")])["wrong"]
    assert wrong[kind] > 0


def test_what_is_right_is_not_complained_about(tmp_path: Path) -> None:
    run = fire.Fire("", tmp_path / "carrier.jsonl", 1, 0, 1, 1)
    nine = TEN - 1800
    calls = [{"at": nine, "ended": nine + 20}, {"at": nine + 7300, "ended": nine + 7320}]
    run.log.write_text("".join(json.dumps({**CALL, **call}) + "\n" for call in calls))
    assert not any(fire.check(run, [(fire.phone(0), "spent", "no_answer")])["wrong"].values())
