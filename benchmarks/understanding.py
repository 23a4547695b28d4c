"""How well and how fast sentences are understood, and what reading lists gains over reading one string.

    python benchmarks/understanding.py                       text: accuracy, calibration, time
    python benchmarks/understanding.py --audio --most 6      and through a line at 8 kHz with noise

Sentences are those of tests/grammars, which are kept out of training; `--name final` those that no decision has seen.
Times are those of the thread that computes, so that a busy machine changes them less.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from datetime import date

from voicebot.app import App
from voicebot.cli.eval import hear, judge, some_of
from voicebot.config import ROOT, load
from voicebot.events import Transcript
from voicebot.nlu.evaluate import evaluate
from voicebot.nlu.examples import Example, load_examples
from voicebot.nlu.understand import Understander

TODAY = date(2026, 11, 20)


def times(understander: Understander, heard: Sequence[Transcript]) -> tuple[float, float]:
    """Median and 99th percentile of one understanding, ms."""
    taken = []
    for transcript in heard:
        before = time.thread_time()
        understander.understand(transcript, today=TODAY)
        taken.append(1000 * (time.thread_time() - before))
    taken.sort()
    return taken[len(taken) // 2], taken[int(len(taken) * 0.99)]


def best_only(heard: Sequence[Transcript], source: str | None = None) -> list[Transcript]:
    """Each transcript with nothing but its best reading, or the best of one decoder."""
    found = []
    for transcript in heard:
        own = [one for one in transcript.alternatives if source in (None, one.source)]
        best = max(own, key=lambda one: one.confidence, default=None)
        text = transcript.text if source is None else best.text if best else ""
        found.append(Transcript.of(text))
    return found


def row(
    understander: Understander, examples: Sequence[Example], heard: Sequence[Transcript], what: str
) -> None:
    """Print one line of figures."""
    found = evaluate(list(judge(understander, examples, heard)))
    middle, slow = times(understander, heard)
    print(
        f"| {what} | {found.count} | {found.accuracy:.3f} | {found.macro_f1:.3f} | {found.calibration_error:.3f} "
        f"| {found.out_of_scope_recall:.3f} at {found.out_of_scope_false_alarms:.3f} "
        f"| {middle:.2f} / {slow:.2f} |"
    )


def main() -> None:
    """Measure and print a table."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--audio", action="store_true")
    ask.add_argument("--name", default="callers")
    ask.add_argument("--most", type=int)
    ask.add_argument("--snr", type=float, default=15.0)
    given = ask.parse_args()
    bot = App(load(None))
    understander = bot.understander
    examples = load_examples(ROOT / "tests" / "grammars" / "zh-CN", given.name)
    print("| | sentences | accuracy | macro-F1 | ECE | out of scope: recall at false alarms | ms p50 / p99 |")
    print("|---|---|---|---|---|---|---|")
    row(understander, examples, [Transcript.of(one.text) for one in examples], f"{given.name}, as text")
    unseen = [
        one for one in examples if not understander.grammars.match(understander.grammars.bare(one.text))
    ]
    row(understander, unseen, [Transcript.of(one.text) for one in unseen], "of these, said by no template")
    if given.audio:
        some = some_of(examples, given.most)
        heard = list(hear(bot, some, given.snr))
        noise = f"{given.snr:g} dB"
        row(understander, some, best_only(heard, "free"), f"heard at {noise}: best of free dictation")
        row(understander, some, best_only(heard), f"heard at {noise}: best of both decoders")
        row(understander, some, heard, f"heard at {noise}: lists of both decoders")


if __name__ == "__main__":
    main()
