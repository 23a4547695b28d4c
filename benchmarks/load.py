"""Many callers at once on a real server: answer gaps, pacing, losses, processor time and memory.

    python -m benchmarks.load                                    a row for each of 5 to 40 callers, and media alone
    python -m benchmarks.load --calls 20 --seconds 60            recorded calls, half of them over AudioSocket
    python -m benchmarks.load --calls 500 --seconds 60 --silent  media only: nobody says a word

The server is `voicebot serve` in a process of its own with the demonstration shop; the callers are in this process, on
the same machine, and their share of the processor is told too. A caller who has finished rings again, with the next
recording. Gaps are measured where the caller is: from the end of his last sound to the bot's first.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import numpy as np
from twilio.request_validator import RequestValidator

from voicebot.events import Event, Heard
from voicebot.replay.caller import FixtureCaller
from voicebot.replay.driver import Peer
from voicebot.replay.far_end import Told, ring_audiosocket
from voicebot.replay.far_end_twilio import TwilioCaller
from voicebot.replay.fixture import Fixture, fixture_paths, load_fixture
from voicebot.runtime.clock import SystemClock
from voicebot.runtime.pacer import Pacer

ROOT = Path(__file__).resolve().parents[1]
TOKEN = "0123456789abcdef0123456789abcdef"
TICK = os.sysconf("SC_CLK_TCK")
PATIENCE_S = 150.0
START = "from voicebot.cli import main; main()"
COUNTED = ("voicebot_errors_total", "voicebot_calls_total", "voicebot_pacer", "voicebot_transfers_total")

SETTINGS = """
[shop]
database = "sqlite:///{folder}/shop.db"
[voice]
engine = "{voice}"
[recording]
on = false
[server]
port = {http}
calls = 2000
per_caller = 2000
secret = "load"
stop_within_s = 1
[asterisk]
on = true
port = {audio}
secret = "load"
[asterisk.numbers]
default = "600"
[twilio]
account_sid = "AC{zeros}"
auth_token = "{token}"
api_url = "http://127.0.0.1:9"
"""


@dataclass
class Seen:
    """What all callers together have seen."""

    gaps_ms: list[int] = field(default_factory=list)
    barge_in_ms: list[int] = field(default_factory=list)
    intervals_s: list[float] = field(default_factory=list)
    frames: int = 0
    expected: float = 0.0
    finished: int = 0
    refused: int = 0
    broken: list[str] = field(default_factory=list)
    memory_mb: list[float] = field(default_factory=list)


class Silent:
    """A caller who never says a word; sends silence, and rings off after a while."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def tick(self, at: float, bot_speaks: bool) -> list[Event]:
        return [Heard(at, bytes(320))]

    def transfer(self, at: float, to: str) -> Event:
        raise NotImplementedError


