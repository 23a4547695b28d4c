"""A campaign under fire: diallers compete and are killed at random points; the carrier's log says what they did.

    python -m benchmarks.campaign --contacts 10000 --kills 20 --database sqlite:///var/campaign-bench.db
    python -m benchmarks.campaign --contacts 10000 --kills 20 --database postgresql://user@host/empty

Two diallers work on one campaign in a time that runs `--speed` times as fast as the clock's, and leaps over hours in
which nobody is rung. At random points one of them is killed (SIGKILL) and another begins. Afterwards every call in the
carrier's own log is held against what was agreed, by code that shares nothing with the dialler: nobody rung twice at
once, nobody forgotten, no rule broken. The database must be empty or absent; an SQLite file is made anew.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import random
import signal
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[1]
BEGIN = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
"""Half past nine in Shanghai, a Friday."""
ZONE = ZoneInfo("Asia/Shanghai")
LINES = 200
RETRIES = {
    "busy": (15, 2),
    "no_answer": (120, 2),
    "machine": (240, 1),
    "cut_off": (30, 1),
    "failed": (10, 2),
    "lost": (30, 1),
    "rejected": (60, 0),
}
"""Minutes until the next call, and how often."""
MOST_TRIES, MOST_CALLBACKS = 4, 2
CAMPAIGN = f"""
name: fire
title: 压力测试
class: commercial
law: china
dialogue: none.yaml
line: simulated
windows: ["09:00-12:00", "14:00-20:00"]
pace: {{lines: {LINES}, per_minute: 100000}}
retries:
  most: {MOST_TRIES}
  callbacks: {MOST_CALLBACKS}
  after:
"""
CAMPAIGN += "".join(
    f"    {name}: {{after: {minutes}m, times: {times}}}\n" for name, (minutes, times) in RETRIES.items()
)


@dataclass(frozen=True)
class Fire:
    """One run."""

    url: str
    log: Path
    contacts: int
    kills: int
    speed: float
    seed: int
    lease_s: float = 4.0
    within_s: float = 1.5
    """In seconds of the clock; the campaign's time runs `speed` times as fast."""


@dataclass(frozen=True)
class Clock:
    """The campaign's time, the same in every process: `file` holds the seconds that were leapt over."""

    began: float
    speed: float
    file: Path

    def __call__(self) -> datetime:
        return BEGIN + timedelta(seconds=(time.time() - self.began) * self.speed + self.leapt)

    @property
    def leapt(self) -> float:
        """Seconds that were leapt over."""
        return float(struct.unpack("d", self.file.read_bytes())[0])

    def leap(self, to: datetime) -> None:
        """Go on at this time, for all processes at once."""
        seconds = self.leapt + (to - self()).total_seconds()
        handle = os.open(self.file, os.O_WRONLY)
        os.pwrite(handle, struct.pack("d", seconds), 0)
        os.close(handle)


def phone(number: int) -> str:
    """The n-th contact's number."""
    return f"+86138{number:08d}"


def prepare(fire: Fire) -> None:
    """The campaign with its contacts: one in fifty gives no consent, one in fifty has said no before."""
    from voicebot.campaign.contacts import Contact, Contacts
    from voicebot.campaign.definition import read_campaign
    from voicebot.campaign.law import read_law
    from voicebot.campaign.phones import read_number
    from voicebot.campaign.plan import Consented, Terms
    from voicebot.outbound.campaigns import Campaigns
    from voicebot.outbound.importing import Table, import_table
    from voicebot.store.migrate import open_database, upgrade

    upgrade(fire.url)
    database = open_database(fire.url)
    law = read_law((ROOT / "config" / "law" / "china.yaml").read_text("utf-8"), "china.yaml")
    campaigns = Campaigns(database, "benchmark", lambda: BEGIN)
    campaigns.create(Terms(read_campaign(CAMPAIGN, "fire.yaml")[0], law), "fire.yaml")
    campaigns.opt_out([phone(number) for number in range(fire.contacts) if number % 50 == 7], "letter")
    given = Consented("form", datetime(2026, 1, 1, tzinfo=UTC))
    contacts = tuple(
        Contact(number + 2, read_number(phone(number)), {}, None if number % 50 == 3 else given)
        for number in range(fire.contacts)
    )
    import_table(campaigns, "fire", Table("made", "0" * 64, "none", Contacts(contacts, ())))
    campaigns.move("fire", "start")
    database.close()


