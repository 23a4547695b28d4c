"""The figures of some days as they are shown: sums, shares, percentiles from counted buckets, and alarms."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from voicebot.records.figures import BEYOND, GAP_BOUNDS_MS
from voicebot.records.tables import FigureRow
from voicebot.store.database import Database

RECENT_DAYS = 7
BEFORE_DAYS = 28
CHANCE = 0.01
"""An alarm that is false comes at most this often, over all products together."""
FEWEST = 3
"""Fewer calls than these about one product are no alarm, however rare they were."""

NOT_COUNTED = frozenset({"abandoned", "cut"})
"""Calls with these outcomes say nothing about what the bot can do."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """Calls about a product's faults, lately and before; `chance` that so many come without a reason."""

    product: str
    recent: int
    before: int
    expected: float
    chance: float
    rising: bool


@dataclass(frozen=True)
class Report:
    """Figures from `first` to `last`, both included: sums by what and key; of what is DRAWN also by day."""

    first: date
    last: date
    sums: Mapping[str, Mapping[str, tuple[int, float]]]
    daily: Mapping[tuple[str, str], Mapping[date, tuple[int, float]]]
    alarms: Sequence[Alarm]

    @property
    def days(self) -> list[date]:
        """Every day of it."""
        return [self.first + timedelta(n) for n in range((self.last - self.first).days + 1)]

    def counts(self, what: str) -> list[tuple[str, int]]:
        """Counts by key, the most frequent first."""
        found = [(key, count) for key, (count, _) in self.sums.get(what, {}).items()]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))

    def count(self, what: str) -> int:
        """All keys together."""
        return sum(count for count, _ in self.sums.get(what, {}).values())

    def mean(self, what: str) -> float | None:
        """Total by count, over all keys."""
        count = self.count(what)
        return sum(total for _, total in self.sums.get(what, {}).values()) / count if count else None

    def by_day(self, what: str, key: str | None = None) -> list[tuple[int, float]]:
        """(count, total) of each day, of one key or of all."""
        keys = [key] if key is not None else list(self.sums.get(what, {}))
        found = []
        for day in self.days:
            pairs = [self.daily[what, one][day] for one in keys if day in self.daily.get((what, one), {})]
            found.append((sum(count for count, _ in pairs), sum(total for _, total in pairs)))
        return found

    @property
    def contained(self) -> float | None:
        """The share of calls that were resolved without a human; hung up early and cut off do not count."""
        outcomes = dict(self.counts("outcome"))
        judged = sum(count for name, count in outcomes.items() if name not in NOT_COUNTED)
        return outcomes.get("resolved", 0) / judged if judged else None

    def contained_by_day(self) -> list[float | None]:
        """The same, day by day."""
        names = [name for name, _ in self.counts("outcome") if name not in NOT_COUNTED]
        judged = [
            sum(counts)
            for counts in zip(*[[c for c, _ in self.by_day("outcome", n)] for n in names], strict=True)
        ]
        done = [count for count, _ in self.by_day("outcome", "resolved")]
        return [
            part / whole if whole else None
            for part, whole in zip(done, judged or [0] * len(done), strict=True)
        ]

    def gap_percentile(self, share: float) -> int | None:
        """An upper bound in ms of so large a share of the answer gaps; None when there were none."""
        counts = {key: count for key, (count, _) in self.sums.get("gap", {}).items()}
        wanted, seen = share * sum(counts.values()), 0
        if not counts:
            return None
        for bound in GAP_BOUNDS_MS:
            seen += counts.get(str(bound), 0)
            if seen >= wanted:
                return bound
        return None if BEYOND not in counts else 2 * GAP_BOUNDS_MS[-1]

    def cost_fen(self, per_minute: Mapping[str, float]) -> float | None:
        """What all calls cost; None where no line has a price."""
        minutes = self.sums.get("minutes", {})
        priced = [total * per_minute[line] for line, (_, total) in minutes.items() if line in per_minute]
        return sum(priced) if priced else None


DRAWN = ("calls", "outcome", "intent", "satisfaction", "confidence", "gap")
"""What is drawn day by day; of the rest the sum is enough."""


