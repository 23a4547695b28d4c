"""Rows of a table -> whom to ring, and which rows are refused, by line and reason."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

from voicebot.campaign.definition import Audience
from voicebot.campaign.hours import zone_of
from voicebot.campaign.phones import NoNumberError, Number, read_number
from voicebot.campaign.plan import Consented
from voicebot.errors import VoicebotError

_DAY = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})(?:\D.*)?|(\d{4})(\d{2})(\d{2})")
KINDS = {
    "": "express",
    "express": "express",
    "written": "written",
    "书面": "written",
    "明示": "express",
    "口头": "express",
}


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to ring. `line` is the row's in its table; `facts` are what the dialogue may speak of."""

    line: int
    number: Number
    facts: Mapping[str, Any]
    consent: Consented | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that nobody is rung for."""

    line: int
    reason: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Contacts:
    """What a table comes to."""

    contacts: tuple[Contact, ...]
    refused: tuple[Refused, ...]


def read_contacts(
    rows: Sequence[tuple[int, Mapping[str, Any]]],
    columns: Sequence[str],
    audience: Audience,
    name: str,
    today: date,
) -> Contacts:
    """The contacts in the rows of a table. Raises VoicebotError when a column that is named is not there."""
    _all_there(columns, audience, name)
    contacts: dict[str, Contact] = {}
    refused: list[Refused] = []
    for line, row in rows:
        try:
            contact = _contact(line, row, audience, today)
        except ValueError as error:
            refused.append(Refused(line, str(error), str(row.get(audience.columns.phone, ""))))
            continue
        first = contacts.get(contact.number.e164)
        if first is None:
            contacts[contact.number.e164] = contact
        else:
            refused.append(Refused(line, f"the same number as in line {first.line}", contact.number.e164))
    return Contacts(tuple(contacts.values()), tuple(refused))


class NoColumnError(VoicebotError):
    """A column that is named and not there; `key` is where the campaign names it."""

    def __init__(self, key: tuple[str, ...], says: str) -> None:
        super().__init__(says)
        self.key = key


def _all_there(columns: Sequence[str], audience: Audience, name: str) -> None:
    wanted = audience.columns
    own = ("phone", "zone", "consent_source", "consent_date", "consent_kind")
    named: dict[tuple[str, ...], str | None] = {
        ("audience", "columns", key): getattr(wanted, key) for key in own
    }
    named |= {("audience", "columns", "facts", fact): column for fact, column in wanted.facts.items()}
    for key, column in named.items():
        if column is not None and column not in columns:
            raise NoColumnError(
                key, f"{name} has no column {column!r}; it has {', '.join(columns)}: correct audience.columns"
            )


def _contact(line: int, row: Mapping[str, Any], audience: Audience, today: date) -> Contact:
    columns = audience.columns
    try:
        number = read_number(row.get(columns.phone, ""), audience.country)
    except NoNumberError as error:
        raise ValueError(str(error)) from None
    zone = str(row.get(columns.zone, "") or "").strip() if columns.zone else ""
    if zone:
        try:
            zone_of(zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"{zone!r} is no time zone") from None
        number = Number(number.e164, number.country, number.area, (zone,))
    facts = {name: row.get(column, "") for name, column in columns.facts.items()}
    return Contact(line, number, facts, _consent(row, audience, today))


def _consent(row: Mapping[str, Any], audience: Audience, today: date) -> Consented | None:
    """Consent needs a source and a date: one without the other is a mistake of the row, none at all is none."""
    columns = audience.columns
    source = str(row.get(columns.consent_source or "", "") or "").strip()
    day = str(row.get(columns.consent_date or "", "") or "").strip()
    if not source and not day:
        given = audience.consent
        return None if given is None else Consented(given.source, midnight(given.date), given.kind)
    if not source or not day:
        raise ValueError("consent needs a source and a date, and only one of them is here")
    kind = KINDS.get(str(row.get(columns.consent_kind or "", "") or "").strip().lower())
    if kind is None:
        raise ValueError("the kind of consent is express or written")
    when = read_day(day)
    if when > today:
        raise ValueError(f"consent of {when} lies in the future")
    return Consented(source, midnight(when), kind)


def read_day(text: str) -> date:
    """2026-11-20, 2026/11/20, 2026年11月20日, 20261120. Raises ValueError."""
    match = _DAY.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no date; write it as 2026-11-20")
    parts = [int(part) for part in match.groups() if part is not None]
    try:
        return date(*parts[:3])
    except ValueError:
        raise ValueError(f"{text!r} is no date of the calendar") from None


def midnight(day: date) -> datetime:
    """The day as an instant, for comparing."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
