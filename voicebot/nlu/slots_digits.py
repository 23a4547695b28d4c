"""Which number is it: an order's, a telephone's, or the last four digits of one?"""

from __future__ import annotations

import re

from voicebot.nlu.digits import RESTART, Run, digit_runs, digits_of
from voicebot.nlu.numbers import find_numbers
from voicebot.nlu.understanding import Slot

LENGTHS = {"tail_number": 4, "phone": 11, "order_number": 12}
"""How many digits the usual answer to each question has."""

_MOBILE = re.compile(r"(?:86)?(1[3-9]\d{9})")
_LANDLINE = re.compile(r"0\d{9,11}|400\d{7}|800\d{7}")
_TAIL = re.compile("尾号|尾数|后四位|末四位|最后四|后4位|末4位|后四个|后边四|后面四|结尾|末尾")
_PHONE = re.compile("电话|手机|联系方式|号码|打给|打我")
_ORDER = re.compile("订单|单号|运单|编号|单子")
_ORDER_AFTER = re.compile("的?(?:那|这)?(?:个|一|笔)?(?:订单|单子|单)")
_COUNTED = re.compile(r"[块元毛角分]|[万千百%折]|(?:件|个|天|年|月|公里|克|斤|寸|瓦|毫)")


def number_slots(text: str, expecting: str | None) -> dict[str, Slot]:
    """order_number, phone and tail_number in `text` (normalised), as far as they are there."""
    slots: dict[str, Slot] = {}
    runs = digit_runs(text)
    if expecting in LENGTHS or expecting == "digits" or RESTART.search(text):
        runs = _settled(text, runs, LENGTHS.get(expecting or ""))
    for run in runs:
        slots |= {name: slot for name, slot in _named(run, text, expecting).items() if name not in slots}
    return slots or _counted_tail(text, expecting)


def _settled(text: str, runs: list[Run], length: int | None) -> list[Run]:
    """The one number that a caller means who was asked for it, or who corrects himself."""
    digits = digits_of(text, length)
    if not digits:
        return runs
    said = next((run for run in runs if run.digits == digits), None)
    if said:
        others = [run for run in runs if len(run.digits) > 7 and len(run.digits) != len(digits)]
        return [said, *others] if length else [said, *(run for run in others if run.end < said.start)]
    first = runs[0].start if runs else 0
    return [Run(digits, first, runs[-1].end if runs else len(text))]


def _named(run: Run, text: str, expecting: str | None) -> dict[str, Slot]:
    before, said = text[max(0, run.start - 8) : run.start], text[run.start : run.end]
    size = len(run.digits)
    if (
        size < 4
        or (_COUNTED.match(text, run.end) and not (size > 10 and expecting))
        or before.endswith(("¥", "$"))
    ):
        return {}
    mobile = _MOBILE.fullmatch(run.digits)
    of_order = bool(_ORDER.search(before)) and not _PHONE.search(before)
    if mobile and not of_order and (expecting != "order_number" or _PHONE.search(before)):
        slots = {"phone": Slot(mobile[1], said)}
    elif expecting == "phone" and _LANDLINE.fullmatch(run.digits):
        slots = {"phone": Slot(run.digits, said)}
    elif 8 <= size <= 20:
        slots = {"order_number": Slot(run.digits, said)}
    elif size == 4 and _is_tail(text, run, before, expecting):
        slots = {"tail_number": Slot(run.digits, said)}
    else:
        slots = {}
    if size > 7 and slots and (expecting == "tail_number" or _TAIL.search(before)):
        slots["tail_number"] = Slot(run.digits[-4:], said)
    return slots


def _is_tail(text: str, run: Run, before: str, expecting: str | None) -> bool:
    """Four digits are the last four of something when they were asked for, named so, said of an order, or all that is
    said.
    """
    if expecting in ("tail_number", "order_number", "digits", "phone") or text[run.start : run.end] == text:
        return True
    named = _TAIL.search(before) or _ORDER.search(before) or _PHONE.search(before)
    return bool(named or _ORDER_AFTER.match(text, run.end) or RESTART.search(text) or "尾号" in text)


def _counted_tail(text: str, expecting: str | None) -> dict[str, Slot]:
    """尾号三千八百六十二: the last four digits read as one number."""
    if expecting != "tail_number" and not _TAIL.search(text):
        return {}
    for number in find_numbers(text):
        if not number.digits and 1000 <= number.value <= 9999 and number.value == int(number.value):
            return {"tail_number": Slot(str(int(number.value)), number.text)}
    return {}