def dial(fire: Fire, clock: Clock, owner: str) -> None:
    """One dialler, until the campaign is done or it is killed."""
    from voicebot.outbound.dialler import Dialler, DiallerOptions
    from voicebot.outbound.ledger import Ledger
    from voicebot.outbound.simulated import Behaviour, SimulatedCarrier
    from voicebot.store.migrate import open_database

    ledger = Ledger(
        open_database(fire.url),
        owner,
        timedelta(seconds=fire.lease_s * fire.speed),
        timedelta(seconds=fire.within_s * fire.speed),
    )
    carrier = SimulatedCarrier(fire.log, Behaviour(lines=LINES, seed=str(fire.seed)), clock)
    options = DiallerOptions(
        tick_s=0.02, longest=timedelta(seconds=max(3600, 30 * fire.speed)), after_error_s=0.2
    )
    asyncio.run(Dialler(ledger, {"simulated": carrier}, clock, options).run(asyncio.Event(), until_done=True))


def burn(fire: Fire, tell: Callable[[str], None]) -> dict[str, Any]:
    """Two diallers to the end, with kills on the way."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["voicebot.outbound.dialler", "voicebot.outbound.simulated", "voicebot.store.migrate"]
    )
    leapt = fire.log.with_suffix(".time")
    leapt.write_bytes(struct.pack("d", 0.0))
    chance, clock = random.Random(fire.seed), Clock(time.time(), fire.speed, leapt)
    quiet = Quiet(fire, clock)
    began, kills, number = time.monotonic(), 0, 0
    points = _points(fire, chance)
    diallers: list[Any] = []
    while True:
        while len(diallers) < 2:
            number += 1
            diallers.append(
                context.Process(target=dial, args=(fire, clock, f"dialler-{number}"), daemon=True)
            )
            diallers[-1].start()
        time.sleep(0.005)
        if points and _size(fire.log) >= points[0]:
            points.pop(0)
            time.sleep(chance.random() * 0.05)
            victim = diallers.pop(chance.randrange(2))
            if victim.is_alive():
                os.kill(victim.pid, signal.SIGKILL)
                kills += 1
                tell(f"killed {victim.pid} at {clock():%d %H:%M}")
            victim.join()
            continue
        if any(not one.is_alive() for one in diallers):
            break
        quiet.pass_over()
    for one in diallers:
        one.join()
    quiet.close()
    return {
        "seconds": round(time.monotonic() - began, 1),
        "kills": kills,
        "diallers": number,
        "until": clock().isoformat(),
    }


class Quiet:
    """Looks now and then whether nobody is rung; then the time leaps to when somebody is."""

    def __init__(self, fire: Fire, clock: Clock) -> None:
        from voicebot.store.migrate import open_database

        self._database = open_database(fire.url)
        self._clock = clock
        self._looked = time.monotonic()

    def pass_over(self) -> None:
        """Leap, if nobody rings and nobody is due."""
        from sqlalchemy import text

        if time.monotonic() - self._looked < 0.05:
            return
        self._looked = time.monotonic()
        with self._database.reading() as session:
            ringing = session.execute(
                text("SELECT count(*) FROM campaign_dials WHERE ringing IS NOT NULL")
            ).scalar()
            due = session.execute(
                text("SELECT min(due) FROM campaign_contacts WHERE state = 'waiting'")
            ).scalar()
        if ringing or due is None:
            return
        to = datetime.fromtimestamp(due / 1000, UTC)
        if to > self._clock() + timedelta(seconds=self._clock.speed):
            self._clock.leap(to)

    def close(self) -> None:
        """Give the database back."""
        self._database.close()


def _points(fire: Fire, chance: random.Random) -> list[int]:
    """After how many bytes of the log to kill: spread over the run by chance, the first while it is young."""
    whole = int(fire.contacts * 1.4 * 240)
    return sorted(chance.randrange(500, whole) for _ in range(fire.kills))


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


# -- what was agreed, checked without the dialler's code ------------------------------------------------------------


def check(fire: Fire, rows: list[tuple[str, str, str]]) -> dict[str, Any]:
    """What is wrong, by kind; `rows` are phone, state and outcome of every contact at the end."""
    log = [json.loads(line) for line in fire.log.read_text("utf-8").splitlines()]
    calls: dict[str, list[dict[str, Any]]] = {}
    for call in log:
        calls.setdefault(call["phone"], []).append(call)
    wrong = {
        "twice_at_once": sum(_overlaps(own) for own in calls.values()),
        "forbidden": sum(int(number[4:]) % 50 in {3, 7} or len(number) != 14 for number in calls),
        "outside_hours": sum(not _in_hours(call) for call in log),
        "too_often": sum(_too_often(own) for own in calls.values()),
        "after_no": sum(_after_the_end(own) for own in calls.values()),
        "too_early": sum(_too_early(own) for own in calls.values()),
        "too_many_tries": sum(_too_many(own) for own in calls.values()),
        "more_lines": max(0, _most_at_once(log) - LINES),
        "forgotten": sum(_forgotten(calls.get(number, []), state) for number, state, _ in rows),
        "result_lost": sum(_differs(calls.get(number, []), outcome) for number, _, outcome in rows),
    }
    return {
        "calls": len(log),
        "contacts_rung": len(calls),
        "most_at_once": _most_at_once(log),
        "wrong": wrong,
    }


def _rung(own: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted((call for call in own if call["event"] == "dial"), key=lambda call: call["at"])


def _overlaps(own: list[dict[str, Any]]) -> int:
    rung = _rung(own)
    return sum(later["at"] < earlier["ended"] for earlier, later in pairwise(rung))


def _in_hours(call: dict[str, Any]) -> bool:
    """Commercial calls: 9 to 12 and 14 to 20, on no holiday; a callback from half past eight to nine in the evening."""
    wall = datetime.fromtimestamp(call["at"], UTC).astimezone(ZONE)
    minute = wall.hour * 60 + wall.minute
    if call.get("callback"):
        return 510 <= minute < 1260
    free = wall.date() in {date(2027, 1, 1)}
    return (540 <= minute < 720 or 840 <= minute < 1200) and not free


def _too_often(own: list[dict[str, Any]]) -> int:
    """More than two within 24 hours, or four within seven days; what the customer wished for counts, but is allowed."""
    times = [(call["at"], call.get("callback")) for call in sorted(own, key=lambda call: call["at"])]
    wrong = 0
    for most, hours in ((2, 24), (4, 168)):
        for place, (at, wished) in enumerate(times):
            before = sum(at - hours * 3600 < other <= at for other, _ in times[:place])
            wrong += not wished and before >= most
    return wrong


def _after_the_end(own: list[dict[str, Any]]) -> int:
    over, wrong = None, 0
    for call in _rung(own):
        wrong += over is not None and call["at"] >= over
        if call["outcome"] in {"opted_out", "refused", "completed", "wrong_person", "bad_number"}:
            over = call["ended"]
    return wrong


def _too_early(own: list[dict[str, Any]]) -> int:
    rung, wrong = _rung(own), 0
    for earlier, later in pairwise(rung):
        if earlier["outcome"] == "callback":
            wrong += later["at"] < earlier["wish"] - 0.01
        elif earlier["outcome"] in RETRIES:
            wrong += later["at"] < earlier["ended"] + RETRIES[earlier["outcome"]][0] * 60 - 0.01
    return wrong


def _too_many(own: list[dict[str, Any]]) -> int:
    outcomes = [call["outcome"] for call in _rung(own)]
    wished = outcomes.count("callback")
    return (len(outcomes) - wished > MOST_TRIES) + (wished > MOST_CALLBACKS + 1)


def _most_at_once(log: list[dict[str, Any]]) -> int:
    rung = [call for call in log if call["event"] == "dial"]
    moves = sorted([(call["at"], 1) for call in rung] + [(call["ended"], -1) for call in rung])
    now = most = 0
    for _, step in moves:
        now += step
        most = max(most, now)
    return most


def _forgotten(own: list[dict[str, Any]], state: str) -> int:
    """Whoever may be rung was rung, and is done or was tried often enough."""
    return state not in {"done", "spent", "refused"} or (not own and state != "refused")


def _differs(own: list[dict[str, Any]], outcome: str) -> int:
    """The book's last outcome is that of the last call."""
    last = _last(own)
    return outcome != last


