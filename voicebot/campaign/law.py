"""The law as data: rules with the section that they come from, for classes of calls.

A rule says whom it concerns (`classes`, or all of them; `areas`: only these area codes), where it stands (`law`),
and what it says in one sentence (`says`), which is what whoever is refused by it is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer

from voicebot.campaign.hours import Window, known_zone, parse_window
from voicebot.campaign.located import CampaignError, Strict, read_model
from voicebot.dialogue.read import Problem

LegalClass = Literal["commercial", "research", "service", "care"]
"""commercial: offers, advertising, recovery of carts; research: surveys; service: about an order, a delivery, a
repair; care: greetings without an offer."""
CLASSES: tuple[LegalClass, ...] = ("commercial", "research", "service", "care")


def _window(value: Any) -> Window:
    return value if isinstance(value, Window) else parse_window(value)


OneWindow = Annotated[Window, BeforeValidator(_window), PlainSerializer(str, return_type=str)]
Windows = Annotated[tuple[OneWindow, ...], Field(min_length=1)]
Zone = Annotated[str | None, AfterValidator(known_zone)]
Codes = tuple[Annotated[str, BeforeValidator(str)], ...]


class Rule(Strict):
    """What every rule has. `callbacks`: it holds also for a call at the time that the customer has named."""

    id: str
    law: str
    says: str
    classes: tuple[LegalClass, ...] = CLASSES
    areas: Codes = ()
    callbacks: bool = True


class ConsentRule(Rule):
    """Only with consent that has a source and a date; `written` where the law wants it signed."""

    rule: Literal["consent"]
    kind: Literal["express", "written"] = "express"
    lasts_days: int | None = Field(None, ge=1)


class DoNotCallRule(Rule):
    """Nobody who is on a do-not-call list, or has said no."""

    rule: Literal["do_not_call"]


class HoursRule(Rule):
    """Only in these hours, on the wall clock where the number is."""

    rule: Literal["hours"]
    windows: Windows


class HolidaysRule(Rule):
    """Not on these days."""

    rule: Literal["holidays"]
    days: frozenset[date]


class MostCallsRule(Rule):
    """At most so many calls to one number within any stretch of so many hours, of all campaigns together."""

    rule: Literal["most_calls"]
    calls: int = Field(ge=1)
    hours: int = Field(ge=1)


class AbandonedRule(Rule):
    """At most this share of the calls that a human answered may find nobody who talks to him."""

    rule: Literal["abandoned"]
    most_percent: float = Field(gt=0, le=100)
    over_days: int = Field(30, ge=1)


class AnnounceRule(Rule):
    """The opening must say one of these words, whatever way it takes. {shop} stands for the shop's name."""

    rule: Literal["announce"]
    words: tuple[str, ...] = Field(min_length=1)


class RingRule(Rule):
    """Ring at least so long before giving up."""

    rule: Literal["ring"]
    seconds: int = Field(ge=1)


class RetentionRule(Rule):
    """Keep recordings and what was said, and the proof of consent after its last use, so long; then remove them."""

    rule: Literal["retention"]
    recordings_days: int = Field(ge=30)
    consent_days: int = Field(ge=30)


AnyRule = Annotated[
    ConsentRule
    | DoNotCallRule
    | HoursRule
    | HolidaysRule
    | MostCallsRule
    | AbandonedRule
    | AnnounceRule
    | RingRule
    | RetentionRule,
    Field(discriminator="rule"),
]
Kind = TypeVar("Kind", bound=Rule)


class Law(Strict):
    """One country's rules. `countries` are phone regions (CN, US); `zone` where a number tells none."""

    name: str
    countries: tuple[str, ...] = Field(min_length=1)
    zone: Zone = None
    rules: tuple[AnyRule, ...]

    def of(self, kind: type[Kind], legal_class: str, area: str | None = None) -> Iterator[Kind]:
        """The rules of this kind for this class of calls, to a number with this area code."""
        for rule in self.rules:
            here = not rule.areas or (area is not None and area in rule.areas)
            if isinstance(rule, kind) and legal_class in rule.classes and here:
                yield rule


def read_law(text: str, file: str) -> Law:
    """A law from its YAML. Raises CampaignError with every mistake."""
    problems: list[Problem] = []
    law, table = read_model(text, file, Law, problems)
    if law is not None:
        ids = [rule.id for rule in law.rules]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if not twice:
            return law
        problems.append(Problem(table.place, f"rules: the ids {', '.join(twice)} are here twice"))
    raise CampaignError(problems)
