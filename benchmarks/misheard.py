"""Makes grammars/zh-CN/_heard.tsv: what the recogniser makes of sentences of the grammars, to learn from.

    python benchmarks/misheard.py --each 8 > grammars/zh-CN/_heard.tsv

Sentences are drawn from the templates (never from tests/), spoken by Kokoro-82M (Apache-2.0), sent over a line with
15 dB of street noise, and heard by vosk-model-small-cn-0.22 (Apache-2.0). Some seconds a sentence.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import numpy as np

from voicebot.app import App
from voicebot.cli.eval import hear
from voicebot.config import load
from voicebot.events import Transcript
from voicebot.nlu.examples import Example
from voicebot.nlu.grammars import Grammars

HEAD = (
    "# What vosk-model-small-cn-0.22 made of sentences of these grammars, spoken by Kokoro-82M at 8 kHz "
    "with 15 dB of street noise."
)
INSISTED = 4


def drawn(grammars: Grammars, each: int) -> list[Example]:
    """So many sentences of each intent, of different templates; more of those that ask for a human."""
    rng = np.random.default_rng(5)
    examples = []
    for intent in grammars.intents:
        templates = [one for one in grammars.templates if one.intent == intent]
        most = each * (INSISTED if intent == "human_agent" else 1)
        chosen = rng.permutation(len(templates))[:most].tolist()
        examples += [Example(grammars.spoken(templates[number], rng), (intent,)) for number in chosen]
    return examples


def misheard(said: str, heard: Transcript, of_each: int = 2, least: float = 0.03) -> Iterator[str]:
    """The likeliest readings of each decoder that are not what was said."""
    for source in ("free", "domain"):
        own = [one.text for one in heard.alternatives if one.source == source and one.confidence > least]
        yield from [text for text in own if text != said and len(text) > 1][:of_each]


def main() -> None:
    """Write the lines to standard output."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--each", type=int, default=8)
    bot = App(load(None))
    examples = drawn(bot.understander.grammars, ask.parse_args().each)
    print(HEAD)
    for example, transcript in zip(examples, hear(bot, examples, 15.0), strict=True):
        for text in dict.fromkeys(misheard(example.text, transcript)):
            print(example.intents[0], example.text, text, sep="\t", flush=True)


if __name__ == "__main__":
    main()
