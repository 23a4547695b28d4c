"""How well the knowledge base finds what callers ask, and how fast: `python benchmarks/knowledge.py [--json]`.

Asks every sentence of tests/knowledge/data, which the knowledge base has never seen: paraphrases as they are spoken,
the same as a recogniser mishears them, and sentences that have no answer. With and without the sentence encoder.
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
    spent.sort()
    result["p50_ms"] = round(spent[len(spent) // 2] * 1000, 2)
    result["p99_ms"] = round(spent[int(len(spent) * 0.99)] * 1000, 2)
    return result


def _ask(knowledge: Knowledge, text: str, spent: list[float]) -> str | None:
    began = time.thread_time()
    found = knowledge.ask(text, TODAY)
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
