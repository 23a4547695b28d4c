"""The one place where the clock is read."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """What runtime knows of time."""

    def now(self) -> float:
        """Seconds on a clock that never goes back."""
        ...

    def today(self, zone: str) -> datetime:
        """The date and time in this time zone, without the zone."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        """Seconds on a clock that never goes back."""
        return time.monotonic()

    def today(self, zone: str) -> datetime:
        """The date and time in this time zone, without the zone."""
        return datetime.now(ZoneInfo(zone)).replace(tzinfo=None)


def spent_s() -> float:
    """Processor time that the calling thread has used, in seconds."""
    return time.thread_time()
