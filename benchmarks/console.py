"""The console with 100,000 stored calls: milliseconds of its pages through the HTTP application, on SQLite.

    python -m benchmarks.console [--calls N] [--rounds N]

Calls of ninety days are written by the same code that writes live ones; then every page is asked for several times in
turn, as a user who is logged in. Times are of the whole request in this process, without a network.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import httpx
from fastapi import FastAPI
from sqlalchemy import text

from voicebot.console.desk import Desk
from voicebot.console.gate import COOKIE
from voicebot.console.rooms import routers
from voicebot.records.memory import Memory
from voicebot.records.notes import Acted, Closed, Note, Opened, Said
from voicebot.records.recordings import FolderShelf
from voicebot.records.standing import Standing
from voicebot.records.vault import Vault
from voicebot.records.writing import Writing
from voicebot.store.migrate import open_database, upgrade
from voicebot.web.origin import Origins

NOW = datetime(2026, 11, 20, 18)
DAYS = 90
WISHES = (
    ("logistics_trace", "我想查一下我的快递到哪里了", 30),
    ("order_status", "帮我看看昨天下的订单发货没有", 20),
    ("return_goods", "这个衣服我不喜欢想退货", 18),
    ("refund_status", "退款怎么还没有到账", 10),
    ("repair_fault", "咖啡机坏了不出水", 6),
    ("complaint_quality", "质量太差了用两天就坏", 5),
    ("invoice", "麻烦给我开一张发票", 5),
    ("human_agent", "转人工", 6),
)
MOODS = ("neutral",) * 7 + ("anxious", "unhappy", "angry")
MORE = ("好的", "对", "订单尾号六六一二", "是上周买的那个", "可以", "没有了谢谢", "那就这样吧", "多久能到呢")


def told(number: int, count: int, rng: random.Random) -> Iterator[Note]:
    """One call: who, what, how it went."""
    name = f"call-{number:07d}"
    began = NOW - timedelta(days=DAYS) * (1 - number / count) + timedelta(seconds=rng.random())
    caller = f"138{rng.randrange(40_000):08d}"
    yield Opened(name, rng.choice(("asterisk", "browser", "chat")), began, caller)
    intent, words, _ = rng.choices(WISHES, [weight for *_, weight in WISHES])[0]
    standing, mood, at = Standing(), rng.choice(MOODS), 2.0
    yield Said(name, 1, 0.0, at, "bot", {"text": "您好，请问有什么可以帮您？"})
    sure = rng.uniform(0.5, 0.98)
    standing.heard([{"name": intent, "confidence": 0.9}], mood, sure)
    standing.gaps.append(rng.randrange(200, 900))
    standing.concerns(f"P{rng.randrange(60):03d}")
    content = {"text": words + rng.choice(MORE), "slots": {}, "alternatives": []}
    yield Said(name, 2, at, at + 3, "caller", content, sure, intent, mood, None, standing.columns())
    yield Acted(name, 1, at + 3, "look", "order", True, {"arguments": {"order_number": str(number)}})
    yield Said(name, 3, at + 4, at + 7, "bot", {"text": "查到了，已经发出。"}, gap_ms=standing.gaps[0])
    more = {"text": rng.choice(MORE)}
    yield Said(name, 4, at + 8, at + 9, "caller", more, sure, "affirm", "neutral", None, standing.columns())
    by = "transfer" if intent == "human_agent" else rng.choice(("caller", "bot"))
    standing.resolved = rng.random() < 0.8
    if rng.random() < 0.2:
        standing.satisfaction = rng.randrange(1, 6)
    columns = standing.columns() | {"outcome": standing.outcome(by)}
    yield Closed(name, rng.uniform(20, 300), by, "ended", columns)


def fill(memory: Memory, count: int) -> float:
    """Write so many calls; gives the seconds that it took."""
    writing, rng, began = Writing(memory.vault), random.Random(7), time.perf_counter()
    for first in range(0, count, 1000):
        with memory.database.writing() as session:
            for number in range(first, min(first + 1000, count)):
                for note in told(number, count, rng):
                    writing.write(session, note)
    with memory.database.writing() as session:
        session.execute(text("ANALYZE"))
    return time.perf_counter() - began


def pages(desk: Desk) -> dict[str, str]:
    """What is asked for, by what it is."""
    from voicebot.console.calls import closed
    from voicebot.records.archive import Sought

    def found(**sought: object) -> str:
        return f"/console/calls?q={closed(desk.memory.vault, Sought(**sought))}"  # type: ignore[arg-type]

    middle = desk.memory.archive.find(Sought(), 1).calls[0].id // 2
    return {
        "list": "/console/calls",
        "list, half way": f"/console/calls?after={middle}",
        "one intent": found(intent="return_goods"),
        "one mood and outcome": found(mood="angry", outcome="unresolved"),
        "a week": found(first=NOW.date() - timedelta(days=30), last=NOW.date() - timedelta(days=23)),
        "one caller": found(caller="13800000123"),
        "words, frequent": found(text="快递到哪里"),
        "words, rare together": found(text="咖啡机 多久能到"),
        "words that are not there": found(text="快递退货"),
        "words, intent and mood": found(text="退款", mood="angry", intent="refund_status"),
        "one call": f"/console/calls/{middle}",
        "numbers, 30 days": "/console/numbers",
        "numbers, 90 days": "/console/numbers?first=2026-08-23&last=2026-11-20",
        "tickets": "/console/tickets",
    }


async def measure(desk: Desk, rounds: int) -> dict[str, list[tuple[float, float]]]:
    """(milliseconds, milliseconds of processor) of each page, in turn."""
    app = FastAPI()
    for router in routers(desk):
        app.include_router(router)
    user = desk.memory.users.add("bench", "operations", "benchmark-user", NOW)
    secret = desk.memory.entrance.begin(user, NOW)
    asked = pages(desk)
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in asked}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://c", cookies={COOKIE: secret}
    ) as client:
        for _ in range(rounds):
            for name, path in asked.items():
                began, busy = time.perf_counter(), time.process_time()
                answer = await client.get(path)
                took = 1000 * (time.perf_counter() - began)
                times[name].append((took, 1000 * (time.process_time() - busy)))
                assert answer.status_code == 200, (name, answer.status_code)
    return times


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--folder", type=Path, help="keep the database here, and use it again")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="voicebot-") as made:
        run(wanted.folder or Path(made), wanted.calls, wanted.rounds)


def run(folder: Path, count: int, rounds: int) -> None:
    """The whole of it in this folder."""
    file = folder / "console.db"
    new = not file.exists()
    upgrade(str(file))
    database = open_database(str(file))
    memory = Memory(database, Vault(bytes(32)), FolderShelf(folder))
    if new:
        seconds = fill(memory, count)
        print(f"{count:,} calls were written in {seconds:.0f} s ({1000 * seconds / count:.2f} ms each)\n")
    if memory.users.named("bench") is not None:
        memory.users.remove("bench")
    desk = Desk(memory, Origins(), lambda: NOW, time.monotonic)
    times = asyncio.run(measure(desk, rounds))
    print(f"database: {file.stat().st_size / 2**20:.0f} MiB\n")
    print("| page | median ms | slowest ms | median ms of processor |\n|---|---|---|---|")
    for name, both in times.items():
        took, busy = zip(*both, strict=True)
        print(f"| {name} | {statistics.median(took):.0f} | {max(took):.0f} | {statistics.median(busy):.0f} |")
    database.close()


if __name__ == "__main__":
    main()
