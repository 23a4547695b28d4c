"""What the shop does. Each act runs inside one transaction and asks the rules again before it changes anything."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from voicebot.shop.acts import orders, people, returns, visits
from voicebot.shop.asked import Asked, Result

ACTS: dict[str, Callable[[Session, Asked], Result]] = {
    "create_return": returns.create_return,
    "create_exchange": returns.create_exchange,
    "cancel_order": orders.cancel_order,
    "change_address": orders.change_address,
    "expedite": orders.expedite,
    "request_invoice": orders.request_invoice,
    "apply_price_protection": orders.apply_price_protection,
    "create_ticket": people.create_ticket,
    "request_callback": people.request_callback,
    "opt_out": people.opt_out,
    "issue_coupon": people.issue_coupon,
    "record_satisfaction": people.record_satisfaction,
    "book_installation": visits.book_installation,
    "book_repair": visits.book_repair,
}
"""Name -> what is done; every result has "done"."""

__all__ = ["ACTS"]
