"""The first start makes an admin: its password is printed once, on standard output, and stands nowhere else."""

from __future__ import annotations

import io
import logging
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from voicebot.app import App
from voicebot.app.demo import demo_database
from voicebot.cli.serve import _remember
from voicebot.config import load
from voicebot.runtime.log import JsonLines
from voicebot.shop.demo.prepare import ANCHOR
from voicebot.store.database import Database
from voicebot.store.migrate import open_database

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings of a shop that was never started."""
    monkeypatch.delenv("VOICEBOT_KEY", raising=False)
    folder, file = tmp_path / "config", tmp_path / "shop.db"
    folder.mkdir()
    file.write_bytes(demo_database(ANCHOR).read_bytes())
    data = {"dialogue": "dialogues/hotline.yaml", "knowledge": "knowledge", "rules": "rules.yaml"}
    paths = [f'{name} = "{ROOT / "config" / path}"' for name, path in data.items()]
    lines = ["[shop]", f'database = "sqlite:///{file}"', "[paths]", *paths]
    lines += [f'grammars = "{ROOT / "grammars" / "zh-CN"}"', "[campaigns]", "on = false"]
    (folder / "voicebot.toml").write_text("\n".join(lines), encoding="utf-8")
    return folder


def started(settings: Path) -> None:
    """What a start does before the first call."""
    remembering = _remember(App(load(settings)))
    remembering.close()
    remembering.memory.database.close()


def everything_on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_the_password_is_printed_once_and_stands_nowhere(
    settings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stream, root = io.StringIO(), logging.getLogger()
    writer, level = logging.StreamHandler(stream), root.level
    writer.setFormatter(JsonLines())
    root.addHandler(writer)
    root.setLevel(logging.DEBUG)
    try:
        started(settings)
        first = capsys.readouterr()
        started(settings)
        second = capsys.readouterr()
    finally:
        root.removeHandler(writer)
        root.setLevel(level)
    password = first.out.strip()
    assert re.fullmatch(r"[\w\-]{16}", password)
    assert "admin" in first.err
    assert password not in first.err + second.err + stream.getvalue()
    assert second.out == ""
    kept = everything_on_disk(settings.parent)
    assert b"$argon2id$" in kept
    assert password.encode() not in kept


def test_two_servers_that_start_at_once_make_one_admin(database: Database) -> None:
    from datetime import datetime

    from voicebot.records.users import Users

    gate, made = threading.Barrier(4), []

    def start() -> None:
        gate.wait()
        made.append(Users(database).first_admin(datetime(2026, 11, 20)))

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (password,) = [one for one in made if one is not None]
    assert len(made) == 4
    assert Users(database).known("admin", password) is not None


@pytest.fixture
def database(either_url: str) -> Iterator[Database]:
    """An empty database of either kind."""
    found = open_database(either_url)
    yield found
    found.close()


@pytest.mark.engines
def test_a_whole_server_lets_the_first_admin_in_and_tells_nobody(settings: Path) -> None:
    """The process itself; what it writes to standard error is searched for personal data like all else."""
    program = "from voicebot.cli import main; main()"
    command = [
        sys.executable,
        "-c",
        program,
        "serve",
        "--voice",
        "tone",
        "--port",
        "0",
        "--config",
        str(settings),
    ]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        try:
            told, address = until_it_listens(running)
            metrics = visited(address)
        finally:
            running.send_signal(signal.SIGTERM)
            out, rest = running.communicate(timeout=60)
    password = out.strip()
    assert len(password) == 16
    assert password not in told + rest + metrics
    assert "13800006612" not in told + rest + metrics
    assert password.encode() not in everything_on_disk(settings.parent)
    assert running.returncode == 0


def until_it_listens(running: subprocess.Popen[str]) -> tuple[str, str]:
    """What it has told, and its address."""
    told = ""
    assert running.stderr is not None
    for line in running.stderr:
        told += line
        found = re.search(r"listening on (http://[\d.]+:\d+)", line)
        if found is not None:
            return told, found[1]
    raise AssertionError(told)


def visited(address: str) -> str:
    """Somebody looks at the metrics, and logs in with a number instead of a name; gives the metrics."""
    with httpx.Client(base_url=address, trust_env=False) as web:
        page = web.get("/console/login").text
        before = page.partition('name="before" value="')[2].partition('"')[0]
        wrong = {"name": "13800006612", "password": "wrong-password", "before": before}
        assert web.post("/console/login", data=wrong).status_code == 401
        return web.get("/metrics").text