def report(database: Database, first: date, last: date) -> Report:
    """The figures of these days; alarms compare the last week with the four before it."""
    start = last - timedelta(RECENT_DAYS + BEFORE_DAYS - 1)
    what, key, count, total = FigureRow.what, FigureRow.key, FigureRow.count, FigureRow.total
    within = FigureRow.day.between(first, last)
    whole = select(what, key, func.sum(count), func.sum(total)).where(within).group_by(what, key)
    drawn = select(FigureRow.day, what, key, count, total).where(within, what.in_(DRAWN))
    lately = FigureRow.day.between(start, last)
    faults = select(FigureRow.day, key, count).where(lately, what == "fault")
    volume = select(FigureRow.day, func.sum(count)).where(lately, what == "calls").group_by(FigureRow.day)
    sums: dict[str, dict[str, tuple[int, float]]] = defaultdict(dict)
    daily: dict[tuple[str, str], dict[date, tuple[int, float]]] = defaultdict(dict)
    with database.reading() as session:
        for kind, name, number, value in session.execute(whole):
            sums[kind][name] = (int(number), float(value))
        for day, kind, name, number, value in session.execute(drawn):
            daily[kind, name][day] = (number, value)
        calls = {day: int(number) for day, number in session.execute(volume)}
        broken = [(day, name, number) for day, name, number in session.execute(faults)]
    return Report(first, last, sums, daily, alarms(broken, calls, last))


def every_figure(database: Database, first: date, last: date) -> list[tuple[date, str, str, int, float]]:
    """(day, what, key, count, total) of these days, in order."""
    columns = (FigureRow.day, FigureRow.what, FigureRow.key, FigureRow.count, FigureRow.total)
    rows = select(*columns).where(FigureRow.day.between(first, last))
    with database.reading() as session:
        found = session.execute(rows.order_by(FigureRow.what, FigureRow.key, FigureRow.day))
        return [(day, what, key, count, total) for day, what, key, count, total in found]


def alarms(faults: Sequence[tuple[date, str, int]], calls: Mapping[date, int], last: date) -> list[Alarm]:
    """Products whose fault calls of the last week are more than the weeks before and all calls let expect.

    A conditional binomial test: if nothing has changed, each of a product's fault calls falls into the last week with
    the share that the last week has of all calls. Chances are Holm's over all products that had such a call at all, so
    that a hundred products raise no more false alarms than one. The most certain first.
    """
    week = last - timedelta(RECENT_DAYS - 1)
    start = week - timedelta(BEFORE_DAYS)
    recent, before = Counter[str](), Counter[str]()
    for day, product, count in faults:
        if start <= day <= last:
            (recent if day >= week else before)[product] += count
    now = sum(count for day, count in calls.items() if week <= day <= last)
    then = sum(count for day, count in calls.items() if start <= day < week)
    share = now / (now + then) if then else 1.0
    found = []
    for product in recent:
        tried = recent[product] + before[product]
        chance = at_least(recent[product], tried, share)
        found.append((chance, product, recent[product], before[product], share * tried))
    found.sort()
    told, worst, tried_at_all = [], 0.0, len({*recent, *before})
    for place, (chance, product, lately, earlier, expected) in enumerate(found):
        worst = max(worst, min(1.0, chance * (tried_at_all - place)))
        told.append(Alarm(product, lately, earlier, expected, worst, worst < CHANCE and lately >= FEWEST))
    return told


def at_least(hits: int, tries: int, share: float) -> float:
    """The chance of `hits` or more in `tries` when each is a hit with probability `share`: a binomial tail."""
    if hits <= 0 or share >= 1.0:
        return 1.0
    if share <= 0.0:
        return 0.0
    logs = [
        math.lgamma(tries + 1) - math.lgamma(k + 1) - math.lgamma(tries - k + 1)
        + k * math.log(share) + (tries - k) * math.log1p(-share)
        for k in range(hits, tries + 1)
    ]  # fmt: skip
    return min(1.0, math.fsum(math.exp(one) for one in logs))
