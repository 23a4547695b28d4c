"""How well anger and distress are heard in words: found at how many false alarms.

    python -m benchmarks.mood [--mistakes]

The sentences of tests/nlu/data: the half of mood.yaml that was kept from tuning, those that were worked on (mood_more,
mood_hard), and mood_final, which nothing was tuned on. Distress must never be missed: its share stands apart.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import yaml

from voicebot.nlu.mood import mood_of_words

DATA = Path(__file__).resolve().parents[1] / "tests" / "nlu" / "data"
GRAVE = ("angry", "distressed")

Cases = list[tuple[str, str]]
"""Mood and sentence."""


def sets() -> Iterator[tuple[str, Cases]]:
    """Each set of sentences by name."""
    yield "mood, kept half", _cases("mood")[1]
    for name in ("mood_more", "mood_hard", "mood_final"):
        even, odd = _cases(name)
        yield name, even + odd


def _cases(name: str) -> tuple[Cases, Cases]:
    data = yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))
    halves: tuple[Cases, Cases] = ([], [])
    for mood, lines in data.items():
        for number, text in enumerate(lines.strip().splitlines()):
            halves[number % 2].append((mood, text))
    return halves


def main() -> None:
    """Measure and print a table."""
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("--mistakes", action="store_true", help="print what was heard wrongly")
    mistakes = ask.parse_args().mistakes
    mood_of_words("warm")
    spent: list[float] = []
    print("| | angry or distressed found | of these, distress | false alarms |\n|---|---|---|---|")
    for name, cases in sets():
        heard = [(mood, text, _heard(text, spent)) for mood, text in cases]
        print(f"| {name} | {_found(heard, GRAVE)} | {_found(heard, GRAVE[1:])} | {_found(heard, None)} |")
        for mood, text, found in heard if mistakes else ():
            if (mood in GRAVE) != found:
                print(f"    {mood}: {text}")
    spent.sort()
    print(f"ms a sentence: p50 {spent[len(spent) // 2]:.2f}, p99 {spent[int(len(spent) * 0.99)]:.2f}")


def _heard(text: str, spent: list[float]) -> bool:
    began = time.thread_time()
    mood = mood_of_words(text)[0]
    spent.append(1000 * (time.thread_time() - began))
    return mood in GRAVE


def _found(heard: list[tuple[str, str, bool]], moods: tuple[str, ...] | None) -> str:
    """How many of these moods were taken for grave; None stands for all others."""
    of = [found for mood, _, found in heard if (mood in moods if moods else mood not in GRAVE)]
    return f"{sum(of)}/{len(of)} = {sum(of) / len(of):.1%}" if of else "none"


if __name__ == "__main__":
    main()
