"""How well callers are understood through a telephone line at 15 dB, on sentences that nothing was tuned on.

    python -m benchmarks.heard [--most N]          the sentences of tests/nlu/data/heard_final.yaml
    python -m benchmarks.heard --fit [--most N]    the spread of confidences of lists, on sentences of the grammars

Spoken by Kokoro-82M, sent over 8 kHz with 15 dB of street noise, heard by both decoders. What was heard is kept in the
cache (by sentence, line and model), so that measuring again after a change of understanding takes seconds.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import yaml

from benchmarks.misheard import drawn
from benchmarks.understanding import TODAY, best_only, row
from voicebot.app import App
from voicebot.cli.eval import hear, some_of
from voicebot.config import ROOT, load
from voicebot.events import Alternative, Transcript
from voicebot.models.cache import cache_folder
from voicebot.nlu.examples import Example
from voicebot.nlu.intent import INFORM
from voicebot.nlu.understand import Understander

SENTENCES = ROOT / "tests" / "nlu" / "data" / "heard_final.yaml"
SNR = 15.0


def final() -> list[Example]:
    """The sentences kept for this, with what they mean."""
    listed = yaml.safe_load(SENTENCES.read_text(encoding="utf-8"))
    return [Example(text, (intent,)) for intent, texts in listed.items() for text in texts]


def heard(bot: App, examples: Sequence[Example]) -> Iterator[Transcript]:
    """What both decoders make of each sentence; from the cache where it was heard before."""
    folder = cache_folder() / "heard"
    folder.mkdir(parents=True, exist_ok=True)
    mark = f"{bot.understander.grammars.digest} {SNR}"
    for example in examples:
        name = hashlib.sha256(f"{mark} {example.text}".encode()).hexdigest()[:32]
        file = folder / f"{name}.json"
        if not file.is_file():
            file.write_text(_packed(next(iter(hear(bot, [example], SNR)))), encoding="utf-8")
        yield _unpacked(file)


def _packed(transcript: Transcript) -> str:
    listed = [[one.text, one.score, one.confidence, one.source] for one in transcript.alternatives]
    return json.dumps({"text": transcript.text, "alternatives": listed}, ensure_ascii=False)


def _unpacked(file: Path) -> Transcript:
    plain = json.loads(file.read_text(encoding="utf-8"))
    listed = tuple(Alternative(*one) for one in plain["alternatives"])
    return dataclasses.replace(Transcript.of(plain["text"]), alternatives=listed)


def fit(understander: Understander, examples: Sequence[Example], lists: Sequence[Transcript]) -> float:
    """The exponent on the pooled chances of a list that makes the right intents likeliest."""
    pools = [understander.pooled(one, today=TODAY) for one in lists]
    candidates = np.geomspace(0.3, 5.0, 60)
    losses = [np.mean([_loss(pool, one, power) for pool, one in zip(pools, examples, strict=True)])
              for power in candidates]  # fmt: skip
    return float(candidates[int(np.argmin(losses))])


def _loss(pool: dict[str, float], example: Example, power: float) -> float:
    powers = {name: chance**power for name, chance in pool.items() if name != INFORM}
    return -float(np.log(powers.get(example.intents[0], 0.0) / (sum(powers.values()) or 1.0) + 1e-4))


def main() -> None:
    """Measure and print a table, or fit."""
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("--fit", action="store_true")
    ask.add_argument("--most", type=int, help="sentences of each intent at most")
    given = ask.parse_args()
    bot = App(load(None))
    examples = some_of(drawn(bot.understander.grammars, 3) if given.fit else final(), given.most)
    lists = list(heard(bot, examples))
    if given.fit:
        print(
            f"{len(examples)} sentences: pooled chances to the power of {fit(bot.understander, examples, lists):.2f}"
        )
        return
    print("| | sentences | accuracy | macro-F1 | ECE | out of scope: recall at false alarms | ms p50 / p99 |")
    print("|---|---|---|---|---|---|---|")
    row(bot.understander, examples, [Transcript.of(one.text) for one in examples], "as text")
    row(bot.understander, examples, best_only(lists, "free"), "heard: best of free dictation")
    row(bot.understander, examples, best_only(lists), "heard: best of both decoders")
    row(bot.understander, examples, lists, "heard: lists of both decoders")


if __name__ == "__main__":
    main()
