"""Queries about orders: by number, of a customer, and which order was meant by the digits that were heard."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import log
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from voicebot.shop.asked import Asked, Result, day_word, yuan
from voicebot.shop.confusion import best_likelihoods
from voicebot.shop.statuses import STATUSES
from voicebot.shop.tables import Customer, Order, Refund, Return
from voicebot.shop.views import customer_view, order_view, summary, trace_view

SEARCHED = 2000
"""So many of the newest orders are compared with what was heard, besides the caller's own."""

OWN, OTHERS, NONE = 0.9, 0.05, 0.05
"""Whose order a known caller means, before anything is heard: his own, another's, or one that is not there."""

NEAR = 0.002
"""An order this likely is worth mentioning."""


def find_order(session: Session, number: str) -> Order | None:
    """The order with its items and traces."""
    query = select(Order).options(selectinload(Order.items), selectinload(Order.traces))
    return session.scalars(query.where(Order.number == number)).one_or_none()


def order_by_number(session: Session, asked: Asked) -> Result:
    """{"found", "order", "own", "near"}: the order of exactly this number, or orders whose number is close."""
    heard = digits_of(asked.text("order_number"))
    customer = asked.number("customer_id")
    order = find_order(session, heard)
    if order is None:
        ranked = rank(session, [(heard, 0.0)], customer)
        return {"found": False, "order": None, "own": None, "near": _named(ranked)}
    own = None if customer is None else order.customer_id == customer
    return {"found": True, "order": order_view(order, asked.today), "own": own, "near": []}


def orders_of_customer(session: Session, asked: Asked) -> Result:
    """{"orders"}: the newest orders of a customer first; at most `limit` (5). `refund`: money goes back for it."""
    query = (
        select(Order)
        .where(Order.customer_id == int(asked.text("customer_id")))
        .options(selectinload(Order.items))
        .order_by(Order.created.desc(), Order.number)
        .limit(asked.number("limit") or 5)
    )
    orders = [order_view(order, asked.today) for order in session.scalars(query)]
    numbers = [order["order_number"] for order in orders]
    owed = set(session.scalars(select(Refund.order_number).where(Refund.order_number.in_(numbers))))
    return {"orders": [{**order, "refund": order["order_number"] in owed} for order in orders]}


def match_order(session: Session, asked: Asked) -> Result:
    """{"orders": [{"order_number", "tail", "likelihood", "probability", "own", "summary"}], "heard"}, likeliest first.

    `candidates` are the digit strings heard, each a text or {"digits", "score"} with a log score. The summary is
    given for the caller's own orders only. `heard` is the likeliest candidate that is the number of an order, else
    the likeliest; it says nothing that the caller did not.
    """
    customer = asked.number("customer_id")
    readings = list(_readings(asked.arguments.get("candidates") or ()))
    ranked = rank(session, readings, customer) if readings else []
    for match in ranked:
        order = find_order(session, match["order_number"]) if match["own"] else None
        match["summary"] = summary(order, asked.today) if order else None
        match["status"] = STATUSES[order.status] if order else None
    return {"orders": ranked, "heard": _heard(session, readings)}


def _heard(session: Session, readings: Sequence[tuple[str, float]]) -> str:
    ordered = [digits for digits, _ in sorted(readings, key=lambda reading: -reading[1])]
    numbers = set(session.scalars(select(Order.number).where(Order.number.in_(ordered))))
    return next((digits for digits in ordered if digits in numbers), ordered[0] if ordered else "")


def _readings(candidates: Iterable[Any]) -> Iterable[tuple[str, float]]:
    for candidate in candidates:
        given = candidate if isinstance(candidate, dict) else {"digits": candidate}
        digits = digits_of(str(given.get("digits", "")))
        if digits:
            yield digits, float(given.get("score", 0.0))


def digits_of(text: str) -> str:
    """The ASCII digits of a text."""
    return "".join(letter for letter in text if letter in "0123456789")


def rank(session: Session, heard: Sequence[tuple[str, float]], customer: int | None) -> list[Result]:
    """Existing orders by how probably they were meant, at most five, each at least `NEAR` probable."""
    owners = _owners(session, customer)
    if not owners or not heard:
        return []
    numbers = list(owners)
    likelihood = best_likelihoods(heard, numbers)
    own = np.array([customer is not None and owners[number] == customer for number in numbers])
    weight = likelihood + np.log(_prior(own))
    nothing = max(score - len(digits) * log(10) for digits, score in heard) + log(NONE)
    total = np.logaddexp(np.logaddexp.reduce(weight), nothing)
    best = np.argsort(-weight, kind="stable")[:5]
    return [
        {
            "order_number": numbers[index],
            "tail": numbers[index][-4:],
            "likelihood": round(float(likelihood[index]), 3),
            "probability": round(float(np.exp(weight[index] - total)), 4),
            "own": bool(own[index]),
        }
        for index in best
        if np.exp(weight[index] - total) >= NEAR
    ]


