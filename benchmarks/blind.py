"""Sentences by an author who saw no grammar, no training sentence and no error of the product: totals only.

    python -m benchmarks.blind [PART...]

The parts are the files of benchmarks/blind_set: intents, strangers (the same by another, later author), slots,
knowledge, mood, human, mishearings. Nothing may be learnt from them or tuned on them, so no sentence is ever printed.
`also` in a row names what is right as well, where a sentence can be taken in two ways; "strictly" counts without it.
"""

from __future__ import annotations

import argparse
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from voicebot.app import App
from voicebot.config import load
from voicebot.events import Source, Transcript
from voicebot.nlu.understanding import Understanding

FOLDER = Path(__file__).parent / "blind_set"
TODAY = date(2026, 11, 20)
GRAVE = {"angry", "distressed"}
DIGITS = str.maketrans("零〇一二三四五六七八九幺", "001234567891")

Row = dict[str, Any]
Hear = Callable[..., Understanding]


def rows(part: str) -> list[Row]:
    """The rows of one part."""
    found: list[Row] = yaml.safe_load((FOLDER / f"{part}.yaml").read_text(encoding="utf-8"))
    return found


def share(right: int, of: int) -> str:
    """So many of so many."""
    return f"{right}/{of} = {right / of:.1%}" if of else "none"


def names(understanding: Understanding) -> list[str]:
    """The intents in their order."""
    return [one.name for one in understanding.intents]


def intents(hear: Hear, part: str = "intents") -> None:
    """Accuracy and macro-F1 of sentences with one wish, what is out of scope, and sentences with two."""
    pairs, strictly, two, first = [], 0, [], 0
    for row in rows(part):
        wanted, also, got = row["intents"], row.get("also", []), names(hear(row["text"]))
        if len(wanted) > 1:
            two.append(both(wanted, also, got))
            first += got[0] in (wanted[0], *also)
            continue
        pairs.append((wanted[0], wanted[0] if got[0] in also else got[0]))
        strictly += got[0] == wanted[0]
    known = [pair for pair in pairs if pair[0] != "out_of_scope"]
    outside = [pair for pair in pairs if pair[0] == "out_of_scope"]
    right = sum(one == other for one, other in pairs)
    print(
        f"{part}: {share(right, len(pairs))}, strictly {share(strictly, len(pairs))}; macro-F1 {f1(pairs):.3f}"
    )
    recall = sum(got == "out_of_scope" for _, got in outside)
    alarms = sum(got == "out_of_scope" for _, got in known)
    print(f"  out of scope: found {share(recall, len(outside))}, false alarms {share(alarms, len(known))}")
    print(f"  two wishes: both in order {share(sum(two), len(two))}, the first {share(first, len(two))}")


def both(wanted: list[str], also: list[str], got: list[str]) -> bool:
    """Every wish in order; what is right as well may stand for one, or for the whole."""
    if got == wanted or (len(got) == 1 and got[0] in also):
        return True
    each = len(got) == len(wanted) == len(set(got))
    return each and all(one == want or one in also for one, want in zip(got, wanted, strict=True))


def f1(pairs: Sequence[tuple[str, str]]) -> float:
    """Macro-F1 of (wanted, found)."""
    scores = []
    for name in {wanted for wanted, _ in pairs}:
        hit = sum(wanted == got == name for wanted, got in pairs)
        wrong = sum((wanted == name) != (got == name) for wanted, got in pairs)
        scores.append(2 * hit / (2 * hit + wrong))
    return sum(scores) / len(scores)


