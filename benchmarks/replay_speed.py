"""Replay in virtual time with the scripted recogniser: how many times faster than the call.

    python -m benchmarks.replay_speed [--passes N]

Every fixture, the tone voice, the demonstration shop on SQLite; the time from the call's first event to its last.
"""

from __future__ import annotations

import argparse
import statistics

from voicebot.app import App
from voicebot.config import ROOT, load
from voicebot.replay.fixture import fixture_paths, load_fixture
from voicebot.replay.run import replay


def main() -> None:
    """Replay all fixtures several times and print the median."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--passes", type=int, default=5)
    options = parser.parse_args()
    fixtures = [load_fixture(path) for path in fixture_paths(ROOT / "audio_fixtures")]
    speeds, length = [], 0.0
    with App(load()).with_voice("tone").stage(scripted=True) as stage:
        for _ in range(options.passes):
            results = [replay(fixture, stage, in_real_time=False) for fixture in fixtures]
            length = sum(result.length_s for result in results)
            speeds.append(length / sum(result.took_s for result in results))
    print(f"{len(fixtures)} calls, {length:.0f} s of telephone: {statistics.median(speeds):.0f} x real time")


if __name__ == "__main__":
    main()
