"""The shop's rules, read from YAML and checked: what callers may do, by when, and who pays."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path
from string import Formatter
from typing import ClassVar, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from voicebot.errors import VoicebotError

Fault = Literal["seller", "buyer"]
Texts = dict[str, str]


class Part(BaseModel):
    """A part of the rules: cannot be changed, and knows no other keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


FILLED = frozenset(["window", "days", "status", "kind", "tier", "amount", "refund_days", "each", "hours"])
"""The words in braces that a spoken text may have."""


class Spoken(Part):
    """A part whose `why` has a text for every code that its decisions give."""

    codes: ClassVar[tuple[str, ...]] = ()
    why: Texts

    @field_validator("why")
    @classmethod
    def _complete(cls, why: Texts) -> Texts:
        missing = [code for code in cls.codes if code not in why]
        if missing:
            raise ValueError(f"a text for {missing[0]!r} is missing")
        for code, text in why.items():
            unknown = {name for _, name, _, _ in Formatter().parse(text) if name} - FILLED
            if unknown:
                raise ValueError(f"the text for {code!r} has {{{unknown.pop()}}}, which nothing fills in")
        return why


class ShopRules(Part):
    """Who speaks."""

    name: str
    hotline: int


class OpenHours(Part):
    """On these days (1 = Monday .. 7 = Sunday) humans answer from `opens` until `closes`."""

    days: list[int]
    opens: time
    closes: time


class HoursRules(Part):
    """When a human can be had."""

    spoken: str
    human: list[OpenHours]
    closed: list[date] = []


class Reason(Part):
    """A class of reasons, found by its words."""

    name: str
    fault: Fault
    spoken: str
    words: list[str]
    unless: list[str] = []

    def matches(self, text: str) -> bool:
        """Is this the class of `text` (its name, or a caller's words)?"""
        for phrase in self.unless:
            text = text.replace(phrase, "")
        return text == self.name or any(word in text for word in self.words)


class ReturnRules(Spoken):
    """Returns: article 25 without a reason, article 24 for quality. Windows in days after receipt."""

    codes = (
        "no_reason",
        "quality",
        "too_late",
        "repair_instead",
        "not_received",
        "not_paid",
        "before_shipping",
        "over",
        "already",
        "unopened",
    )
    no_reason_days: int = Field(ge=7)
    quality_days: int = Field(ge=7)
    fresh_quality_days: int
    refund_days: int = Field(le=7)
    free_freight_tiers: list[str]
    excepted: Texts
    freight: Texts


class ExchangeRules(Spoken):
    """Exchanges. Windows in days after receipt."""

    codes = (
        "ok",
        "too_late",
        "repair_instead",
        "not_received",
        "before_shipping",
        "over",
        "already",
        "excepted",
        "out_of_stock",
    )
    any_reason_days: int
    quality_days: int
    freight: Texts


class CancelRules(Spoken):
    """Cancelling before the parcel leaves."""

    codes = ("unpaid", "to_ship", "custom_made", "shipped", "received", "over", "in_progress")
    refund_days: int


class AddressRules(Spoken):
    """Changing where an order goes."""

    codes = ("ok", "shipped", "received", "over")


class ExpediteRules(Spoken):
    """Hurrying an order."""

    codes = ("to_ship", "on_the_way", "unpaid", "received", "over", "already")
    again_after_hours: int
    ship_within_hours: int


class PriceProtectionRules(Spoken):
    """Giving back the difference when the price falls within `days` after the order."""

    codes = ("ok", "too_late", "not_cheaper", "excepted", "already", "unpaid", "over")
    days: int
    tier_days: dict[str, int]
    excepted: list[Literal["fresh", "custom_made", "newspaper"]]


class InvoiceRules(Spoken):
    """Invoices, within `days` after the order, sent within `hours`."""

    codes = ("ok", "already", "unpaid", "over", "too_late")
    days: int
    hours: int


class RepairRules(Spoken):
    """Repairs within the product's warranty, and what an inspection costs after it (yuan)."""

    codes = ("in_warranty", "out_of_warranty", "no_warranty", "not_received", "over")
    inspection_fee: int


class InstallationRules(Spoken):
    """A technician's visit to set things up."""

    codes = ("ok", "not_needed", "not_arrived", "already", "over")


class Department(Part):
    """This department answers tickets of these types, severities, or with these words in them."""

    department: str
    types: list[str]
    severity: list[str]
    words: list[str]


class TicketRules(Part):
    """Who answers a ticket and within how many hours."""

    severities: list[str]
    hours: dict[str, int]
    grave: dict[str, list[str]] = {}
    departments: list[Department] = Field(min_length=1)

    @model_validator(mode="after")
    def _known(self) -> Self:
        for name in (*self.hours, *self.grave):
            if name not in self.severities:
                raise ValueError(f"{name!r} is none of the severities")
        missing = [name for name in self.severities if name not in self.hours]
        if missing:
            raise ValueError(f"hours for {missing[0]!r} are missing")
        return self

    def severity(self, given: str, text: str) -> str:
        """How grave a ticket is: as given (the second severity where it is none), or as the words in it demand."""
        known = given if given in self.severities else self.severities[1 if len(self.severities) > 1 else 0]
        demanded = [name for name, words in self.grave.items() if any(word in text for word in words)]
        return max([known, *demanded], key=self.severities.index)


class CouponRules(Part):
    """What goodwill is worth by tier (yuan), and how often."""

    goodwill: dict[str, int]
    threshold: int
    valid_days: int
    once_days: int


class RecommendRules(Part):
    """How sure an association rule must be before it is spoken."""

    min_confidence: float
    min_lift: float


class Rules(Part):
    """All rules of the shop."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    shop: ShopRules
    hours: HoursRules
    reasons: list[Reason]
    returns: ReturnRules = Field(alias="return")
    exchange: ExchangeRules
    cancel: CancelRules
    address: AddressRules
    expedite: ExpediteRules
    price_protection: PriceProtectionRules
    invoice: InvoiceRules
    repair: RepairRules
    installation: InstallationRules
    tickets: TicketRules
    coupons: CouponRules
    recommend: RecommendRules

    def reason(self, text: str) -> Reason:
        """The class of this reason (a class name, or a caller's words); the last class when nothing matches."""
        return next((reason for reason in self.reasons if reason.matches(text)), self.reasons[-1])

    def department(self, kind: str, severity: str, text: str) -> str:
        """The department that answers a ticket of this kind."""
        for line in self.tickets.departments:
            if (
                (not line.types or kind in line.types)
                and (not line.severity or severity in line.severity)
                and (not line.words or any(word in text for word in line.words))
            ):
                return line.department
        return self.tickets.departments[-1].department


def load_rules(path: Path) -> Rules:
    """The rules in this file. Raises VoicebotError that names the file, the key and the reason."""
    try:
        return Rules.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise VoicebotError(f"there are no shop rules at {path}; name another file or restore it") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise VoicebotError(f"the shop rules {path} cannot be read: {reason}") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the whole file"
        raise VoicebotError(f"the shop rules {path} are wrong at {key}: {first['msg']}") from error
