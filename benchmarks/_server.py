"""The server of the load: `voicebot serve` in a process of its own, and what it and the machine tell of it."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import httpx

from benchmarks._callers import SECRET, TOKEN

ROOT = Path(__file__).resolve().parents[1]
TICK = os.sysconf("SC_CLK_TCK")
START = "from voicebot.cli import main; main()"

SETTINGS = """
[shop]
database = "sqlite:///{folder}/shop.db"
[voice]
engine = "{voice}"
[recording]
on = {recorded}
folder = "{folder}/calls"
[privacy]
key_file = "{folder}/key"
[server]
port = {http}
calls = 2000
per_caller = 2000
secret = "{secret}"
stop_within_s = 1
lag_s = 1000
slow_s = 0
[asterisk]
on = true
port = {audio}
secret = "{secret}"
[asterisk.numbers]
default = "600"
[twilio]
account_sid = "AC{zeros}"
auth_token = "{token}"
api_url = "http://127.0.0.1:9"
"""


@dataclass
class Watch:
    """What the machine and the server told while calls went on."""

    memory_mb: list[tuple[float, float]] = field(default_factory=list)
    lags_s: list[float] = field(default_factory=list)
    blocks_s: list[float] = field(default_factory=list)
    metrics: dict[str, float] = field(default_factory=dict)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return int(place.getsockname()[1])


@contextlib.contextmanager
def settings(options: argparse.Namespace, http: int, audio: int) -> Iterator[Path]:
    """A folder of settings with the demonstration shop of today."""
    from voicebot.app.demo import demo_database

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "config").mkdir()
        for part in ("dialogues", "knowledge", "rules.yaml"):
            (folder / "config" / part).symlink_to(ROOT / "config" / part)
        (folder / "grammars").symlink_to(ROOT / "grammars")
        shutil.copyfile(demo_database(date.today()), folder / "shop.db")
        recorded = str(options.record).lower()
        text = SETTINGS.format(
            folder=folder, voice=options.voice, http=http, audio=audio, token=TOKEN, secret=SECRET,
            zeros="0" * 32, recorded=recorded,
        )  # fmt: skip
        (folder / "config" / "voicebot.toml").write_text(text, encoding="utf-8")
        yield folder / "config"


def processor_s(pid: int | str) -> float:
    """Seconds of processor time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / TICK


def whole_processor_s(pid: int) -> float:
    """The same of a process and its children, those that have ended included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICK + sum(map(processor_s, children(pid)))


def children(pid: int | str) -> list[str]:
    """The processes that it has started and that run."""
    return [
        child for file in Path(f"/proc/{pid}/task").glob("*/children") for child in file.read_text().split()
    ]


def cores_s() -> list[tuple[float, float]]:
    """Of each core: seconds in which it worked, and all of them."""
    found = []
    for line in Path("/proc/stat").read_text().splitlines():
        if line[:3] == "cpu" and line[3].isdigit():
            times = [int(value) / TICK for value in line.split()[1:9]]
            found.append((sum(times) - times[3] - times[4], sum(times)))
    return found


def memory_mb(pid: int) -> float:
    """Resident memory now, of the process and its children."""
    pages = sum(int(Path(f"/proc/{one}/statm").read_text().split()[1]) for one in (pid, *children(pid)))
    return pages * os.sysconf("SC_PAGESIZE") / 2**20


async def ready(client: httpx.AsyncClient, port: int, process: asyncio.subprocess.Process) -> None:
    """Wait until calls are taken."""
    while process.returncode is None:
        with contextlib.suppress(httpx.HTTPError):
            if (await client.get(f"http://127.0.0.1:{port}/ready")).status_code == 200:
                return
        await asyncio.sleep(0.5)
    raise SystemExit("the server did not start; look at its words with --log FILE")


async def metrics(client: httpx.AsyncClient, port: int) -> dict[str, float]:
    """Everything that the server counts."""
    text = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
    rows = (line.rpartition(" ") for line in text.splitlines() if line and line[0] != "#")
    return {name: float(value) for name, _, value in rows}


async def watch(pid: int, http: int, client: httpx.AsyncClient, seen: Watch, began: float) -> None:
    """Look every five seconds."""
    loop = asyncio.get_running_loop()
    while True:
        seen.memory_mb.append((loop.time() - began, memory_mb(pid)))
        with contextlib.suppress(httpx.HTTPError, OSError):
            found = await metrics(client, http)
            seen.lags_s.append(found.get("voicebot_hearing_lag_seconds", 0.0))
            seen.blocks_s.append(found.get("voicebot_loop_longest_block_seconds", 0.0))
        await asyncio.sleep(5)
