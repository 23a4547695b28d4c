"""How well the knowledge base finds what callers ask, and how fast: `python benchmarks/knowledge.py [--json]`.

Asks every sentence of tests/knowledge/data, which the knowledge base has never seen: paraphrases as they are spoken,
the same as a recogniser mishears them, and sentences that have no answer; then strangers.yaml, questions by another
author, about entries, attributes of goods (which may leave the product unnamed), two goods, and nothing that is known;
of these, totals alone. With and without the sentence encoder. Milliseconds are processor time.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from voicebot.knowledge import Knowledge
from voicebot.knowledge.loading import ENCODER, load_knowledge
from voicebot.models.cache import cache_folder
from voicebot.shop.goods import demo_goods

ROOT = Path(__file__).resolve().parents[1]
TODAY = date(2026, 11, 20)


def measure(knowledge: Knowledge) -> dict[str, Any]:
    """Shares that were right, and milliseconds for a question."""
    data = ROOT / "tests" / "knowledge" / "data"
    cases = yaml.safe_load((data / "paraphrases.yaml").read_text(encoding="utf-8"))
    nothing = yaml.safe_load((data / "nothing.yaml").read_text(encoding="utf-8"))["nothing"]
    spent: list[float] = []
    result: dict[str, Any] = {}
    for part, entries in cases.items():
        asked = [(text, entry) for entry, texts in entries.items() for text in texts]
        result[part] = _share([_ask(knowledge, text, spent) == entry for text, entry in asked])
    result["not_found"] = _share([_ask(knowledge, text, spent) is None for text in nothing])
    result |= _strangers(
        knowledge, yaml.safe_load((data / "strangers.yaml").read_text(encoding="utf-8")), spent
    )
    spent.sort()
    result["p50_ms"] = round(spent[len(spent) // 2] * 1000, 2)
    result["p99_ms"] = round(spent[int(len(spent) * 0.99)] * 1000, 2)
    return result


DAYS = {"promo-double-eleven": date(2026, 11, 5), "promo-double-twelve": date(2026, 12, 5)}
"""Entries that are asked for while they are valid."""


def _strangers(knowledge: Knowledge, cases: dict[str, Any], spent: list[float]) -> dict[str, str]:
    """The other author's questions, in totals."""
    right: dict[str, list[bool]] = {
        "entries": [],
        "attributes": [],
        "attributes_named_only": [],
        "compared": [],
    }
    for entry, texts in cases["entries"].items():
        tier = {"tier": "金卡"} if entry == "member-gold-now" else {}
        day = DAYS.get(entry, TODAY)
        right["entries"] += [_ask(knowledge, text, spent, day=day, facts=tier) == entry for text in texts]
    for entry, texts in cases["attributes"].items():
        for text in texts:
            alone = _ask(knowledge, text, spent) == entry
            code = entry.split(":")[1]
            right["attributes_named_only"].append(alone)
            right["attributes"].append(alone or _ask(knowledge, text, spent, products=(code,)) == entry)
    for entry, texts in cases["compared"].items():
        right["compared"] += [_compared(_ask(knowledge, text, spent), entry) for text in texts]
    right["not_found"] = [_ask(knowledge, text, spent) is None for text in cases["nothing"]]
    return {f"strangers_{part}": _share(results) for part, results in right.items()}


def _compared(found: str | None, wanted: str) -> bool:
    """The same two goods in either order, and the same attribute; any attribute where - is wanted."""
    goods, attribute = wanted.removeprefix("product:").split(":")
    if found is None or not found.startswith("product:"):
        return False
    told, about = found.removeprefix("product:").split(":")
    return set(told.split("+")) == set(goods.split("+")) and attribute in ("-", about)


def _ask(
    knowledge: Knowledge,
    text: str,
    spent: list[float],
    *,
    day: date = TODAY,
    products: tuple[str, ...] = (),
    facts: dict[str, str] | None = None,
) -> str | None:
    began = time.thread_time()
    found = knowledge.ask(text, day, products, facts)
    spent.append(time.thread_time() - began)
    return found.entry if found else None


def _share(right: list[bool]) -> str:
    return f"{sum(right)}/{len(right)} = {sum(right) / len(right):.1%}"


def main() -> None:
    """Measure both ways and print a table, or JSON with --json."""
    folder, models = ROOT / "config" / "knowledge", cache_folder()
    rows = {"words, characters, sounds": measure(load_knowledge(folder, demo_goods()))}
    if (models / ENCODER).is_dir():
        rows["and meaning"] = measure(load_knowledge(folder, demo_goods(), models))
    for name, row in rows.items():
        if "--json" in sys.argv:
            print(json.dumps({"with": name, **row}, ensure_ascii=False))
        else:
            print(name, *(f"  {key}: {value}" for key, value in row.items()), sep="\n")


if __name__ == "__main__":
    main()
