"""Many callers at once on a real server: answer gaps, losses, pacing, blocks of the loop, processor and memory.

    python -m benchmarks.load                             recorded callers, 5 to 40 at once, and 100 and 500 silent ones
    python -m benchmarks.load --calls 40 --minutes 3      so many at once, half of them over AudioSocket, half as Twilio
    python -m benchmarks.load --calls 40 --minutes 30     does the memory stay as it is?
    python -m benchmarks.load --calls 40 --talk recorded  they say what was recorded and no more
    python -m benchmarks.load --silent 500 --minutes 1    media only: nobody says a word

The server is `voicebot serve` in a process of its own with the demonstration shop; the callers are in this process, on
the same machine, and what they take of the processor is told too. Who has finished rings again with the next
recording. Gaps are measured where the caller is: from the end of his last sound to the bot's first. A frame counts as
lost when AudioSocket, on which every 20 ms are due, brought fewer than the time that passed. The recorded callers speak
a tenth of the time; so they tell stories and cut in until they have 30 % of the time and the bot 40 (_talkers.py),
unless `--talk recorded` is asked for. Beneath each row stands where the gaps went, as the server saw them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from benchmarks import _turns
from benchmarks._callers import WIRES, Callers, Seen
from benchmarks._server import (
    ROOT,
    START,
    Watch,
    cores_s,
    free_port,
    metrics,
    processor_s,
    ready,
    settings,
    watch,
    whole_processor_s,
)
from benchmarks._talkers import BOT_SHARE, CALLER_SHARE, stories
from voicebot.replay.fixture import Fixture, fixture_paths, load_fixture
from voicebot.replay.script import CallerTurn

SERIES = ((5, False), (10, False), (20, False), (40, False), (100, True), (500, True))
WATCHED = (
    "voicebot_loop_longest_block_seconds", "voicebot_loop_blocks_too_long", "voicebot_loop_rounds",
    "voicebot_pacer_late_p99_seconds", "voicebot_hearing_lag_seconds", "voicebot_speaking_lag_seconds",
    "voicebot_hearing_frugal", "voicebot_work_refused", "voicebot_speech_starved_seconds_total",
)  # fmt: skip

PARTS = ("loop", "hearing", "reading", "speaking", "looking")
"""Whose processor time the server tells; the voices' own processes are the rest."""


def recordings(options: argparse.Namespace) -> list[Fixture]:
    """Who calls: by default all who say anything."""
    found = [load_fixture(path) for path in fixture_paths(ROOT / "audio_fixtures")]
    if options.only:
        return [one for one in found if one.name in options.only.split(",")]
    return [one for one in found if any(isinstance(turn, CallerTurn) for turn in one.script.turns)]


async def measure(options: argparse.Namespace, calls: int, *, silent: bool) -> dict[str, Any]:
    """Start a server, ring it, and say what was seen."""
    http, audio = free_port(), free_port()
    limits = httpx.Limits(max_connections=50)
    with settings(options, http, audio) as folder:
        log = options.log or folder.parent / "server.log"
        with log.open("wb") as words:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-c", START, "serve", "--config", str(folder), stdout=words, stderr=words
            )
        async with httpx.AsyncClient(trust_env=False, limits=limits, timeout=60) as client:
            try:
                await ready(client, http, process)
                await asyncio.sleep(options.settle)
                fixtures = [] if silent else recordings(options)
                wires = (options.wire,) if options.wire else WIRES
                voices = sorted({one.script.voice for one in fixtures})
                told = stories(voices) if options.talk == "natural" and fixtures else None
                callers = Callers(http, audio, fixtures, options.minutes * 60, client, wires, told)
                found = await ring(options, calls, callers, process.pid)
            finally:
                if process.returncode is None:
                    process.send_signal(signal.SIGTERM)
                await process.wait()
        return found | {"where": _turns.report(_turns.read(log))}