def slots(hear: Hear) -> None:
    """Values exactly right, and sentences with every value right and none too many."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    whole = 0
    for row in rows("slots"):
        found = hear(row["text"], row.get("expecting"), date.fromisoformat(row["today"])).slots
        good = {
            name
            for name, want in row["slots"].items()
            if name in found and same(name, want, found[name].value)
        }
        total.update(list(row["slots"]))
        right.update(good)
        extra = set(found) - set(row["slots"]) - set(row.get("free", []))
        whole += len(good) == len(row["slots"]) and not extra
    print(
        f"slots: values {share(right.total(), total.total())}, sentences {share(whole, len(rows('slots')))}"
    )
    print("  " + ", ".join(f"{name} {right[name]}/{total[name]}" for name in total))


def same(name: str, wanted: Any, got: Any) -> bool:
    """Is it one of the wanted values? Addresses and names may differ in how numbers are written."""
    choices = wanted if isinstance(wanted, list) else [wanted]
    if name == "amount":
        return any(abs(float(one) - float(got)) < 1e-9 for one in choices)
    if name in ("address", "person"):
        return plain(got) in map(plain, choices)
    return str(got) in map(str, choices) and isinstance(got, int) == (
        name in ("quantity", "rating", "choice")
    )


def plain(value: Any) -> str:
    """Without spaces and signs, digits as digits."""
    return re.sub(r"[\s,，。、-]", "", unicodedata.normalize("NFKC", str(value))).translate(DIGITS)


def knowledge(_: Hear) -> None:
    """The right entry or fact first, and nothing where nothing fits."""
    from voicebot.knowledge.loading import load_knowledge
    from voicebot.models import cache_folder
    from voicebot.shop.goods import demo_goods

    base = load_knowledge(Path("config/knowledge"), demo_goods(), cache_folder())
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for row in rows("knowledge"):
        found = base.ask(row["query"], TODAY)
        entry, answer = (found.entry, found.answer) if found else (None, "")
        kind = "fact" if "entry" not in row else "entry" if row["entry"] else "nothing"
        total[kind] += 1
        meant = [row.get("entry"), *row.get("also", [])] if "entry" in row else []
        right[kind] += entry in meant or any(text in answer for text in row.get("contains", []))
    asked = total["entry"] + total["fact"]
    print(f"knowledge: first {share(right['entry'] + right['fact'], asked)}", end="")
    print(f" (entries {share(right['entry'], total['entry'])}, facts {share(right['fact'], total['fact'])})")
    print(f"  nothing where nothing fits: {share(right['nothing'], total['nothing'])}")


def mood(hear: Hear) -> None:
    """Anger and distress found, and imagined."""
    heard = [(row["mood"] in GRAVE, hear(row["text"]).mood in GRAVE) for row in rows("mood")]
    grave, calm = [got for is_, got in heard if is_], [got for is_, got in heard if not is_]
    print(
        f"mood: angry or distressed found {share(sum(grave), len(grave))}, false alarms {share(sum(calm), len(calm))}"
    )


def human(hear: Hear) -> None:
    """Who asks for a human, and who only speaks of one."""
    heard = [(row["wants"], "human_agent" in names(hear(row["text"]))) for row in rows("human")]
    asked, other = [got for wants, got in heard if wants], [got for wants, got in heard if not wants]
    print(f"human: asked for {share(sum(asked), len(asked))}, imagined {share(sum(other), len(other))}")


def mishearings(hear: Hear) -> None:
    """What recognition damaged: short sentences, and long ones with several errors."""
    right: Counter[bool] = Counter()
    total: Counter[bool] = Counter()
    for row in rows("mishearings"):
        kind = bool(row.get("hard"))
        total[kind] += 1
        right[kind] += names(hear(row["text"], source="free"))[0] in [*row["intents"], *row.get("also", [])]
    print(f"misheard: short {share(right[False], total[False])}, hard {share(right[True], total[True])}")


PARTS: dict[str, Callable[[Hear], None]] = {
    "intents": intents, "strangers": partial(intents, part="strangers"), "slots": slots, "knowledge": knowledge,
    "mood": mood, "human": human, "mishearings": mishearings,
}  # fmt: skip


def main() -> None:
    """Score the parts that are named, or all."""
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("part", nargs="*", choices=[*PARTS, []], help="default: all")
    understander = App(load(None)).understander

    def hear(
        text: str, expecting: str | None = None, today: date = TODAY, source: Source = "text"
    ) -> Understanding:
        return understander.understand(Transcript.of(text, source), expecting=expecting, today=today)

    for part in ask.parse_args().part or PARTS:
        PARTS[part](hear)


if __name__ == "__main__":
    main()