@dataclass
class Callers:
    """All simulated callers."""

    http: int
    audio: int
    fixtures: list[Fixture]
    seconds: float
    client: httpx.AsyncClient
    clock: SystemClock = field(default_factory=SystemClock)
    seen: Seen = field(default_factory=Seen)

    def __post_init__(self) -> None:
        self.pacer = Pacer(self.clock)
        self.until = self.clock.now() + self.seconds

    async def one(self, number: int, ramp_s: float) -> None:
        """One caller, again and again."""
        await asyncio.sleep(ramp_s)
        turn = number
        while self.clock.now() < self.until:
            peer: Peer = Silent(self.seconds)
            if self.fixtures:
                peer = FixtureCaller(self.fixtures[turn % len(self.fixtures)])
            try:
                left = self.until - self.clock.now() + (PATIENCE_S if self.fixtures else 0.0)
                await self._call(number, turn, peer, left)
            except (OSError, httpx.HTTPError, LookupError) as error:
                self.seen.broken.append(f"{type(error).__name__}: {error}")
                await asyncio.sleep(1)
            turn += 1

    async def _call(self, number: int, turn: int, peer: Peer, left: float) -> None:
        told = await (self._asterisk if number % 2 else self._twilio)(
            peer, f"1380000{number:04d}", turn, left
        )
        seen = self.seen
        seen.finished += 1
        seen.frames += len(told.arrivals)
        if len(told.arrivals) > 1 and number % 2:
            steps = np.diff(told.arrivals)
            seen.intervals_s += [float(step) for step in steps]
            seen.expected += (told.arrivals[-1] - told.arrivals[0]) / 0.02 + 1
        if isinstance(peer, FixtureCaller):
            seen.gaps_ms += [times.gap_ms for times in peer.times if times.gap_ms is not None]
            seen.barge_in_ms += list(barge_ins(peer, told))

    async def _asterisk(self, peer: Peer, number: str, _: int, left: float) -> Told:
        caller = peer._fixture.script.caller if isinstance(peer, FixtureCaller) else number
        form = {"secret": "load", "caller": caller or "", "called": "4008"}
        name = (await self.client.post(f"http://127.0.0.1:{self.http}/asterisk/announce", data=form)).text
        line = await ring_audiosocket(("127.0.0.1", self.audio), UUID(name), peer, self.pacer, self.clock)
        try:
            return await asyncio.wait_for(asyncio.shield(line.done), left)
        except TimeoutError:
            line.hang_up()
            return await line.done

    async def _twilio(self, peer: Peer, number: str, turn: int, left: float) -> Told:
        caller = peer._fixture.script.caller if isinstance(peer, FixtureCaller) else number
        sid, base = f"CA{number}{turn:021d}", f"http://127.0.0.1:{self.http}"
        form = {"CallSid": sid, "From": caller or "anonymous", "To": "4008"}
        sign = RequestValidator(TOKEN).compute_signature
        signed = {"X-Twilio-Signature": sign(f"{base}/twilio/voice", form)}
        answer = await self.client.post(f"{base}/twilio/voice", data=form, headers=signed)
        parameter = ET.fromstring(answer.text).find("Connect/Stream/Parameter")
        if parameter is None:
            self.seen.refused += 1
            raise LookupError("refused")
        line = TwilioCaller(peer, self.pacer, self.clock)
        url = f"ws://127.0.0.1:{self.http}/twilio/media"
        signed = {"X-Twilio-Signature": sign(url, {})}
        running = asyncio.create_task(line.run(url, signed, sid, parameter.attrib["value"]))
        try:
            return await asyncio.wait_for(asyncio.shield(running), left)
        except TimeoutError:
            line.hang_up()
            return await running


def barge_ins(peer: FixtureCaller, told: Told) -> Iterator[int]:
    """From the beginning of each barge-in to the end of the last sound of the bot before it fell silent."""
    for turn, times in zip(peer._turns, peer.times, strict=True):
        if getattr(turn, "barge_in_ms", None) is None or times.speech_start is None or times.silenced is None:
            continue
        loud = [at for at, sounds in told.loud if sounds and at <= times.silenced]
        if loud:
            yield round((loud[-1] + 0.02 - times.speech_start) * 1000)


def free_port() -> int:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return int(place.getsockname()[1])


@contextlib.contextmanager
def settings(voice: str, http: int, audio: int) -> Iterator[Path]:
    """A folder of settings with the demonstration shop of today."""
    from voicebot.app import demo_database

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "config").mkdir()
        for part in ("dialogues", "knowledge"):
            (folder / "config" / part).symlink_to(ROOT / "config" / part)
        (folder / "config" / "rules.yaml").symlink_to(ROOT / "config" / "rules.yaml")
        (folder / "grammars").symlink_to(ROOT / "grammars")
        shutil.copyfile(demo_database(date.today()), folder / "shop.db")
        text = SETTINGS.format(
            folder=folder, voice=voice, http=http, audio=audio, token=TOKEN, zeros="0" * 32
        )
        (folder / "config" / "voicebot.toml").write_text(text, encoding="utf-8")
        yield folder / "config"


def processor_s(pid: int | str) -> float:
    """Seconds of processor time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def memory_mb(pid: int) -> float:
    """Resident memory now."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20


async def ready(client: httpx.AsyncClient, port: int, process: asyncio.subprocess.Process) -> None:
    while process.returncode is None:
        with contextlib.suppress(httpx.HTTPError):
            if (await client.get(f"http://127.0.0.1:{port}/ready")).status_code == 200:
                return
        await asyncio.sleep(0.5)
    raise SystemExit("the server did not start; its words are above")


