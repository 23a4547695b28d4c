"""Queries about customers: who rings, what offers are for them, what goes well with what they bought."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from voicebot.shop.asked import Asked, Result, yuan
from voicebot.shop.orders import digits_of
from voicebot.shop.tables import (
    Coupon,
    Customer,
    OptOut,
    Order,
    OrderItem,
    Pairing,
    Product,
    Promotion,
    Variant,
)
from voicebot.shop.views import customer_view


def normal_phone(text: str) -> str:
    """A Chinese number as it is stored: digits without the country code."""
    digits = digits_of(text)
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits


def customer_by_phone(session: Session, asked: Asked) -> Result:
    """{"found", "customer"}: whose number this is, and whether it must not be rung for marketing."""
    phone = normal_phone(asked.maybe("phone") or "")
    customer = (
        session.scalars(select(Customer).where(Customer.phone == phone)).one_or_none() if phone else None
    )
    if customer is None:
        return {"found": False, "customer": None}
    opted_out = session.get(OptOut, phone) is not None
    return {"found": True, "customer": {**customer_view(customer), "opted_out": opted_out}}


def promotions(session: Session, asked: Asked) -> Result:
    """{"promotions", "coupons"}: what runs today for this customer's tier, and his unused coupons."""
    known = asked.number("customer_id")
    customer = session.get(Customer, known) if known is not None else None
    tier = customer.tier if customer else None
    running = select(Promotion).where(Promotion.starts <= asked.today, Promotion.ends >= asked.today)
    offers = [
        {"code": offer.code, "title": offer.title, "text": offer.text, "ends": offer.ends.isoformat()}
        for offer in session.scalars(running.order_by(Promotion.ends, Promotion.code))
        if not offer.tiers or tier in offer.tiers
    ]
    return {"promotions": offers, "coupons": _coupons(session, known, asked), "tier": tier}


def _coupons(session: Session, customer: int | None, asked: Asked) -> list[Result]:
    unused = select(Coupon).where(
        Coupon.customer_id == customer, Coupon.used.is_(None), Coupon.expires >= asked.today
    )
    return [
        {
            "amount": yuan(coupon.amount_fen),
            "threshold": yuan(coupon.threshold_fen),
            "expires": coupon.expires.isoformat(),
            "reason": coupon.reason,
        }
        for coupon in session.scalars(unused.order_by(Coupon.expires, Coupon.id))
    ]


def recommend(session: Session, asked: Asked) -> Result:
    """{"found", "product", "because"}: one product that goes with these, by the rules mined from orders.

    `products` are product codes (or one code). What the customer already bought, and what is out of stock, is
    never recommended.
    """
    given = asked.arguments.get("products") or asked.arguments.get("product") or ()
    codes = [given] if isinstance(given, str) else list(given)
    best = _pairing(session, codes, _bought(session, asked.number("customer_id")) | set(codes), asked)
    if best is None:
        return {"found": False, "product": None, "because": None}
    product = session.get_one(Product, best.consequent)
    because = session.get_one(Product, best.antecedent)
    return {
        "found": True,
        "product": {
            "product_code": product.code,
            "name": product.name,
            "short": product.short,
            "price": yuan(product.price_fen),
        },
        "because": because.short,
        "confidence": round(best.confidence, 3),
        "lift": round(best.lift, 2),
    }


def _bought(session: Session, customer: int | None) -> set[str]:
    if customer is None:
        return set()
    rows = select(OrderItem.product_code).join(Order).where(Order.customer_id == customer)
    return set(session.scalars(rows))


def _pairing(session: Session, codes: Sequence[str], known: set[str], asked: Asked) -> Pairing | None:
    stocked = select(Variant.product_code).where(Variant.stock > 0)
    rules = (
        select(Pairing)
        .where(
            Pairing.antecedent.in_(codes),
            Pairing.consequent.not_in(known),
            Pairing.consequent.in_(stocked),
            Pairing.confidence >= asked.rules.recommend.min_confidence,
            Pairing.lift >= asked.rules.recommend.min_lift,
        )
        .order_by(Pairing.confidence.desc(), Pairing.consequent)
    )
    return session.scalars(rules.limit(1)).one_or_none()


def hours(_session: Session, asked: Asked) -> Result:
    """{"open", "spoken", "next_open"}: can a human be had now (or at `at`), and if not, when?"""
    given = asked.maybe("at")
    moment = datetime.fromisoformat(given).replace(tzinfo=None) if given else asked.now
    upcoming = next(
        (start for start in _openings(asked, moment) if start > moment),
        None,
    )
    return {
        "open": _is_open(asked, moment),
        "spoken": asked.rules.hours.spoken,
        "next_open": upcoming.isoformat(timespec="minutes") if upcoming else None,
    }


def _is_open(asked: Asked, moment: datetime) -> bool:
    rules = asked.rules.hours
    return moment.date() not in rules.closed and any(
        moment.isoweekday() in span.days and span.opens <= moment.time() < span.closes for span in rules.human
    )


def _openings(asked: Asked, moment: datetime) -> list[datetime]:
    rules = asked.rules.hours
    days = [moment.date() + timedelta(days=ahead) for ahead in range(15)]
    return sorted(
        datetime.combine(day, span.opens)
        for day in days
        for span in rules.human
        if day.isoweekday() in span.days and day not in rules.closed
    )


def opted_out(session: Session, asked: Asked) -> Result:
    """{"opted_out"}: has this number, or this customer, asked not to be rung?"""
    phone, known = normal_phone(asked.maybe("phone") or ""), asked.number("customer_id")
    query = select(OptOut).where(or_(OptOut.phone == phone, OptOut.customer_id == (known or -1)))
    return {"opted_out": session.scalars(query).first() is not None}