def _last(own: list[dict[str, Any]]) -> str:
    known = sorted(own, key=lambda call: call["at"])
    return ("failed" if known[-1]["event"] == "refused" else known[-1]["outcome"]) if known else ""


def contacts_of(url: str) -> list[tuple[str, str, str]]:
    """Phone, state and outcome of every contact."""
    from sqlalchemy import text

    from voicebot.store.migrate import open_database

    database = open_database(url)
    try:
        with database.reading() as session:
            query = text("SELECT phone, state, outcome FROM campaign_contacts")
            return [(str(row[0]), str(row[1]), str(row[2])) for row in session.execute(query)]
    finally:
        database.close()


def run(fire: Fire, tell: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """Prepare, burn, check."""
    prepare(fire)
    burnt = burn(fire, tell)
    rows = contacts_of(fire.url)
    states: dict[str, int] = {}
    for _, state, _ in rows:
        states[state] = states.get(state, 0) + 1
    return {**burnt, "contacts": len(rows), "states": states, **check(fire, rows)}


def _table(database: str, found: dict[str, Any]) -> str:
    """The run for people."""
    states = ", ".join(f"{count} {state}" for state, count in sorted(found["states"].items()))
    head = (
        f"{database}: {found['contacts']} contacts ({states}), {found['calls']} calls, "
        f"at most {found['most_at_once']} at once; 2 diallers, {found['kills']} killed, in {found['seconds']} s"
    )
    wrong = [f"  {kind.replace('_', ' '):<16} {count}" for kind, count in found["wrong"].items()]
    return "\n".join([head, "what was wrong, by the carrier's log:", *wrong])


def main() -> int:
    """The command line."""
    read = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    read.add_argument("--contacts", type=int, default=10_000)
    read.add_argument("--kills", type=int, default=20)
    read.add_argument("--speed", type=float, default=300.0)
    read.add_argument("--seed", type=int, default=1)
    read.add_argument("--database", default="sqlite:///var/campaign-bench.db")
    read.add_argument("--json", action="store_true")
    read.add_argument("--log", type=Path, default=Path("var/campaign-bench.jsonl"))
    given = read.parse_args()
    given.log.parent.mkdir(parents=True, exist_ok=True)
    given.log.unlink(missing_ok=True)
    if given.database.startswith("sqlite:///"):
        for ending in ("", "-wal", "-shm"):
            Path(given.database.removeprefix("sqlite:///") + ending).unlink(missing_ok=True)
    fire = Fire(given.database, given.log, given.contacts, given.kills, given.speed, given.seed)
    found = run(fire, lambda text: print(text, file=sys.stderr))
    database = given.database.partition(":")[0]
    print(
        json.dumps({"database": database, "speed": fire.speed, "seed": fire.seed, **found})
        if given.json
        else _table(database, found)
    )
    return 1 if any(found["wrong"].values()) or found["kills"] < given.kills else 0


if __name__ == "__main__":
    sys.exit(main())
