"""Two servers on one database: each knows that the other lives, and takes over only when it has died."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.records.live import CALLS, opened
from voicebot.records import attendance
from voicebot.records.archive import Sought
from voicebot.records.attendance import LEASE_S, Attendance, Server, begun

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def another(folder: Path, url: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that answers fifty calls; killed at the end."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.records.live", str(folder), url]
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    try:
        for _ in range(700):
            running.stdout.readline()
        yield running
    finally:
        running.kill()
        running.stdout.close()
        running.wait()


def test_the_calls_of_a_living_server_are_its_own(either_url: str, tmp_path: Path) -> None:
    with another(tmp_path, either_url) as other:
        memory, remembering = opened(tmp_path, either_url)
        assert remembering.tidy() == []
        running = memory.archive.find(Sought(state="running"), 1000).calls
        assert len(running) >= CALLS - 1
        parts = set((tmp_path / "calls").glob("*.part"))
        assert len(parts) >= 2 * CALLS
        assert len(Attendance(memory.database).living()) == 2
        other.send_signal(signal.SIGKILL)
        other.wait()
        assert len(Attendance(memory.database).living()) == 1
        remembering._beat()
        assert memory.archive.find(Sought(state="running")).calls == []
        cut = memory.archive.find(Sought(state="cut"), 1000).calls
        assert len(cut) >= CALLS - 1
        remembering.clerk.flush()
        assert any(call.recording for call in memory.archive.find(Sought(state="cut"), 1000).calls)
        assert not parts & set((tmp_path / "calls").glob("*.part"))
        remembering.close()
        assert Attendance(memory.database).living() == []
        memory.database.close()


def test_of_a_server_elsewhere_only_its_lease_is_known(
    either_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory, remembering = opened(tmp_path, either_url)
    remembering.tidy()
    there = Attendance(memory.database)
    elsewhere = Server(machine="another machine", pid=os.getpid(), began="1")
    now = [1_000_000.0]
    monkeypatch.setattr(attendance, "_now", lambda session: now[0])
    there.renew(elsewhere)
    now[0] += LEASE_S - 1
    assert elsewhere in there.living()
    there.renew(elsewhere)
    now[0] += LEASE_S - 1
    assert elsewhere in there.living()
    now[0] += 2
    assert elsewhere not in there.living()
    there.bury()
    now[0] -= 2
    assert elsewhere not in there.living()
    remembering.close()
    memory.database.close()


def test_a_number_that_was_given_to_another_process_is_not_the_server(
    either_url: str, tmp_path: Path
) -> None:
    memory, _remembering = opened(tmp_path, either_url)
    there = Attendance(memory.database)
    same, later = Server(), Server(began="1")
    there.renew(same)
    there.renew(later)
    assert [one.id for one in there.living()] == [same.id]
    assert begun(2**22 + 1) is None
    _remembering.close()
    memory.database.close()
