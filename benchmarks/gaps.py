"""Answer gap, from the caller's last speech sample to the bot's first, with real engines in real time.

    python -m benchmarks.gaps [FIXTURE...]

Every fixture once, at the speed of a call; the endpoint's silence is part of the gap. The openings of replies are made
beforehand, as `voicebot replay --realtime` and `voicebot serve` do; what else is said is made when it is wanted.
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


def measure(fixtures: list[Fixture], stage: Stage, each: bool) -> None:
    """Replay all of them and print the table."""
    gaps: list[int] = []
    barges: list[int] = []
    for fixture in fixtures:
        result = replay(fixture, stage, in_real_time=True)
        gaps += result.gaps_ms
        barges += [times.barge_in_ms for times in result.times if times.barge_in_ms is not None]
        if each:
            held = "" if result.held else "NOT AS EXPECTED"
            print(f"  {fixture.name:28} {result.gaps_ms} {held}", flush=True)
    print(
        f"{len(fixtures)} calls, {len(gaps)} gaps: median {statistics.median(gaps):.0f} ms, "
        f"p95 {percentile(gaps, 0.95)} ms, longest {max(gaps)} ms"
    )
    if barges:
        print(f"barge-in, from the caller's first sound to the bot's silence: {sorted(barges)} ms")


def main() -> None:
    """Replay the fixtures and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("fixtures", nargs="*", type=Path, default=[ROOT / "audio_fixtures"])
    parser.add_argument("--each", action="store_true", help="print every call")
    options = parser.parse_args()
    fixtures = [load_fixture(path) for place in options.fixtures for path in fixture_paths(place)]
    app = App(load())
    app.prepare_speech(lambda _done, _total: None)
    with app.stage(scripted=False) as stage:
        measure(fixtures, stage, options.each)


if __name__ == "__main__":
    main()
