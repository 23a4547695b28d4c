"""SIGKILL in the middle of fifty calls: every finished turn is there, nothing is half-written, the next start tells."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.records.live import CALLS, opened
from voicebot.records.archive import Sought
from voicebot.records.figures import figures_of
from voicebot.records.memory import Memory
from voicebot.records.recordings import peaks
from voicebot.records.report import report
from voicebot.records.tables import ActRow, CallRow, TurnRow

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, empty: Path, tmp_path: Path) -> str:
    """An empty database of either kind."""
    if request.param == "sqlite":
        (tmp_path / "shop.db").write_bytes(empty.read_bytes())
        return f"sqlite:///{tmp_path / 'shop.db'}"
    memory: Memory = request.getfixturevalue("on_postgres")
    return memory.database.url.render_as_string(hide_password=False)


@pytest.mark.parametrize("lines", [3, 1501])
def test_killed_in_the_middle_of_fifty_calls(url: str, tmp_path: Path, lines: int) -> None:
    told = killed(tmp_path, url, lines)
    memory, remembering = opened(tmp_path, url)
    cut = remembering.tidy()
    remembering.close()
    assert len(cut) >= CALLS - 1
    calls = memory.archive.find(Sought(), 10_000).calls
    names = {call.name: call.id for call in calls}
    assert {call.state for call in calls} <= {"ended", "cut"}
    assert {call.name for call in calls if call.state == "cut"} == {name for name, _ in cut}
    whole = {name: memory.archive.call(number) for name, number in names.items()}
    for name, call in whole.items():
        assert call is not None
        numbers = [turn.number for turn in call.turns]
        assert numbers == list(range(1, len(numbers) + 1)), name
        assert call.summary.turns == sum(turn.who == "caller" for turn in call.turns)
        assert all(turn.text for turn in call.turns)
    for name, number in told:
        call = whole[name]
        assert call is not None
        assert number <= len(call.turns), (name, number)
    saved = [call for call in memory.archive.find(Sought(state="cut"), 10_000).calls if call.recording]
    if lines > 1000:
        assert saved
    for one in saved:
        wav = memory.recordings.wav(str(one.recording))
        assert wav is not None
        assert peaks(wav)[0] > 0.9
    assert not list((tmp_path / "calls").glob("*.part"))
    check_figures(memory.database)
    after, again = opened(tmp_path, url)
    assert again.tidy() == []
    again.close()
    after.database.close()
    memory.database.close()


def killed(folder: Path, url: str, lines: int) -> list[tuple[str, int]]:
    """Run the process until it has told so many turns, kill it, and give all that it told."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.records.live", str(folder), url]
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    told = [running.stdout.readline() for _ in range(lines)]
    os.kill(running.pid, signal.SIGKILL)
    told += running.stdout.readlines()
    running.stdout.close()
    assert running.wait() == -signal.SIGKILL
    return [(line.split()[0], int(line.split()[1])) for line in told if line.endswith("\n")]


def check_figures(database: object) -> None:
    """The figures are those of the calls, each counted once; no turn or act hangs in the air."""
    from collections import Counter
    from datetime import date

    from voicebot.store.database import Database

    assert isinstance(database, Database)
    counted: Counter[tuple[str, str]] = Counter()
    with database.reading() as session:
        for row in session.scalars(select(CallRow)):
            for what, key, number, _ in figures_of(row):
                counted[what, key] += number
        rows = {row for (row,) in session.execute(select(CallRow.id))}
        for kind in (TurnRow, ActRow):
            assert {row for (row,) in session.execute(select(kind.call_id).distinct())} <= rows
    day = date(2026, 11, 20)
    found = report(database, day, day)
    assert {(what, key): count for what in found.sums for key, count in found.counts(what)} == dict(counted)
