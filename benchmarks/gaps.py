"""Answer gap, from the caller's last speech sample to the bot's first, with real engines in real time.

    python -m benchmarks.gaps [FIXTURE...]

Every fixture once, at the speed of a call, after a first pass has filled the cache of speech parts as days of calls
do; the endpoint's silence is part of the gap. "cold" is that first pass: nothing but fixed wording is in the cache.
"""

from __future__ import annotations

import argparse
import statistics
from pathlib import Path

from voicebot.app import App
from voicebot.config import ROOT, load
from voicebot.replay.fixture import Fixture, fixture_paths, load_fixture
from voicebot.replay.run import Stage, replay


def percentile(values: list[int], share: float) -> int:
    """The value below which this share of the values lies."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, round(share * (len(ranked) - 1)))]


def row(name: str, gaps: list[int]) -> str:
    """One line of the table."""
    return (
        f"{name:6} {len(gaps):4} gaps   median {statistics.median(gaps):5.0f} ms   "
        f"p95 {percentile(gaps, 0.95):5} ms   longest {max(gaps):5} ms"
    )


def measure(fixtures: list[Fixture], stage: Stage, each: bool) -> None:
    """Replay all of them twice and print the table."""
    barges: list[int] = []
    for name in ("cold", "warm"):
        gaps: list[int] = []
        for fixture in fixtures:
            result = replay(fixture, stage, in_real_time=True)
            gaps += result.gaps_ms
            barges += [times.barge_in_ms for times in result.times if times.barge_in_ms is not None]
            if each:
                print(f"  {fixture.name:28} {result.gaps_ms} {'' if result.held else 'NOT AS EXPECTED'}")
        print(row(name, gaps), flush=True)
    if barges:
        print(f"barge-in, from the caller's first sound to the bot's silence: {sorted(barges)} ms")


def main() -> None:
    """Replay the fixtures twice and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("fixtures", nargs="*", type=Path, default=[ROOT / "audio_fixtures"])
    parser.add_argument("--each", action="store_true", help="print every call")
    options = parser.parse_args()
    fixtures = [load_fixture(path) for place in options.fixtures for path in fixture_paths(place)]
    with App(load()).stage(scripted=False) as stage:
        measure(fixtures, stage, options.each)


if __name__ == "__main__":
    main()
