"""Hours of the day in which something may be done, on the wall clock of a place; and when they begin again.

A window may pass midnight (22:00-02:00 belongs to the day it begins on). The wall clock is the zone's own, so a
window keeps its hours through daylight saving: an hour that does not exist is no hour of it, one that comes twice
is one of it twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_DAY = frozenset(range(7))
MIDNIGHT = 24 * 60
HORIZON = timedelta(days=400)
"""Farther than this nobody looks for an opening: a year, a leap day, and the longest holidays."""

_WINDOW = re.compile(r"(?:(?P<days>[a-z,\- ]+) )?(?P<start>\d{1,2}:\d\d) ?- ?(?P<end>\d{1,2}:\d\d)")


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` to before `end`, in minutes of the day; `end` <= `start` passes midnight. `days`: 0 is Monday."""

    start: int
    end: int
    days: frozenset[int] = EVERY_DAY

    def holds(self, wall: datetime) -> bool:
        """Is this wall time inside?"""
        minute = wall.hour * 60 + wall.minute
        if self.start < self.end:
            return wall.weekday() in self.days and self.start <= minute < self.end
        yesterday = (wall.weekday() - 1) % 7
        return (wall.weekday() in self.days and minute >= self.start) or (
            yesterday in self.days and minute < self.end
        )

    def __str__(self) -> str:
        days = "" if self.days == EVERY_DAY else ",".join(DAYS[day] for day in sorted(self.days)) + " "
        return days + f"{self.start // 60:02d}:{self.start % 60:02d}-{self.end // 60:02d}:{self.end % 60:02d}"


def parse_window(text: str) -> Window:
    """`09:00-20:30`, `mon-fri 09:00-12:00`, `sat,sun 22:00-02:00`. Raises ValueError with the right way to write it."""
    match = _WINDOW.fullmatch(str(text).strip().lower())
    if match is None:
        raise ValueError(f"{text!r} is no window; write it as 09:00-20:30 or mon-fri 09:00-20:30")
    start, end = _minute(match["start"]), _minute(match["end"])
    if start in {end, MIDNIGHT}:
        raise ValueError(f"{text!r} is no window: it ends where it begins")
    return Window(start, end, _days(match["days"]) if match["days"] else EVERY_DAY)


def _minute(text: str) -> int:
    hours, minutes = (int(part) for part in text.split(":"))
    if minutes > 59 or hours * 60 + minutes > MIDNIGHT:
        raise ValueError(f"{text!r} is no time of the day")
    return hours * 60 + minutes


def _days(text: str) -> frozenset[int]:
    found: set[int] = set()
    for part in text.replace(" ", "").split(","):
        first, _, last = part.partition("-")
        if first not in DAYS or (last and last not in DAYS):
            raise ValueError(f"{part!r} is no day; days are {', '.join(DAYS)}, or mon-fri")
        begin, end = DAYS.index(first), DAYS.index(last or first)
        found |= {day % 7 for day in range(begin, end + 1 if end >= begin else end + 8)}
    return frozenset(found)


@lru_cache(maxsize=512)
def zone_of(name: str) -> ZoneInfo:
    """The time zone of this name. Raises ZoneInfoNotFoundError."""
    return ZoneInfo(name)


def known_zone(name: str | None) -> str | None:
    """The name, if there is such a zone. Raises ValueError with the way to write it."""
    try:
        _ = None if name is None else zone_of(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{name!r} is no time zone; write it as Asia/Shanghai") from None
    return name


@dataclass(frozen=True, slots=True)
class Hours:
    """Open while the wall clock of `zone` is inside one of the windows."""

    zone: str
    windows: tuple[Window, ...]

    def allows(self, at: datetime) -> bool:
        """Is it open at this instant?"""
        wall = at.astimezone(zone_of(self.zone))
        return any(window.holds(wall) for window in self.windows)

    def opens(self, at: datetime) -> datetime | None:
        """The first instant from `at` on at which it is open; None: never within the horizon."""
        if self.allows(at):
            return at
        day = at.astimezone(zone_of(self.zone)).date()
        for ahead in range(9):
            for candidate in sorted(self._candidates(day + timedelta(days=ahead))):
                if candidate > at and self.allows(candidate):
                    return candidate
        return None

    def _candidates(self, day: date) -> Iterator[datetime]:
        """Instants of this day at which it may open: where a window begins, and where the clock is put."""
        zone = zone_of(self.zone)
        for window in self.windows:
            yield from instants(day, window.start, zone)
        moved = change_of(day, zone)
        if moved is not None:
            yield moved


def instants(day: date, minute: int, zone: ZoneInfo) -> Iterator[datetime]:
    """The instants at which the wall clock shows this minute of the day: two where an hour comes twice."""
    wall = datetime.combine(day, time(minute // 60 % 24, minute % 60))
    for fold in (0, 1):
        yield wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def change_of(day: date, zone: ZoneInfo) -> datetime | None:
    """The instant of this day at which the zone's offset changes, if it does."""
    low = datetime.combine(day, time(), zone).astimezone(UTC)
    high = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC) + timedelta(hours=1)
    before = low.astimezone(zone).utcoffset()
    if high.astimezone(zone).utcoffset() == before:
        return None
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class NotOn:
    """Closed on these days, from midnight to midnight of `zone`."""

    zone: str
    days: frozenset[date]

    def opens(self, at: datetime) -> datetime | None:
        """The first instant from `at` on that is on another day."""
        zone = zone_of(self.zone)
        while (day := at.astimezone(zone).date()) in self.days:
            at = beginning(day + timedelta(days=1), zone)
        return at


def beginning(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a day, also where its midnight does not exist."""
    at = datetime.combine(day, time(), zone).astimezone(UTC)
    moved = change_of(day - timedelta(days=1), zone)
    return moved if moved is not None and moved > at - timedelta(hours=2) and _first(moved, day, zone) else at


def _first(moved: datetime, day: date, zone: ZoneInfo) -> bool:
    """Does the day begin with the change of the clock?"""
    just_before = moved - timedelta(seconds=1)
    return moved.astimezone(zone).date() == day and just_before.astimezone(zone).date() != day


@dataclass(frozen=True, slots=True)
class Span:
    """Open from one instant to before another; None: without an end."""

    begin: datetime | None
    end: datetime | None

    def opens(self, at: datetime) -> datetime | None:
        """The first instant from `at` on within the span."""
        at = at if self.begin is None else max(at, self.begin)
        return None if self.end is not None and at >= self.end else at


@dataclass(frozen=True, slots=True)
class AtMost:
    """At most so many of `calls` within any stretch of this length."""

    most: int
    within: timedelta
    calls: tuple[datetime, ...]

    def opens(self, at: datetime) -> datetime | None:
        """The first instant from `at` on at which one more is allowed."""
        recent = sorted(self.calls)
        if len(recent) < self.most:
            return at
        return max(at, recent[-self.most] + self.within)


Restriction = Hours | NotOn | Span | AtMost


def opening(restrictions: Iterable[Restriction], at: datetime) -> tuple[datetime | None, int | None]:
    """The first instant from `at` on that every restriction allows, and the index of the last that put it off.

    None for the instant: there is none, because of that restriction.
    """
    rules, limit, by = list(restrictions), at + HORIZON, None
    settled = False
    while not settled:
        settled = True
        for index, rule in enumerate(rules):
            later = rule.opens(at)
            if later is None or later > limit:
                return None, index
            if later > at:
                at, by, settled = later, index, False
    return at, by
