"""What helps whoever has a call: the customer's account, and a ticket made of what is known."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from voicebot.console.showing_live import shown_story
from voicebot.console.words import KINDS, REASONS
from voicebot.errors import VoicebotError
from voicebot.records.masking import known_values, mask_data
from voicebot.records.users import User
from voicebot.runtime.live import LiveCall

MOST_ORDERS = 5


@dataclass(frozen=True, slots=True)
class Help:
    """The story, the customer's profile and newest orders: masked, unless they were revealed."""

    story: Mapping[str, Any]
    reason: str
    profile: Mapping[str, Any]
    orders: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class TicketWish:
    """What an agent says of a ticket; what is empty comes from the call."""

    kind: str
    severity: str = "normal"
    remedy: str = ""
    summary: str = ""


async def help_with(live: LiveCall, clear: bool = False) -> Help:
    """What is known of the caller; the shop is asked in a thread."""
    profile, orders = await asyncio.to_thread(_account, live)
    live.known.update(known_values({"customer": profile, "orders": orders}))
    known = sorted(live.known)
    if not clear:
        profile, orders = mask_data(profile, known), mask_data(orders, known)
    return Help(shown_story(live, clear), reason_of_transfer(live), profile, orders)


def reason_of_transfer(live: LiveCall) -> str:
    """Why a human is wanted, in words."""
    reason = str(live.story.get("reason") or "")
    return REASONS.get(reason, reason)


def _account(live: LiveCall) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The customer's profile and his newest orders; empty where he is not known."""
    shop = live.shop
    if shop is None or live.ring.caller is None:
        return {}, []
    found = shop.look("customer_by_phone", {"phone": live.ring.caller})
    customer = dict(found.get("customer") or {})
    if not customer:
        return {}, []
    orders = shop.look("orders_of_customer", {"customer_id": customer["id"], "limit": MOST_ORDERS})
    return customer, list(orders["orders"])


async def make_ticket(live: LiveCall, user: User, wish: TicketWish) -> dict[str, Any]:
    """What is known of the call becomes a ticket: {"number", "department", "hours"}. Raises VoicebotError."""
    shop = live.shop
    if shop is None or wish.kind not in KINDS:
        raise VoicebotError("请选择工单类型")
    story, order = live.story, live.story.get("order") or {}
    who = {"caller": "客户", "bot": "客服", "agent": "客服"}
    said = [f"{who[line.who]}：{line.text}" for line in live.lines if line.who in who]
    details = {
        "type": wish.kind,
        "severity": wish.severity,
        "remedy": wish.remedy[:200],
        "summary": wish.summary[:500] or str(story.get("spoken") or ""),
        "transcript": "\n".join(said),
        "caller": live.ring.caller or "",
        "customer_id": (story.get("who") or {}).get("customer_id"),
        "order_number": order.get("order_number"),
    }
    plain = {name: value for name, value in details.items() if value not in (None, "")}
    made = await asyncio.to_thread(
        shop.do, "create_ticket", plain, f"{live.name}/desk/{secrets.token_hex(8)}"
    )
    number = str(made["ticket_number"])
    live.note(user.name, f"建工单 {number}")
    return {"number": number, "department": made["department"], "hours": made["hours"]}
