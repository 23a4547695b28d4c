"""Every recorded call does what its fixture wants: with its own words, with real recognition, and in street noise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from voicebot.app import App
from voicebot.call.journal import replay as replay_journal
from voicebot.config import ROOT, load
from voicebot.replay.fixture import Fixture, fixture_paths, load_fixture, noisy
from voicebot.replay.log import read_journal
from voicebot.replay.run import Stage, replay

PATHS = fixture_paths(ROOT / "audio_fixtures")


@pytest.fixture(scope="session")
def bot() -> App:
    """The example shop's bot, with the tone voice: what it says is judged by its words."""
    return App(load()).with_voice("tone")


@pytest.fixture(scope="session")
def scripted(bot: App) -> Iterator[Stage]:
    with bot.stage(scripted=True) as stage:
        yield stage


@pytest.fixture(scope="session")
def hearing(bot: App) -> Iterator[Stage]:
    with bot.stage(scripted=False) as stage:
        yield stage


def failures(fixture: Fixture, stage: Stage) -> list[str]:
    result = replay(fixture, stage, in_real_time=False)
    assert result.verdicts, "a fixture must expect something"
    return [f"turn {v.turn}: {v.what} - got: {v.got}" for v in result.verdicts if not v.held]


def test_there_are_enough_calls() -> None:
    assert len(PATHS) >= 15


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_with_its_own_words(path: Path, scripted: Stage) -> None:
    assert failures(load_fixture(path), scripted) == []


@pytest.mark.engines
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_with_real_recognition(path: Path, hearing: Stage) -> None:
    assert failures(load_fixture(path), hearing) == []


@pytest.mark.engines
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_in_street_noise_at_15_db(path: Path, hearing: Stage) -> None:
    assert failures(noisy(load_fixture(path), "street", 15.0, seed=15), hearing) == []


def actions_again(bot: App, stage: Stage, fixture: Fixture, journal: Path, caller: bytes) -> list[Any]:
    """The steps of a journal in which a new call does something else."""
    _, lines = read_journal(journal)
    call = stage.call(fixture.name, fixture.script.at)
    steps = list(replay_journal(lines, call.receive, caller))
    assert len(steps) > 400
    return [
        (event, before, now)
        for event, before, now in steps
        if json.loads(json.dumps(now, default=str)) != before
    ]


@pytest.mark.parametrize("name", ["number_by_keys", "barge_in", "human_busy_callback"])
@pytest.mark.parametrize("in_real_time", [False, True], ids=["virtual time", "real time"])
def test_the_same_events_cause_the_same_actions(
    bot: App, scripted: Stage, tmp_path: Path, name: str, in_real_time: bool
) -> None:
    """A journal of either driver, fed to a new call, causes the same actions."""
    if in_real_time and name != "barge_in":
        pytest.skip("one call in real time is enough")
    fixture = load_fixture(ROOT / "audio_fixtures" / f"{name}.yaml")
    journal = tmp_path / "call.jsonl"
    result = replay(fixture, scripted, in_real_time=in_real_time, journal=journal)
    assert result.held, [v for v in result.verdicts if not v.held]
    assert actions_again(bot, scripted, fixture, journal, result.sides[0]) == []


def test_both_drivers_do_the_same(scripted: Stage, tmp_path: Path) -> None:
    """What the bot says, asks and does is the same in virtual and in real time."""
    fixture = load_fixture(ROOT / "audio_fixtures" / "asks_for_human.yaml")
    told = []
    for in_real_time in (False, True):
        log = replay(fixture, scripted, in_real_time=in_real_time).log
        told.append(
            [(e.kind, dict(e.data)) for e in log.entries if e.kind in {"say", "look", "understood", "asked"}]
        )
    assert told[0] == told[1]