async def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Start a server, ring it, and say what was seen."""
    http, audio = free_port(), free_port()
    fixtures = (
        [] if options.silent else [load_fixture(path) for path in fixture_paths(ROOT / "audio_fixtures")]
    )
    fixtures = [one for one in fixtures if not options.only or one.name in options.only.split(",")]
    limits = httpx.Limits(max_connections=50)
    with settings(options.voice, http, audio) as folder:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", START, "serve", "--config", str(folder), stderr=options.log
        )
        async with httpx.AsyncClient(trust_env=False, limits=limits, timeout=20) as client:
            try:
                await ready(client, http, process)
                callers = Callers(http, audio, fixtures, options.seconds, client)
                before = processor_s(process.pid), processor_s("self"), callers.clock.now()
                watch = asyncio.create_task(watch_memory(process.pid, callers.seen))
                ramp = min(20.0, options.seconds / 4)
                jobs = [callers.one(n, n * ramp / options.calls) for n in range(options.calls)]
                await asyncio.gather(*jobs)
                watch.cancel()
                took = callers.clock.now() - before[2]
                cores = (processor_s(process.pid) - before[0]) / took
                own = (processor_s("self") - before[1]) / took
                metrics = (await client.get(f"http://127.0.0.1:{http}/metrics")).text
            finally:
                if process.returncode is None:
                    process.send_signal(signal.SIGTERM)
                await process.wait()
    return report(options, callers.seen, metrics) | {
        "server_cores": round(cores, 3),
        "server_share_of_a_core_per_call": round(cores / options.calls, 4),
        "callers_cores": round(own, 3),
        "seconds": round(took, 1),
    }


async def watch_memory(pid: int, seen: Seen) -> None:
    while True:
        seen.memory_mb.append(memory_mb(pid))
        await asyncio.sleep(5)


def report(options: argparse.Namespace, seen: Seen, metrics: str) -> dict[str, Any]:
    errors = {
        line.rpartition(" ")[0]: float(line.rpartition(" ")[2])
        for line in metrics.splitlines()
        if line.startswith(
            ("voicebot_errors_total", "voicebot_calls_total", "voicebot_pacer", "voicebot_transfers_total")
        )
    }
    late = [abs(step - 0.02) for step in seen.intervals_s]
    return {
        "calls_at_once": options.calls,
        "media_only": options.silent,
        "voice": options.voice,
        "calls_finished": seen.finished,
        "calls_broken": seen.broken[:5],
        "answers": len(seen.gaps_ms),
        "answer_gap_ms": quantiles(seen.gaps_ms, 0),
        "barge_in_ms": quantiles(seen.barge_in_ms, 0),
        "frame_interval_error_ms": quantiles([1000 * value for value in late], 2),
        "frames_lost": round(max(0.0, seen.expected - len(seen.intervals_s) - seen.finished / 2), 1),
        "memory_mb": [round(value) for value in seen.memory_mb[:: max(1, len(seen.memory_mb) // 8)]],
        "server": errors,
    }


def quantiles(values: list[float] | list[int], digits: int) -> dict[str, float] | None:
    if not values:
        return None
    points = {"p50": 50, "p95": 95, "p99": 99, "max": 100}
    return {name: round(float(np.percentile(values, q)), digits) for name, q in points.items()}


SERIES = ((5, False), (10, False), (20, False), (40, False), (100, True), (500, True))
COLUMNS = ("calls", "", "answers", "gap p50", "gap p95", "barge-in p95", "frames off p99", "lost", "failures",
           "server cores", "callers' cores", "memory")  # fmt: skip


def row(found: dict[str, Any]) -> str:
    """One line of the table; times in milliseconds, memory in megabytes."""
    gap, barge = found["answer_gap_ms"] or {}, found["barge_in_ms"] or {}
    failures = sum(count for name, count in found["server"].items() if "errors" in name)
    values = (
        found["calls_at_once"],
        "silent" if found["media_only"] else "talking",
        found["answers"],
        gap.get("p50", "-"),
        gap.get("p95", "-"),
        barge.get("p95", "-"),
        found["frame_interval_error_ms"]["p99"],
        found["frames_lost"],
        int(failures),
        found["server_cores"],
        found["callers_cores"],
        found["memory_mb"][-1],
    )
    return "  ".join(f"{value!s:>{max(len(name), 7)}}" for name, value in zip(COLUMNS, values, strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calls", type=int, default=0, help="callers at once; without it: a series")
    parser.add_argument("--seconds", type=float, default=60, help="new calls begin for so long")
    parser.add_argument("--silent", action="store_true", help="media only")
    parser.add_argument("--voice", default="kokoro", choices=["kokoro", "espeak", "tone"])
    parser.add_argument("--only", default="", help="names of recordings, with commas between")
    parser.add_argument(
        "--log", type=argparse.FileType("w"), default=None, help="the server's words go there"
    )
    parser.add_argument("--json", action="store_true", help="everything, instead of a row of the table")
    options = parser.parse_args()
    if not options.json:
        print("  ".join(f"{name:>{max(len(name), 7)}}" for name in COLUMNS), flush=True)
    for calls, silent in ((options.calls, options.silent),) if options.calls else SERIES:
        options.calls, options.silent = calls, silent
        found = asyncio.run(measure(options))
        print(json.dumps(found, ensure_ascii=False) if options.json else row(found), flush=True)


if __name__ == "__main__":
    main()
