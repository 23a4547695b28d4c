"""How many more may be dialled now."""

from __future__ import annotations

from dataclasses import dataclass

from voicebot.campaign.definition import Pace


@dataclass(frozen=True, slots=True)
class Traffic:
    """How things stand: calls of the campaign that are open, dials in the last minute, lines that are free on the
    carrier, humans who are free (None: nobody counts them), and the share of abandoned calls in percent."""

    open: int
    last_minute: int
    free_lines: int
    free_humans: int | None = None
    abandoned_percent: float = 0.0


def how_many(pace: Pace, traffic: Traffic, most_abandoned_percent: float | None) -> int:
    """Dials that may begin now; 0 or more.

    A line that the bot answers itself must be free for each. Where a human is wanted, every open call is expected to
    need one with the probability `wants_human`; above half of the abandoned rate that is allowed with certainty, and
    at the rate itself nothing is dialled.
    """
    most = min(pace.lines - traffic.open, traffic.free_lines, pace.per_minute - traffic.last_minute)
    if most_abandoned_percent is not None and traffic.abandoned_percent >= most_abandoned_percent:
        return 0
    if pace.humans and traffic.free_humans is not None:
        careful = (
            most_abandoned_percent is not None and traffic.abandoned_percent > most_abandoned_percent / 2
        )
        share = 1.0 if careful else pace.wants_human
        most = min(most, int(traffic.free_humans / share) - traffic.open)
    return max(0, most)
