"""Details in a sentence: order numbers, telephones, products, money, days, times, places, people, reasons, choices.

Every kind has its own finder; this joins them, so that one stretch of text is not taken for two things, and a
correction (不对,是两百) replaces what was said before it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from voicebot.nlu.calendar import Lean
from voicebot.nlu.catalogue import Catalogue, Named, standard_catalogue
from voicebot.nlu.dates import DateFound, find_dates
from voicebot.nlu.normalize import normalize
from voicebot.nlu.numbers import Number, find_numbers
from voicebot.nlu.slots_counts import amount_of, quantity_of, rating_of
from voicebot.nlu.slots_digits import number_slots
from voicebot.nlu.slots_places import address_of, person_of
from voicebot.nlu.slots_words import Option, choice_of, reason_of
from voicebot.nlu.times import TimeFound, find_times
from voicebot.nlu.understanding import Slot

NAMES = (
    "order_number", "phone", "tail_number", "product", "quantity", "amount", "date", "time", "address", "person",
    "reason", "rating", "choice",
)  # fmt: skip
"""Every slot there is."""

_CORRECTED = re.compile(
    "(?:不对|说错了?|(?<![写发弄搞拍买下寄送])错了|哦不|噢不|更正一下|我重说)[,。的是吧啊我]*"
)
_NOT_BUT = re.compile("(?<!是)不是(?P<wrong>[^,。?!]{1,12}?)[,、]?(?:而是|应该是|是)(?P<right>.+)")
_BUT_NOT = re.compile("是(?P<right>[^,。?!不]{1,12})[,、]?(?<!是)不是(?P<wrong>.+)")
_LEANS: dict[str, Lean] = {"past_date": "past", "future_date": "future"}


@dataclass(frozen=True, slots=True)
class _Question:
    """What the sentence answers, and what it is understood against."""

    expecting: str | None
    today: date
    catalogue: Catalogue
    options: Sequence[Option]


def extract(
    text: str,
    *,
    expecting: str | None = None,
    today: date,
    catalogue: Catalogue | None = None,
    options: Sequence[Option] = (),
) -> dict[str, Slot]:
    """The slots of one sentence, by name.

    `expecting` names the slot that was asked for (also digits, rating_10, past_date, future_date): its bare answer
    then counts (六六幺二 for tail_number). `options` are the answers that were offered for a choice.
    """
    question = _Question(expecting, today, catalogue or standard_catalogue(), options)
    text = normalize(text)
    found = _once(text, question)
    found |= _after_correction(text, question, found)
    return {name: found[name] for name in NAMES if name in found} | number_slots(text, expecting)


def _after_correction(text: str, question: _Question, found: dict[str, Slot]) -> dict[str, Slot]:
    """The slots of what was said instead, understood as answers to the same questions as the slots it replaces."""
    marks = list(_CORRECTED.finditer(text))
    if marks and marks[-1].end() < len(text):
        return _replacing(text[marks[-1].end() :], question, list(found))
    contrast = _NOT_BUT.search(text) or _BUT_NOT.search(text)
    if not contrast:
        return {}
    wrong = _once(contrast["wrong"], question)
    right = _replacing(contrast["right"], question, list(wrong))
    return {name: slot for name, slot in right.items() if name in wrong or name == question.expecting}


def _replacing(text: str, question: _Question, names: list[str]) -> dict[str, Slot]:
    slots: dict[str, Slot] = {}
    for name in [*names, question.expecting]:
        if name == "date" and question.expecting in _LEANS:
            continue
        asked = _Question(name, question.today, question.catalogue, question.options)
        slots |= {key: slot for key, slot in _once(text, asked).items() if key == name or key not in slots}
    return slots


def _once(text: str, question: _Question) -> dict[str, Slot]:
    """The slots of a text without corrections; numbers of orders and telephones are found elsewhere."""
    asked = question.expecting
    numbers = find_numbers(text)
    days, clocks = find_dates(text, question.today, _LEANS.get(asked or "")), find_times(text)
    product = question.catalogue.find(text, asked == "product")
    address = address_of(text, asked == "address")
    days = [day for day in days if not (address and day.text in address.text)]  # 四段十一号 is no day
    slots: dict[str, Slot | None] = {
        "product": Slot(product.value, text[product.start : product.end]) if product else None,
        "date": Slot(days[0].value.isoformat(), days[0].text) if days else None,
        "time": _time(clocks, days, asked),
        "address": address,
        "person": person_of(text, asked == "person"),
        "reason": reason_of(text, asked == "reason"),
        "choice": choice_of(text, asked == "choice", question.options),
    }
    slots |= _counts(text, _free(numbers, [*days, *clocks], slots), product, asked)
    if slots.get("rating") and asked in ("rating", "rating_10"):
        slots["choice"] = None
    return {name: slot for name, slot in slots.items() if slot}


def _counts(
    text: str, numbers: list[Number], product: Named | None, asked: str | None
) -> dict[str, Slot | None]:
    if not numbers and asked not in ("rating", "rating_10"):
        return {}
    rating = rating_of(text, numbers, asked)
    numbers = [one for one in numbers if not rating or not rating.start <= one.start < rating.end]
    amount = amount_of(text, numbers, asked == "amount")
    numbers = [one for one in numbers if not amount or not amount.start <= one.start < amount.end]
    quantity = quantity_of(text, numbers, asked == "quantity", product.start if product else -1)
    return {
        "rating": rating.slot if rating else None,
        "amount": amount.slot if amount else None,
        "quantity": quantity.slot if quantity else None,
    }


def _free(
    numbers: list[Number], taken: Sequence[DateFound | TimeFound], slots: dict[str, Slot | None]
) -> list[Number]:
    """The numbers that are not part of a day, a time or an address."""
    address = slots["address"]
    return [
        number
        for number in numbers
        if not any(one.start <= number.start < one.end for one in taken)
        and not (address and number.text in address.text)
    ]


def _time(clocks: Sequence[TimeFound], days: Sequence[DateFound], asked: str | None) -> Slot | None:
    """The first clock time; a part of the day only beside a day or as an answer."""
    exact = [clock for clock in clocks if not clock.vague]
    if exact:
        return Slot(exact[0].value, exact[0].text)
    answering = asked in ("time", "date", "future_date", "past_date")
    vague = [clock for clock in clocks if answering or any(_beside(clock, day) for day in days)]
    return Slot(vague[0].value, vague[0].text) if vague else None


def _beside(clock: TimeFound, day: DateFound) -> bool:
    return (
        0 <= clock.start - day.end <= 1
        or day.start <= clock.start < day.end
        or 0 <= day.start - clock.end <= 1
    )
