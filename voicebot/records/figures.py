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
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from voicebot.records.tables import CallRow, FigureRow

GAP_BOUNDS_MS = (200, 300, 400, 500, 600, 800, 1000, 1500, 2000, 3000, 5000)
BEYOND = "more"

Figure = tuple[str, str, int, float]


def figures_of(row: CallRow) -> Iterator[Figure]:
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


def count(session: Session, row: CallRow) -> None:
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
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    adding = insert(FigureRow)
    session.execute(
        adding.on_conflict_do_update(
            index_elements=["day", "what", "key"],
            set_={
                "count": FigureRow.count + adding.excluded.count,
                "total": FigureRow.total + adding.excluded.total,
            },
        ),
        rows,
    )
