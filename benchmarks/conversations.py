"""Simulated callers: how many of their conversations the bot resolves, and what it does or tells wrongly.

    python -m benchmarks.conversations [--only TEXT] [--show] [--every N] [--seed N]

Every scenario of tests/conversations with every twist that it gives occasion to (corrections, digressions, second
wishes, mishearings drawn from the confusion model and from real recogniser output), by text, with the same call
machine and a demonstration shop of its own each. The verdict is read from the shop's whole database.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from voicebot.app import App, demo_database
from voicebot.config import ROOT, load
from voicebot.nlu.catalogue import Catalogue
from voicebot.nlu.confusion import Confusion
from voicebot.replay.audit import Secrets
from voicebot.replay.persona import Ways
from voicebot.replay.rehearsal import Outcome, Scenario, Stand, WatchedShop, hold
from voicebot.replay.scenarios import Book, load_book
from voicebot.replay.text import BotTurn, TextDriver

FOLDER = ROOT / "tests" / "conversations"
NOW = datetime(2026, 11, 20, 10, 30)


class Theatre:
    """Holds conversations: the bot is made once, the shop anew for each."""

    def __init__(self, folder: Path, seed: int = 0) -> None:
        self._seed = seed
        self.app = App(load())
        self._folder = folder
        self._source = demo_database(NOW.date())
        self._secrets = Secrets.of(self._source)
        self._count = 0

    @cached_property
    def book(self) -> Book:
        """The scenarios and twists."""
        script = self.app.script
        return load_book(FOLDER, {name: script.flows[flow].title for name, flow in script.intents.items()})

    @cached_property
    def _confusion(self) -> Confusion:
        return Confusion(self.app.understander.sentences)

    @cached_property
    def _heard(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        path = self.app.grammars / "_heard.tsv"
        for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
            parts = line.split("\t")
            if len(parts) == 3:
                found[parts[0]].append(parts[2])
        return found

    def mishear(self, how: str, intent: str, seed: int) -> Callable[[str], str]:
        """How what a caller says is misheard in one conversation."""
        rng = np.random.default_rng([self._seed, seed])
        if how == "confusion":
            return lambda text: self._confusion.misheard(text, rng)
        waiting = [str(rng.choice(self._heard[intent]))] if intent in self._heard else []
        return lambda text: waiting.pop() if waiting else self._confusion.misheard(text, rng)

    def stand(self, name: str) -> tuple[Stand, Callable[[], None]]:
        """A call and a shop of its own; the second is to be called afterwards."""
        self._count += 1
        file = self._folder / f"{self._count}.db"
        shutil.copyfile(self._source, file)
        shop = self.app.shop(f"sqlite:///{file}", lambda: NOW)
        call = self.app.call(f"rehearsal-{name}", NOW, self._catalogue)
        return Stand(call, WatchedShop(shop), file, self._secrets), file.unlink

    @cached_property
    def _catalogue(self) -> Catalogue:
        return self.app.shop(f"sqlite:///{self._source}", lambda: NOW).catalogue()

    def hold(self, scenario: Scenario, twist: str, ways: Ways) -> Outcome:
        """One conversation."""
        stand, afterwards = self.stand(f"{scenario.name}-{twist}")
        try:
            return hold(scenario, twist, ways, stand)
        finally:
            afterwards()

    def said_at(self, place: Mapping[str, Any], text: str) -> BotTurn:
        """The bot's turn after `text` was said at a place of human.yaml."""
        stand, afterwards = self.stand(text)
        driver = TextDriver(stand.call, stand.shop)
        turn = driver.answer(place["caller"])
        for line in (*place["said"], text):
            if driver.over:
                break
            turn = driver.say(line)
        afterwards()
        return turn

    def all(self, wanted: Callable[[str], bool] = lambda _: True, every: int = 1) -> Iterator[Outcome]:
        """Every conversation in which its twist happened."""
        held = [one for one in self.book.held(self.mishear) if wanted(f"{one[0].name}/{one[1]}")]
        for scenario, twist, ways in held[::every]:
            outcome = self.hold(scenario, twist, ways)
            if outcome.twisted:
                yield outcome


@contextmanager
def theatre(seed: int = 0) -> Iterator[Theatre]:
    """A place for conversations, thrown away afterwards."""
    with tempfile.TemporaryDirectory(prefix="voicebot-") as folder:
        yield Theatre(Path(folder), seed)


def table(title: str, outcomes: Iterable[Outcome], key: Callable[[Outcome], str]) -> None:
    """Print one line a group."""
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[key(outcome)].append(outcome)
    print(
        f"{title:<30}{'calls':>6}{'resolved':>10}{'human':>7}{'wrong':>7}{'leaks':>7}{'lost':>6}{'turns':>7}"
    )
    for name, group in sorted(groups.items()):
        print(line(name, group))


def line(name: str, group: list[Outcome]) -> str:
    """One line of the table."""
    share = sum(one.resolved for one in group) / len(group)
    human = sum(one.state == "transferred" for one in group)
    counts = [sum(bool(value(one)) for one in group) for value in (_wrong, _leaks, _lost)]
    turns = sum(one.turns for one in group) / len(group)
    return (
        f"{name:<30}{len(group):>6}{share:>10.1%}{human:>7}"
        + "".join(f"{count:>{width}}" for count, width in zip(counts, (7, 7, 6), strict=True))
        + f"{turns:>7.1f}"
    )


def humans(stage: Theatre, ways: dict[str, Any]) -> None:
    """Print how many of the ways to ask for a human reach one, at every place, and how many others do."""
    places, never = ways.pop("places"), ways.pop("never")
    asked = [text for texts in ways.values() for text in texts]
    for title, texts in (("ask for a human", asked), ("ask for none", never)):
        sent = sum(
            stage.said_at(place, text).state == "transferred" for text in texts for place in places.values()
        )
        print(
            f"{len(texts)} sentences that {title}, at {len(places)} questions each: {sent} "
            f"of {len(texts) * len(places)} reach one"
        )


def _wrong(one: Outcome) -> list[str]:
    return one.wrong


def _leaks(one: Outcome) -> list[str]:
    return one.leaks


def _lost(one: Outcome) -> str:
    return one.lost


def main() -> None:
    """Hold them all and print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default="", help="only conversations whose scenario/twist holds this text")
    parser.add_argument("--every", type=int, default=1, help="only every n-th")
    parser.add_argument("--seed", type=int, default=0, help="other mishearings are drawn")
    parser.add_argument("--show", action="store_true", help="print those that are not resolved")
    options = parser.parse_args()
    with theatre(options.seed) as stage:
        outcomes = list(stage.all(lambda name: options.only in name, options.every))
        if not options.only:
            humans(stage, yaml.safe_load((FOLDER / "human.yaml").read_text(encoding="utf-8")))
            print()
    for outcome in outcomes if options.show else ():
        if not outcome.resolved:
            print(outcome.told, end="\n\n")
    table("intent", outcomes, lambda one: one.scenario.intent)
    print()
    table("twist", outcomes, lambda one: one.twist)
    print()
    names = {one.scenario.name for one in outcomes}
    print(line(f"all ({len(names)} scenarios)", outcomes))


if __name__ == "__main__":
    main()