async def ring(options: argparse.Namespace, calls: int, callers: Callers, pid: int) -> dict[str, Any]:
    """All callers, until the last has finished."""
    first = await metrics(callers.client, callers.http)  # from here on the longest block is that of the calls
    seen, clock = Watch(), callers.clock
    before = whole_processor_s(pid), processor_s("self"), cores_s(), clock.now()
    watching = asyncio.create_task(
        watch(pid, callers.http, callers.client, seen, asyncio.get_running_loop().time())
    )
    ramp = min(20.0, callers.seconds / 4)
    await asyncio.gather(*(callers.one(number, number * ramp / calls) for number in range(calls)))
    took = clock.now() - before[3]
    used = whole_processor_s(pid) - before[0], processor_s("self") - before[1]
    cores = [(b[0] - a[0]) / (b[1] - a[1]) for a, b in zip(before[2], cores_s(), strict=True)]
    watching.cancel()
    seen.metrics = await metrics(callers.client, callers.http)
    seen.blocks_s.append(seen.metrics.get("voicebot_loop_longest_block_seconds", 0.0))
    silent = not callers.fixtures
    found = report(callers.seen, seen) | {"calls_at_once": calls, "silent": silent, "voice": options.voice}
    found["speaking_at_once"] = round(calls * (found["caller_share"] or 0.0), 1)
    return found | {
        "seconds": round(took, 1),
        "server_cores": round(used[0] / took, 3),
        "server_parts": {
            name: round((seen.metrics.get(key, 0.0) - first.get(key, 0.0)) / took, 3)
            for name, key in ((name, f"voicebot_{name}_processor_seconds") for name in PARTS)
        },
        "server_core_percent_per_call": round(100 * used[0] / took / calls, 3),
        "callers_cores": round(used[1] / took, 3),
        "machine_cores": [round(share, 2) for share in cores],
    }


