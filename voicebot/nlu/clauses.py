"""Sentences of several clauses: where they part, and which of their wishes are to be served.

我想退货,因为质量不好       one wish and its reason: return_goods
退货,顺便开张发票           two wishes: return_goods, invoice
你好,我想问一下…,谢谢       politeness around one wish
不是退货,是换货             the second, not the first
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_ALSO = (
    "顺便|再顺便|顺带|另外(?![一的那个几两])|还有就是|还有个事|还有一件|还有件|同时|并且|再帮我|再给我|再就是|以及|外加|再问[下问一]|再一个|"
    "(?:还要|还想|也想|也要|还得)(?=再?(?:开|退|换|改|查|问|催|取消|投诉|补|装|修|申请|咨询))"
    "|还(?=少了|少发|多收|多扣|缺了|漏发|漏了|发错)"
)
_PARTS = re.compile(
    rf"[,，。.!！?？;；…、\s]+|(?<![别不没勿])(?=(?:{_ALSO}))|(?=(?:因为|由于|但是|可是|结果|所以))"
)
_ALSO_START = re.compile(
    rf"^(?:然后|那|对了)?(?:{_ALSO}|还有(?!没有?|[货吗没不多几]))|^(?:然后|完了|再|也|还|最后|其次|第二)(?=帮|给|要|想|把|开|问|查|退|换|改|发票|地址)"
)
_BECAUSE_START = re.compile("^(?:因为|由于|主要是|原因是|毕竟)")
_NOT_START = re.compile(
    "^(?:我)?(?:(?:不是|不要|不想|别|不用|并不是|不是说)..+|(?:不用|不想|不要|不)(?:退|换|取消)货?了?)$"
)
_BUT_START = re.compile(
    "^(?:而是|我是说|我是要|我是想|我的意思是|我说的是|是|我要|我想|应该是|就是|就想|只想|只是想|就|只|换|退|改)..+"
)

REASONS = frozenset(
    {"complaint_quality", "complaint_wrong_item", "complaint_missing_item", "complaint_price", "repair_fault",
     "order_status", "logistics_trace", "product_info", "complaint_service"}
)  # fmt: skip
"""What may only be told in order to explain a wish."""

ACTIONS = frozenset(
    {"return_goods", "exchange_goods", "cancel_order", "expedite", "modify_address", "invoice", "price_protection",
     "human_agent", "opt_out", "refund_status"}
)  # fmt: skip
"""Wishes that are explained by what else is said."""

ALIKE = (
    {"order_status", "logistics_trace", "expedite", "modify_address", "cancel_order"},
    {"return_goods", "cancel_order", "exchange_goods", "return_policy", "refund_status", "complaint_quality"},
    {"complaint_quality", "repair_fault", "product_info", "installation", "complaint_service"},
    {
        "complaint_wrong_item",
        "complaint_missing_item",
        "product_info",
        "stock",
        "exchange_goods",
        "order_status",
    },
    {"complaint_price", "price_protection", "promotion", "payment_problem", "return_policy"},
)
"""Wishes that one sentence with one wish may look like in turn: two of them count only where something joins them."""

GOES_BEFORE = {"return_goods": "cancel_order", "exchange_goods": "cancel_order", "cancel_order": "expedite"}
"""不要了,退货 is a return alone; 等不及了,取消吧 is no wish to be quick."""

ASIDE = frozenset({"greeting", "thanks", "goodbye", "affirm", "deny", "wait", "help", "smalltalk", "repeat",
                   "out_of_scope"})  # fmt: skip
"""What does not count beside a wish."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence; `also` says that it adds another wish, `because` that it explains the one before."""

    text: str
    also: bool = False
    because: bool = False


def clauses(text: str) -> tuple[Clause, ...]:
    """The clauses of a sentence (normalised, with or without punctuation); corrected wishes are left out."""
    parts = [part for part in _PARTS.split(text) if part]
    found: list[Clause] = []
    for part in _corrected(parts):
        also, because = _ALSO_START.match(part), _BECAUSE_START.match(part)
        rest = part[also.end() :] if also else part[because.end() :] if because else part
        if len(rest) < 2 and found:
            found[-1] = Clause(found[-1].text + rest, found[-1].also, found[-1].because)
        else:
            found.append(Clause(rest or part, bool(also) and bool(found), bool(because)))
    return tuple(found)


def _corrected(parts: Sequence[str]) -> list[str]:
    """不是退货,是换货 -> 换货: a denied wish goes when the next clause says what is wanted instead."""
    kept: list[str] = []
    for part in parts:
        instead = bool(kept and _NOT_START.match(kept[-1]) and _BUT_START.match(part))
        if instead:
            kept.pop()
        kept.append(part[1:] if instead and part.startswith("是") and len(part) > 2 else part)
    return kept
