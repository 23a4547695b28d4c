"""Telephone numbers: as people write them -> E.164, where they are, and what time it is there."""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers
from phonenumbers import timezone

_BETWEEN = re.compile(r"[\s\-()（）./·—–‑]")
_DIGITS = re.compile(r"\+?\d+")
_MARKS = re.compile(r"^(?:'|tel:)|[;；,，、。]+$", re.IGNORECASE)
"""What stands around a number: the apostrophe of a spreadsheet, a link's tel:, the end of a list."""
_SCIENTIFIC = re.compile(r"(?P<whole>\d)(?:\.(?P<part>\d+))?[eE]\+?(?P<power>\d{1,2})")
_UNKNOWN = "Etc/Unknown"


@dataclass(frozen=True, slots=True)
class Number:
    """A number that exists in its country's plan. `area` is the area code where the plan has one."""

    e164: str
    country: str
    area: str | None
    zones: tuple[str, ...]


class NoNumberError(ValueError):
    """Why a text is no number that can be dialled."""


def read_number(text: object, country: str = "CN") -> Number:
    """The number that a cell of a table means: 138 0000 6612, +86-138..., 13800006612.0, 0571-8888 1234.

    `country` is where a number without a country code is. Raises NoNumberError.
    """
    written = _written(text)
    if not written:
        raise NoNumberError("there is no number")
    try:
        parsed = phonenumbers.parse(written, country)
    except phonenumbers.NumberParseException:
        raise NoNumberError(f"{str(text).strip()!r} is no telephone number") from None
    if not phonenumbers.is_valid_number(parsed):
        parsed = _with_country_code(written, country) or parsed
    if not phonenumbers.is_valid_number(parsed):
        raise NoNumberError(f"{str(text).strip()!r} is not in the numbering plan")
    found = phonenumbers.region_code_for_number(parsed) or country
    return Number(
        phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164),
        found,
        _area(parsed),
        _zones(parsed),
    )


def _written(text: object) -> str:
    if isinstance(text, float) and text.is_integer():
        text = int(text)
    plain = str(text).strip().translate({0xFF10 + digit: str(digit) for digit in range(10)})
    plain = _MARKS.sub("", plain)
    if re.fullmatch(r"\d+\.0+", plain):
        plain = plain.partition(".")[0]
    plain = _BETWEEN.sub("", _whole(plain)).replace("＋", "+")
    if plain and not _DIGITS.fullmatch(plain):
        raise NoNumberError(f"{str(text).strip()!r} is no telephone number")
    return plain


def _whole(text: str) -> str:
    """1.3800006612E+10, as spreadsheets show long numbers. Raises NoNumberError when digits are gone: 1.38E+10."""
    match = _SCIENTIFIC.fullmatch(text)
    if match is None:
        return text
    digits, places = match["whole"] + (match["part"] or ""), int(match["power"]) - len(match["part"] or "")
    if places > 0:
        raise NoNumberError(
            f"{text!r} is not the whole number, the spreadsheet has cut it off: format the column as text"
        )
    return digits if places == 0 else text


def _with_country_code(written: str, country: str) -> phonenumbers.PhoneNumber | None:
    """8613800006612 without the plus, as spreadsheets leave it."""
    code = str(phonenumbers.country_code_for_region(country))
    if not written.startswith(code):
        return None
    try:
        return phonenumbers.parse(f"+{written}", country)
    except phonenumbers.NumberParseException:
        return None


def _area(number: phonenumbers.PhoneNumber) -> str | None:
    length = phonenumbers.length_of_geographical_area_code(number)
    return phonenumbers.national_significant_number(number)[:length] if length else None


def _zones(number: phonenumbers.PhoneNumber) -> tuple[str, ...]:
    found = timezone.time_zones_for_number(number)
    return tuple(zone for zone in found if zone != _UNKNOWN)


def domestic(e164: str, code: str = "86") -> str:
    """The number as the shop stores those of its own country: without the country code."""
    return e164.removeprefix(f"+{code}") if e164.startswith(f"+{code}") else e164.removeprefix("+")