def report(seen: Seen, watched: Watch) -> dict[str, Any]:
    """What was seen, in figures."""
    metrics = watched.metrics
    errors = {name: value for name, value in metrics.items() if name.startswith("voicebot_errors_total")}
    memory = [value for _, value in watched.memory_mb]
    return {
        "calls": seen.calls,
        "calls_refused": seen.refused,
        "calls_broken": len(seen.broken),
        "broken": seen.broken[:5],
        "answers": len(seen.gaps_ms),
        "unanswered": seen.unanswered,
        "unanswered_where": dict(seen.unanswered_where),
        "caller_share": round(seen.caller_s / seen.call_s, 3) if seen.call_s else None,
        "bot_share": round(seen.bot_s / seen.call_s, 3) if seen.call_s else None,
        "gap_ms": quantiles(seen.gaps_ms),
        "barge_in_ms": quantiles(seen.barge_in_ms),
        "frame_off_ms": {name: seen.intervals.quantile_ms(q) for name, q in (("p50", 0.5), ("p99", 0.99))},
        "frames": seen.frames,
        "frames_lost": max(0, round(seen.expected - seen.counted)),
        "loop_longest_block_ms": round(1000 * max(watched.blocks_s, default=0.0), 1),
        "hearing_lag_worst_s": round(max(watched.lags_s, default=0.0), 3),
        "memory_mb": [round(value) for value in memory[:: max(1, len(memory) // 10)]],
        "memory_growth_mb_per_minute": growth(watched.memory_mb),
        "server": {name: metrics[name] for name in WATCHED if name in metrics} | errors,
    }


def growth(memory: list[tuple[float, float]]) -> float | None:
    """Megabytes a minute over the second half, by least squares; None: too short to tell."""
    half = memory[len(memory) // 2 :]
    if len(half) < 6:
        return None
    return round(60 * float(np.polyfit([at for at, _ in half], [mb for _, mb in half], 1)[0]), 2)


def quantiles(values: list[int]) -> dict[str, int] | None:
    """Where half, 95 of 100, 99 of 100, and all of them lie below."""
    if not values:
        return None
    points = {"p50": 50, "p95": 95, "p99": 99, "max": 100}
    return {name: round(float(np.percentile(values, q))) for name, q in points.items()}


COLUMNS = (
    "calls", "talk", "at once", "answers", "none", "p50", "p95", "longest", "barge p95", "off p99", "lost", "broken",
    "block", "lag", "server", "callers", "cores", "memory",
)  # fmt: skip


def row(found: dict[str, Any]) -> str:
    """One line of the table; times in milliseconds, memory in megabytes."""
    gap, barge = found["gap_ms"] or {}, found["barge_in_ms"] or {}
    talk = "-" if found["silent"] else f"{found['caller_share']:.0%}+{found['bot_share']:.0%}"
    memory = found["memory_mb"]
    values = (
        found["calls_at_once"], talk, found["speaking_at_once"], found["answers"], found["unanswered"],
        gap.get("p50", "-"), gap.get("p95", "-"), gap.get("max", "-"), barge.get("p95", "-"),
        found["frame_off_ms"]["p99"],
        found["frames_lost"], found["calls_broken"] + found["calls_refused"], found["loop_longest_block_ms"],
        round(1000 * found["hearing_lag_worst_s"]), f"{found['server_cores']:.2f}",
        f"{found['callers_cores']:.2f}", "+".join(f"{share:.0%}" for share in found["machine_cores"]),
        f"{memory[0]}-{max(memory)}",
    )  # fmt: skip
    return "  ".join(f"{value!s:>{max(len(name), 6)}}" for name, value in zip(COLUMNS, values, strict=True))


MEANING = """
talk: the caller's and the bot's share of the time (a natural one: 30%+40%); at once: callers who speak at the same
time, on average (40 calls with 30 % of talk are 12); none: turns without an answer; p50 to longest: answer gap;
off: a frame's distance from its 20 ms; block: the loop's longest; lag: recognition's worst, looked at every 5 s;
server, callers: cores that each took, the voices' processes included; cores: how busy the machine's were; memory: the
server's, first and most. Stages of an answer: docs/load.md
"""


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calls", type=int, default=0, help="recorded callers at once; without it: a series")
    parser.add_argument("--silent", type=int, default=0, help="silent callers at once: media only")
    parser.add_argument("--minutes", type=float, default=1.0, help="new calls begin for so long")
    parser.add_argument("--voice", default="kokoro", choices=["kokoro", "espeak", "tone"])
    parser.add_argument("--wire", choices=WIRES, help="one wire instead of both")
    parser.add_argument("--only", default="", help="names of recordings, with commas between")
    parser.add_argument("--record", action="store_true", help="record the calls as well")
    parser.add_argument("--settle", type=float, default=10.0, help="seconds between the start and the calls")
    parser.add_argument(
        "--talk",
        choices=["natural", "recorded"],
        default="natural",
        help=f"natural: the caller speaks {CALLER_SHARE:.0%}% of the time, the bot some {BOT_SHARE:.0%}%",
    )
    parser.add_argument("--log", type=Path, default=None, help="the server's words go there")
    parser.add_argument("--json", action="store_true", help="everything, instead of a row of the table")
    return parser.parse_args()


def main() -> None:
    """Ring and print."""
    options = arguments()
    asked = [(options.calls, False)] * bool(options.calls) + [(options.silent, True)] * bool(options.silent)
    if not options.json:
        print("  ".join(f"{name:>{max(len(name), 6)}}" for name in COLUMNS), flush=True)
    for calls, silent in asked or SERIES:
        found = asyncio.run(measure(options, calls, silent=silent))
        if options.json:
            print(json.dumps(found, ensure_ascii=False), flush=True)
            continue
        print(row(found), flush=True)
        parts = ", ".join(f"{name} {cores:.2f}" for name, cores in found["server_parts"].items())
        print(f"    the server's {found['server_cores']:.2f} cores: {parts}", flush=True)
        if found["where"]:
            print(_turns.table(found["where"]), flush=True)
    if not options.json:
        print(MEANING.rstrip())


if __name__ == "__main__":
    main()
