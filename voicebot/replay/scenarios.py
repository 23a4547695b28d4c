"""Scenarios and twists from YAML, and each scenario with every twist that it gives occasion to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zlib import crc32

import yaml

from voicebot.errors import VoicebotError
from voicebot.replay.persona import Wants, Ways
from voicebot.replay.rehearsal import Scenario

Mishear = Callable[[str, str, int], Callable[[str], str]]
"""How (confusion or recogniser) sentences of an intent are misheard, drawn from a seed."""

_TUPLES = ("opening", "things", "confirms", "later")
_SCENARIO = {
    *("name", "intent", "caller", "number", "tail", "declines", "answers", "agrees"),
    *("slips", "effects", "may", "said", "ends", *_TUPLES),
}
_TWIST = {
    "name",
    "at",
    "aside",
    "breath",
    "slips",
    "before",
    "after",
    "words",
    "heard",
    "said",
    "later",
    "declines",
}


@dataclass(frozen=True, slots=True)
class Twist:
    """One entry of twists.yaml; texts are variants, of which a scenario gets the one its name leads to."""

    name: str
    given: Mapping[str, Any]

    def held(
        self, scenario: Scenario, slips: Mapping[str, str], mishear: Mishear
    ) -> tuple[Scenario, Ways] | None:
        """The scenario with this twist, or None where it gives no occasion."""
        given, seed = self.given, crc32(scenario.name.encode())
        if given.get("slips") and not slips:
            return None
        if given.get("declines"):
            declined = _declined(scenario)
            return None if declined is None else (declined, Ways())
        if given.get("later"):
            return _later(scenario, _pick(given["later"], seed), given["said"]), Ways()
        ways = Ways(
            aside=(_pick(given["aside"], seed),) if "aside" in given else (),
            at=frozenset(given.get("at", ())),
            slips=slips if given.get("slips") else {},
            breath=bool(given.get("breath")),
            before=_pick(given["before"], seed) if "before" in given else "",
            after=_pick(given["after"], seed) if "after" in given else "",
            words=given.get("words", {}),
            heard=mishear(given["heard"], scenario.intent, crc32(f"{self.name} {seed}".encode()))
            if "heard" in given
            else None,
        )
        return replace(scenario, said=(*scenario.said, *given.get("said", ()))), ways


def _pick(variants: Sequence[Any], seed: int) -> Any:
    return variants[seed % len(variants)]


def _declined(scenario: Scenario) -> Scenario | None:
    """The caller who thinks better of it when he is asked whether he is sure."""
    if not scenario.wants.confirms or not scenario.effects or scenario.wants.declines:
        return None
    return replace(scenario, wants=replace(scenario.wants, declines=True), effects=(), said=())


def _later(scenario: Scenario, wish: str, said: Iterable[str]) -> Scenario:
    wants = replace(scenario.wants, later=(*scenario.wants.later, wish))
    return replace(scenario, wants=wants, said=(*scenario.said, *said))


@dataclass(frozen=True, slots=True)
class Book:
    """All scenarios with their slips, and all twists."""

    scenarios: tuple[tuple[Scenario, Mapping[str, str]], ...]
    twists: tuple[Twist, ...]

    def held(self, mishear: Mishear) -> Iterator[tuple[Scenario, str, Ways]]:
        """Every conversation there is."""
        for scenario, slips in self.scenarios:
            for twist in self.twists:
                held = twist.held(scenario, slips, mishear)
                if held is not None:
                    yield held[0], twist.name, held[1]


def load_book(folder: Path, titles: Mapping[str, str]) -> Book:
    """The scenarios of every file of `folder` and its twists.yaml; `titles` name what an intent is called.

    Raises VoicebotError that names the file and the entry when a key is unknown or missing.
    """
    scenarios = []
    for path in sorted(folder.glob("*.yaml")):
        if path.stem in {"twists", "human", "spoken"}:
            continue
        scenarios += [
            _scenario(path, entry, titles) for entry in yaml.safe_load(path.read_text(encoding="utf-8"))
        ]
    twists = yaml.safe_load((folder / "twists.yaml").read_text(encoding="utf-8"))
    for entry in twists:
        _known(folder / "twists.yaml", entry, _TWIST)
    return Book(tuple(scenarios), tuple(Twist(entry["name"], entry) for entry in twists))


def _scenario(
    path: Path, entry: dict[str, Any], titles: Mapping[str, str]
) -> tuple[Scenario, Mapping[str, str]]:
    _known(path, entry, _SCENARIO)
    wants = Wants(
        **{name: tuple(entry.get(name, ())) for name in _TUPLES},
        number=entry.get("number", ""),
        tail=entry.get("tail", ""),
        declines=entry.get("declines", False),
        titles=frozenset({titles.get(entry["intent"], "")}),
        answers={kind: tuple(said) for kind, said in entry.get("answers", {}).items()},
        agrees=frozenset(entry.get("agrees", ())),
        acts=bool(entry.get("effects") or entry.get("may") or entry.get("confirms") or entry.get("declines")),
        hears=tuple(entry.get("said", ())),
    )
    scenario = Scenario(
        entry["name"],
        entry["intent"],
        entry["caller"],
        wants,
        tuple(entry.get("effects", ())),
        tuple(entry.get("may", ())),
        tuple(entry.get("said", ())),
        entry.get("ends", ""),
    )
    return scenario, entry.get("slips", {})


def _known(path: Path, entry: Mapping[str, Any], keys: set[str]) -> None:
    unknown = sorted(set(entry) - keys)
    if unknown or "name" not in entry:
        wrong = f"has unknown keys ({', '.join(unknown)})" if unknown else "has no name"
        raise VoicebotError(
            f"{path}: the entry {entry.get('name', entry)} {wrong}; known keys: {', '.join(sorted(keys))}"
        )
