"""When things happened to an order, and the steps of its parcel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

LAST = time(8, 30)
"""On the anchor day nothing of the demonstration happens later than this."""

SENT = {"shipped", "in_transit", "out_for_delivery", "problem", "bounced"}
HAD = {"delivered", "completed", "returning", "exchanging", "refunded"}


@dataclass(frozen=True, slots=True)
class Times:
    """When an order was placed, paid, sent, received, closed, and when it is promised."""

    created: datetime
    paid: datetime | None
    shipped: datetime | None
    delivered: datetime | None
    closed: datetime | None
    promised: date | None


def times_of(status: str, created: datetime, received: date | None, today: date, rng: Random) -> Times:
    """Times that fit the state: everything before `LAST` on `today`, the promised day after it if still under way."""
    end = datetime.combine(today, LAST)
    paid = None if status == "unpaid" else min(created + timedelta(minutes=rng.randint(1, 20)), end)
    delivered = None
    if status in HAD:
        day = received or created.date() + timedelta(days=rng.randint(2, 4))
        delivered = min(datetime.combine(day, time(rng.randint(9, 19), rng.randint(0, 59))), end)
    shipped = None
    if status in SENT | HAD:
        until = delivered or end
        shipped = created + min(timedelta(hours=rng.randint(8, 20)), (until - created) * 0.3)
        shipped = shipped.replace(microsecond=0)
    closed = _closed(status, created, delivered, end, rng)
    promised = _promised(status, created.date(), delivered, today, rng)
    return Times(created, paid, shipped, delivered, closed, promised)


def _closed(
    status: str, created: datetime, delivered: datetime | None, end: datetime, rng: Random
) -> datetime | None:
    if status == "cancelled":
        return min(created + timedelta(hours=rng.randint(1, 6)), end)
    if status == "completed" and delivered is not None:
        return min(delivered + timedelta(days=10), end)
    if status == "refunded" and delivered is not None:
        return min(delivered + timedelta(days=8), end)
    return None


def _promised(
    status: str, created: date, delivered: datetime | None, today: date, rng: Random
) -> date | None:
    if status in {"unpaid", "cancelled", "bounced"}:
        return None
    if delivered is not None:
        return delivered.date()
    ahead = {"out_for_delivery": 0, "in_transit": 1, "shipped": 2, "to_ship": 3, "problem": 1}[status]
    return max(today + timedelta(days=ahead), created + timedelta(days=ahead and rng.randint(1, 3)))


@dataclass(frozen=True, slots=True)
class Way:
    """Where a parcel comes from and goes to, with whom, and what went wrong on it."""

    warehouse: str
    city: str
    district: str
    carrier: str
    trouble: str


def traces_of(status: str, times: Times, way: Way, lately: datetime) -> list[dict[str, Any]]:
    """The steps of a parcel as rows, spread between sending and receipt (or `lately`)."""
    if times.shipped is None:
        return []
    end = times.delivered or max(lately, times.shipped)
    steps = _steps(status, way)
    span = end - times.shipped
    return [
        {
            "at": (times.shipped + span * (index / max(len(steps) - 1, 1))).replace(microsecond=0),
            "state": state,
            "place": place,
            "text": text,
        }
        for index, (state, place, text) in enumerate(steps)
    ]


def _steps(status: str, way: Way) -> list[tuple[str, str, str]]:
    start, hub, spot = (
        f"{way.warehouse}仓",
        f"{way.city[:-1]}转运中心",
        f"{way.city[:-1]}{way.district}营业部",
    )
    steps = [
        ("揽收", start, f"{way.carrier}已经在{start}揽收"),
        ("运输", start, f"快件离开{start},发往{hub}"),
        ("运输", hub, f"快件已经到达{hub}"),
        ("运输", hub, f"快件离开{hub},发往{spot}"),
        ("派送", spot, f"快件已经到达{spot},快递员正在派送"),
        ("签收", spot, "快件已经签收,感谢使用"),
    ]
    if status == "problem":
        return [*steps[:5], ("疑难", spot, way.trouble)]
    if status == "bounced":
        return [*steps[:5], ("退回", spot, f"收件人拒收,快件正在退回{start}")]
    known = {"shipped": 1, "in_transit": 3, "out_for_delivery": 5}
    return steps[: known.get(status, 6)]
