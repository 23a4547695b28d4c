"""Count how the recogniser mistakes digits, for voicebot/shop/confusion.py; prints the rates that stand there.

    python -m benchmarks.fit_confusion [--count N]

Material: the strings of `benchmarks.fit_digits` (two recorded speakers and synthetic voices, clean and noisy, a third
of the synthetic ones with a doubled digit), heard by voicebot with `expecting="digits"`. What was heard is aligned with
what was said by the least number of mistakes. A rate is (count + WEIGHT · prior) / (chances + WEIGHT): what was seldom
or never seen keeps near to a prior, which is half the number of mistakes of its kind spread evenly.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from benchmarks.digits import MODEL, ours
from benchmarks.fit_digits import material
from voicebot import models
from voicebot.asr.vosk import VoskRecognizer
from voicebot.config import load

WEIGHT = 100.0
LONG = "5281"

Step = tuple[str, str, str]
"""What was said ("" for an insertion), what was heard ("" for a deletion), and the digits said beside it."""


def aligned(said: str, heard: str) -> Iterator[Step]:
    """The steps from what was said to what was heard, with the least number of mistakes."""
    rows, columns = len(said) + 1, len(heard) + 1
    cost = [[row + column for column in range(columns)] for row in range(rows)]
    for row in range(1, rows):
        for column in range(1, columns):
            same = said[row - 1] == heard[column - 1]
            cost[row][column] = min(
                cost[row - 1][column - 1] + (not same), cost[row - 1][column] + 1, cost[row][column - 1] + 1
            )
    row, column = rows - 1, columns - 1
    while row or column:
        beside = said[max(0, row - 2) : max(0, row - 1)] + said[row : row + 1]
        diagonal = (
            row
            and column
            and cost[row][column] == cost[row - 1][column - 1] + (said[row - 1] != heard[column - 1])
        )
        if diagonal:
            yield said[row - 1], heard[column - 1], beside
            row, column = row - 1, column - 1
        elif row and cost[row][column] == cost[row - 1][column] + 1:
            yield said[row - 1], "", beside
            row -= 1
        else:
            yield "", heard[column - 1], said[row - 1] if row else ""
            column -= 1


def kind(step: Step) -> str:
    """The kind of a step: the pair of digits, drop, drop double, echo, echo long, or insert."""
    said, heard, beside = step
    if said and heard:
        return "right" if said == heard else "".join(sorted(said + heard))
    if said:
        return "drop double" if said in beside else "drop"
    if heard in beside:
        return "echo long" if heard in LONG else "echo"
    return "insert"


def main() -> None:
    """Hear everything and print the counts and the rates."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=20, help="seeds")
    options = parser.parse_args()
    grammars = load().path(load().paths.grammars)
    hear = ours(VoskRecognizer.open(models.folder(MODEL), grammars))
    kinds: Counter[str] = Counter()
    said: Counter[str] = Counter()
    strings = right = 0
    for _, digits, pcm in material(options.count):
        heard, _, _ = hear(pcm)
        strings, right = strings + 1, right + (heard == digits)
        said.update(digits)
        said["doubles"] += sum(one == other for one, other in pairwise(digits))
        kinds.update(kind(step) for step in aligned(digits, heard))
    total = sum(said[digit] for digit in "0123456789")
    print(f"{strings} strings, {right} right; {total} digits, {said['doubles']} doubled")
    print(dict(kinds.most_common()))
    show(kinds, said, total)


def show(kinds: Counter[str], said: Counter[str], total: int) -> None:
    """Print the rates."""
    pairs = {name: count for name, count in kinds.items() if len(name) == 2}
    even = sum(pairs.values()) / 2 / 45 / (total / 10)
    for name in sorted(pairs, key=lambda pair: -pairs[pair]):
        both = said[name[0]] + said[name[1]]
        print(
            f"    {name!r}: {(pairs[name] + WEIGHT * even) / (both + WEIGHT):.4f},  # {pairs[name]} of {both}"
        )
    print(f"SUBSTITUTE {even:.5f}")
    long = sum(said[digit] for digit in LONG)
    chances = {
        "drop": total - said["doubles"],
        "drop double": said["doubles"],
        "insert": total,
        "echo": total - long,
        "echo long": long,
    }
    rare = sum(kinds[name] for name in chances) / 2 / len(chances) / total
    for name, most in chances.items():
        print(f"{name} {(kinds[name] + WEIGHT * rare) / (most + WEIGHT):.5f}  # {kinds[name]} of {most}")


if __name__ == "__main__":
    main()
