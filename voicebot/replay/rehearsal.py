"""Conversations with simulated callers, by text, with the very same call machine and a shop of their own each.

A scenario (who rings, what he wants and knows, what must be true afterwards) is held once for each twist that it
gives occasion to. The verdict looks at the shop's database and at every word of the bot.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from voicebot.call import Call
from voicebot.ports import Shop
from voicebot.replay.audit import Row, Secrets, Snapshot, fits
from voicebot.replay.persona import Persona, Spoken, Wants, Ways
from voicebot.replay.text import BotTurn, TextDriver

TURNS = 30
"""A conversation that is not over after so many turns has lost its way."""

ASKED_TOO_OFTEN = 4
PUBLIC = frozenset({"knowledge", "product", "stock", "promotions", "recommend"})
CONFIRMED = frozenset(
    [
        "create_return",
        "create_exchange",
        "cancel_order",
        "change_address",
        "request_invoice",
        "apply_price_protection",
        "book_installation",
        "book_repair",
        "create_ticket",
    ]
)
"""What is done only after the caller's yes."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One caller's business.

    `effects` are the rows that must be there afterwards (and no others, but for what `may` be there); `said` texts
    of which each, or one of its parts parted by |, must have been spoken. `ends` is "human" where a human is right,
    "any" where only what must not happen counts.
    """

    name: str
    intent: str
    caller: str | None
    wants: Wants
    effects: tuple[Mapping[str, Any], ...] = ()
    may: tuple[Mapping[str, Any], ...] = ()
    said: tuple[str, ...] = ()
    ends: str = ""


@dataclass(slots=True)
class Outcome:
    """What became of one conversation."""

    scenario: Scenario
    twist: str
    lines: list[tuple[str, str]] = field(default_factory=list)
    state: str = "open"
    wrong: list[str] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    lost: str = ""
    turns: int = 0
    twisted: bool = True

    @property
    def resolved(self) -> bool:
        """Did the caller get what he wanted, from the bot alone (or from a human where that is right)?"""
        human, ends = self.state == "transferred", self.scenario.ends
        return (ends == "any" or human == (ends == "human")) and not (
            self.missing or self.wrong or self.leaks or self.lost
        )

    @property
    def told(self) -> str:
        """The conversation and its verdict as text."""
        verdict = [
            f"{name}: {value}"
            for name in ("missing", "wrong", "leaks", "lost")
            if (value := getattr(self, name))
        ]
        lines = [f"  {who}: {text}" for who, text in self.lines]
        return "\n".join([f"{self.scenario.name} / {self.twist} ({self.state})", *lines, *verdict])


class WatchedShop:
    """A shop that remembers what was public in its answers, who is verified, and what was done."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self.public = ""
        self.customer: int | None = None
        self.done: list[str] = []

    def look(self, name: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """Ask the shop."""
        result = self._shop.look(name, arguments)
        if name in PUBLIC:
            self.public += str(result)
        if name == "verify_caller" and result["verified"]:
            self.customer = result["customer"]["id"]
        return result

    def do(self, name: str, arguments: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        """Have the shop do it."""
        result = self._shop.do(name, arguments, key)
        if result.get("done"):
            self.done.append(name)
        return result


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a conversation is held: a call, the shop it talks to, the file of that shop, and its secrets."""

    call: Call
    shop: WatchedShop
    file: Path
    secrets: Secrets


class _Ear:
    """Listens to the bot on behalf of the judge."""

    def __init__(self, stand: Stand, outcome: Outcome, persona: Persona) -> None:
        self._stand = stand
        self._outcome = outcome
        self._persona = persona
        self._kinds: Counter[str] = Counter()
        self._heard = outcome.scenario.caller or ""

    def caller(self, spoken: Spoken) -> None:
        self._outcome.lines.append(("caller", "(…)" if spoken.text is None else spoken.text))
        self._heard += " " + (spoken.text or "")

    def bot(self, turn: BotTurn, before: Spoken | None) -> str:
        said, outcome, shop = "".join(turn.say), self._outcome, self._stand.shop
        outcome.lines.append(("bot", said))
        outcome.state = turn.state
        outcome.leaks += self._stand.secrets.told(said, self._heard, shop.public, shop.customer)
        for name in shop.done:
            if name in CONFIRMED and (before is None or before.meant != "yes"):
                outcome.wrong.append(f"{name} without a yes")
        shop.done.clear()
        if not said and turn.state == "open":
            outcome.lost = "the bot is silent"
        return said

    def asked(self, kind: str) -> None:
        self._kinds[kind] += 1
        if kind not in {"open", "closing", "doubt"} and self._kinds[kind] > ASKED_TOO_OFTEN:
            self._outcome.lost = f"asked {self._kinds[kind]} times: {kind}"


def hold(scenario: Scenario, twist: str, ways: Ways, stand: Stand) -> Outcome:
    """One conversation, from the greeting to its end, and its verdict."""
    outcome = Outcome(scenario, twist)
    persona = Persona(f"{scenario.name} {twist}", scenario.wants, ways)
    ear = _Ear(stand, outcome, persona)
    before = Snapshot.of(stand.file)
    driver = TextDriver(stand.call, stand.shop, source="text" if ways.heard is None else "free")
    said = ear.bot(driver.answer(scenario.caller), None)
    while not driver.over and not outcome.lost:
        spoken = persona.reply(said)
        ear.asked(persona.kind)
        ear.caller(spoken)
        said = ear.bot(driver.silence() if spoken.text is None else driver.say(spoken.text), spoken)
        outcome.turns += 1
        if outcome.turns >= TURNS:
            outcome.lost = "no end"
    if not driver.over:
        driver.hang_up()
    outcome.twisted = persona.twisted
    _judge(outcome, before.changes(Snapshot.of(stand.file)))
    return outcome


def _judge(outcome: Outcome, changes: list[Row]) -> None:
    wanted = list(outcome.scenario.effects)
    for row in changes:
        match = next((one for one in wanted if fits(row, one)), None)
        if match is None and any(fits(row, one) for one in outcome.scenario.may):
            continue
        if match is None:
            outcome.wrong.append(f"unwanted {row}")
        else:
            wanted.remove(match)
    outcome.missing += [f"effect {dict(one)}" for one in wanted]
    heard = "\n".join(text for who, text in outcome.lines if who == "bot")
    outcome.missing += [
        f"said {text}" for text in outcome.scenario.said if not any(part in heard for part in text.split("|"))
    ]
