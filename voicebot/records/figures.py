"""Counting: what a call that is over adds to the figures of its day. Figures outlive calls and hold nothing private.

what            key                 count       total
calls           line                calls       seconds
minutes         line                calls       begun minutes
hour            00..23              calls
outcome         outcome             calls
handover        reason              calls
intent          wish                calls
mood            gravest mood        calls
asked           entry, or ?         questions
gap             upper bound in ms   answers     milliseconds
confidence      lower bound         turns       confidence
satisfaction    1..5                calls       points
product         product             calls
fault           product             calls about goods that do not work
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

import voicebot.records.tables  # noqa: F401 - the table below is declared there
from voicebot.store.model import Model

GAP_BOUNDS_MS = (200, 300, 400, 500, 600, 800, 1000, 1500, 2000, 3000, 5000)
BEYOND = "more"

Figure = tuple[str, str, int, float]


class Over(Protocol):
    """A call that is over, as its row tells it."""

    @property
    def line(self) -> str: ...
    @property
    def began(self) -> datetime: ...
    @property
    def seconds(self) -> float | None: ...
    @property
    def outcome(self) -> str: ...
    @property
    def mood(self) -> str: ...
    @property
    def handover(self) -> str: ...
    @property
    def satisfaction(self) -> int | None: ...
    @property
    def product(self) -> str: ...
    @property
    def fault(self) -> bool: ...
    @property
    def facts(self) -> Mapping[str, Any]: ...


def figures_of(row: Over) -> Iterator[Figure]:
    """(what, key, count, total) of a call that is over."""
    seconds, facts = row.seconds or 0.0, row.facts or {}
    yield "calls", row.line, 1, seconds
    yield "minutes", row.line, 1, float(math.ceil(seconds / 60))
    yield "hour", f"{row.began.hour:02d}", 1, 0.0
    yield "outcome", row.outcome, 1, 0.0
    yield "mood", row.mood, 1, 0.0
    if row.handover:
        yield "handover", row.handover, 1, 0.0
    if row.satisfaction is not None:
        yield "satisfaction", str(row.satisfaction), 1, float(row.satisfaction)
    if row.product:
        yield "product", row.product, 1, 0.0
        if row.fault:
            yield "fault", row.product, 1, 0.0
    yield from _listed(facts)


def _listed(facts: Mapping[str, Any]) -> Iterator[Figure]:
    for intent in facts.get("intents", ()):
        yield "intent", intent, 1, 0.0
    for entry in facts.get("asked", ()):
        yield "asked", entry, 1, 0.0
    for gap in facts.get("gaps", ()):
        bound = next((str(bound) for bound in GAP_BOUNDS_MS if gap <= bound), BEYOND)
        yield "gap", bound, 1, float(gap)
    for confidence in facts.get("confidences", ()):
        yield "confidence", f"{min(9, int(confidence * 10)) / 10:.1f}", 1, float(confidence)


def count(connection: Connection, row: Over) -> None:
    """Add this call to the figures of its day; to be done once, in the transaction that closes it."""
    sums: dict[tuple[str, str], tuple[int, float]] = {}
    for what, key, number, total in figures_of(row):
        before = sums.get((what, key[:80]), (0, 0.0))
        sums[what, key[:80]] = (before[0] + number, before[1] + total)
    day = row.began.date()
    rows = [
        {"day": day, "what": what, "key": key, "count": number, "total": total}
        for (what, key), (number, total) in sorted(sums.items())
    ]
    connection.execute(_ADD[connection.dialect.name], rows)


def _adding(insert: Any) -> Any:
    table = Model.metadata.tables["call_figures"]
    adding = insert(table)
    more = {name: table.c[name] + adding.excluded[name] for name in ("count", "total")}
    return adding.on_conflict_do_update(index_elements=["day", "what", "key"], set_=more)


_ADD = {"sqlite": _adding(sqlite.insert), "postgresql": _adding(postgresql.insert)}
