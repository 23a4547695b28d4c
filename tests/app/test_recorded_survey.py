"""Survey calls by recorded audio and real recognition, in virtual time and judged turn by turn.

Over every kind of line, with what is in the database afterwards: test_recorded_campaign.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from voicebot.actions import Record
from voicebot.app import App
from voicebot.app.campaign_files import script_of
from voicebot.call import Call, Placed
from voicebot.campaign.answers import Result, result_of
from voicebot.config import load
from voicebot.dialogue.script import Script
from voicebot.errors import VoicebotError
from voicebot.replay.fixture import Fixture, load_fixture
from voicebot.replay.run import Stage, replay
from voicebot.web.serving import Place

pytestmark = pytest.mark.engines
HERE = Place("127.0.0.1", 0)
ANSWERS = {
    "received": "yes",
    "delivery": 3,
    "why": "送货太慢了等了好几天",
    "packing": "good",
    "notice": "yes",
    "orders": 5,
    "advice": "希望快递能送到家门口",
}


@pytest.fixture(scope="module")
def app() -> App:
    made = App(load())
    try:
        for _, load_part in made.warming():
            load_part()
    except VoicebotError as error:
        pytest.skip(str(error))
    return made


@pytest.fixture(scope="module")
def script(app: App, root: Path) -> Script:
    return script_of(app, root / "config" / "dialogues" / "outbound" / "delivery_survey.yaml")


def fixture_of(root: Path, name: str) -> Fixture:
    return load_fixture(root / "audio_fixtures" / "outbound" / f"{name}.yaml")


def check(name: str, result: Result) -> None:
    """What was said and pressed in this fixture is in the result, and nothing else."""
    assert result.details["answered_by"] == "human"
    if name == "survey":
        assert (result.outcome, dict(result.answers)) == ("completed", ANSWERS)
        assert result.details["classes"] == {"why": "slow"}
    else:
        assert (result.outcome, dict(result.answers)) == ("opted_out", {"received": "yes"})


@pytest.mark.parametrize("name", ["survey", "opt_out"])
def test_in_virtual_time(name: str, app: App, script: Script, root: Path, tmp_path: Path) -> None:
    fixture = fixture_of(root, name)

    def call(call_id: str, now: Any) -> Call:
        return app.call(call_id, now, script=script, placed=Placed())

    stage = Stage(call, app.recognizer, app.synthesizer, lambda now: app.demo_shop(now, tmp_path), 1)
    done = replay(fixture, stage, in_real_time=False)
    assert [verdict for verdict in done.verdicts if not verdict.held] == []
    facts = [Record(entry.kind, entry.data) for entry in done.log.entries]
    check(name, result_of(facts))