def _owners(session: Session, customer: int | None) -> dict[str, int]:
    newest = select(Order.number, Order.customer_id).order_by(Order.created.desc(), Order.number)
    rows = list(session.execute(newest.limit(SEARCHED)))
    if customer is not None:
        rows += session.execute(newest.where(Order.customer_id == customer))
    return {row[0]: row[1] for row in rows}


def _prior(own: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    mine = int(own.sum())
    theirs = max(len(own) - mine, 1)
    if mine == 0:
        return np.full(len(own), (OWN + OTHERS) / theirs)
    return np.where(own, OWN / mine, OTHERS / theirs)


def _named(ranked: list[Result]) -> list[Result]:
    return [{key: match[key] for key in ("order_number", "tail", "probability", "own")} for match in ranked]


def verify_caller(session: Session, asked: Asked) -> Result:
    """{"verified", "customer"}: whose number do these last four digits end: the order's owner's, or the caller's own?

    A known caller who names another's order (or whose number was misheard as another's) is verified as himself.
    """
    tail = digits_of(asked.text("tail_number"))
    number, known = asked.maybe("order_number"), asked.number("customer_id")
    order = session.get(Order, digits_of(number)) if number else None
    owner = session.get(Customer, order.customer_id) if order else None
    calling = session.get(Customer, known) if known is not None else None
    proved = [
        (owner, {order.phone} if order else set()),
        (owner, {owner.phone} if owner else set()),
        (calling, {calling.phone} if calling else set()),
    ]
    who = next(
        (one for one, phones in proved if len(tail) == 4 and any(phone.endswith(tail) for phone in phones)),
        None,
    )
    return {"verified": who is not None, "customer": customer_view(who) if who else None}


def logistics(session: Session, asked: Asked) -> Result:
    """{"found", "carrier", "latest", "traces", "eta", "problem"}: where the parcel is; newest step last."""
    order = find_order(session, digits_of(asked.text("order_number")))
    if order is None:
        return {"found": False}
    traces = [trace_view(trace) for trace in order.traces]
    troubled = order.status in {"problem", "bounced"} and order.traces
    arriving = order.promised if order.delivered is None and order.status not in {"cancelled"} else None
    return {
        "found": True,
        "order_number": order.number,
        "status": STATUSES[order.status],
        "status_code": order.status,
        "carrier": order.carrier,
        "tracking_tail": order.tracking[-4:] if order.tracking else None,
        "latest": traces[-1] if traces else None,
        "traces": traces,
        "eta": arriving.isoformat() if arriving else None,
        "eta_spoken": day_word(arriving, asked.today) if arriving else None,
        "late": bool(arriving and arriving < asked.today),
        "problem": order.traces[-1].text if troubled else None,
    }


def refund(session: Session, asked: Asked) -> Result:
    """{"found", "refunds", "returns"}: what goes back for this order, and how far it is."""
    number = digits_of(asked.text("order_number"))
    order = session.get(Order, number)
    if order is None:
        return {"found": False, "refunds": [], "returns": []}
    refunds = session.scalars(select(Refund).where(Refund.order_number == number).order_by(Refund.id.desc()))
    returns = session.scalars(
        select(Return).where(Return.order_number == number).order_by(Return.number.desc())
    )
    shown = [_refund_view(row, asked) for row in refunds]
    return {"found": bool(shown), "refunds": shown, "returns": [_return_view(row) for row in returns]}


def _refund_view(row: Refund, asked: Asked) -> Result:
    return {
        "amount": yuan(row.amount_fen),
        "channel": row.channel,
        "status": row.status,
        "kind": row.kind,
        "requested": row.requested.date().isoformat(),
        "expected": row.expected.isoformat(),
        "expected_spoken": day_word(row.expected, asked.today),
        "completed": row.completed.date().isoformat() if row.completed else None,
        "late": row.completed is None and row.expected < asked.today,
    }


def _return_view(row: Return) -> Result:
    return {
        "number": row.number,
        "kind": row.kind,
        "status": row.status,
        "item": row.item.short,
        "freight": row.freight,
        "created": row.created.date().isoformat(),
    }
