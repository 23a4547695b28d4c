"""The functions of the expression language. Each takes the lookup of names first; None for what it cannot take.

len(x)  number(x)  text(x)  days(date): days since then, negative for days to come
find(list, field, value)  where(list, field, value)  each(list, field)  first(list, count)
mentions(list, text): the items in which the text is found anywhere
alike(list, product, text): those of the same kind, where the text does not say which: 耳机
kinds(list, text): those whose goods are named by their last syllable: 鞋挤脚
near(orders, day): those made or received on that day, else the one made nearest to it
readings('slot'): the numbers that may have been heard for this slot, the likeliest first
instead(text): what is named in a correction or an answer: 不对,抬头是X is X
gives_up(text): does the caller think better of it (算了,不办了)?
among(text, list): the longest word of the list that the text contains
changed_to(text, list): the one that is wanted instead: 绿的，换成白的
missing(text, list): the colour or size that the text names and the list has not
next_size(list, size, text): the one that 大一码 and 小两号 mean
asked(text): is it put as a question?
in_general(text): is it asked about the shop, and not about something of the caller's own?
picked(list, text): the one that 第一个 means  ending(list, field, end)  order_tail(text): 订单尾号1409
named_besides(list, text, taken): those that are named together with the one that is taken: 袜子和鞋都要退
plain_address(text): an address without what is said around it
is_address(text): does it name a place?
heading(text): the person that an invoice is made out to: 抬头王小明
firm(text): the name of a firm in it, or None
mended(address, text): the address with the part that is said anew
told_besides(text): what is told besides a wish: 机器人老是撞墙，我要退货
tax_number(text)  without_tax_number(text): a firm's tax number, and what is said before it
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from voicebot.dialogue.addresses import is_address, mended, plain_address
from voicebot.dialogue.finding import (
    alike,
    ending,
    kinds,
    mentions,
    named_besides,
    near,
    order_tail,
    picked,
    where,
)
from voicebot.dialogue.questions import asks, in_general
from voicebot.dialogue.reasons import told_besides
from voicebot.dialogue.second_thoughts import gives_up, instead
from voicebot.dialogue.tax import firm, heading, tax_number, without_tax_number
from voicebot.dialogue.values import day_of, field_of, number
from voicebot.dialogue.variants import among, changed_to, missing, next_size

Lookup = Callable[[str], Any]


def _days(lookup: Lookup, value: Any) -> int | None:
    now, day = lookup("now"), day_of(value)
    return None if day is None or not isinstance(now, datetime) else (now.date() - day).days


def _readings(lookup: Lookup, name: Any) -> list[dict[str, Any]]:
    value, heard = lookup(str(name)), lookup("readings") or {}
    others = heard.get(name) or ()
    return [{"digits": one.digits, "score": one.score} for one in others] or [
        {"digits": str(value), "score": 0.0}
    ]


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "len": lambda _, value: len(value) if isinstance(value, (str, list, tuple, Mapping)) else 0,
    "number": lambda _, value: number(value),
    "text": lambda _, value: "" if value is None else str(value),
    "days": _days,
    "find": lambda _, items, name, wanted: next(iter(where(items, name, wanted)), None),
    "each": lambda _, items, name: [field_of(item, name) for item in items or ()],
    "mentions": lambda _, items, wanted: mentions(items, wanted),
    "near": lambda _, orders, wanted: near(orders, wanted),
    "readings": _readings,
    "instead": lambda _, text: instead(str(text or "")),
    "gives_up": lambda _, text: gives_up(str(text or "")),
    "first": lambda _, items, count: list(items or ())[: int(count)],
    "among": lambda _, text, words: among(text, words),
    "where": lambda _, items, name, wanted: where(items, name, wanted),
    "kinds": lambda _, items, text: kinds(items, text),
    "missing": lambda _, text, words: missing(text, words),
    "next_size": lambda _, sizes, size, text: next_size(sizes, size, text),
    "asked": lambda _, text: asks(str(text or "")),
    "in_general": lambda _, text: in_general(str(text or "")),
    "named_besides": lambda _, items, text, taken: named_besides(items, text, taken),
    "plain_address": lambda _, text: plain_address(str(text or "")),
    "alike": lambda _, items, wanted, text: alike(items, wanted, text),
    "changed_to": lambda _, text, words: changed_to(text, words),
    "heading": lambda _, text: heading(str(text or "")),
    "picked": lambda _, items, text: picked(items, text),
    "ending": lambda _, items, name, end: ending(items, name, end),
    "order_tail": lambda _, text: order_tail(text),
    "is_address": lambda _, text: is_address(str(text or "")),
    "firm": lambda _, text: firm(str(text or "")),
    "mended": lambda _, address, text: mended(str(address or ""), str(text or "")),
    "told_besides": lambda _, text: told_besides(str(text or "")),
    "tax_number": lambda _, text: tax_number(str(text or "")),
    "without_tax_number": lambda _, text: without_tax_number(str(text or "")),
}
