"""The shop's data in lists: what an operator or a tester wants to see, one plain record per row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from voicebot.shop.asked import yuan
from voicebot.shop.statuses import STATUSES
from voicebot.shop.tables import Customer, Order, Product, Return, Ticket

Record = dict[str, Any]


def orders(session: Session) -> Iterator[Record]:
    """Every order, the newest first."""
    query = select(Order).options(
        selectinload(Order.customer), selectinload(Order.items), selectinload(Order.traces)
    )
    for order in session.scalars(query.order_by(Order.created.desc(), Order.number)):
        yield {
            "order_number": order.number,
            "status": STATUSES[order.status],
            "status_code": order.status,
            "customer": order.customer.name,
            "customer_id": order.customer_id,
            "phone": order.customer.phone,
            "items": [_item(item) for item in order.items],
            "total": yuan(order.total_fen),
            "created": order.created.isoformat(),
            "delivered": order.delivered.isoformat() if order.delivered else None,
            "promised": order.promised.isoformat() if order.promised else None,
            "carrier": order.carrier,
            "tracking": order.tracking,
            "payment": order.payment,
            "recipient": order.recipient,
            "city": order.city,
            "address": order.address,
            "latest": _latest(order),
        }


def _item(item: Any) -> Record:
    return {
        "product_code": item.product_code,
        "name": item.name,
        "short": item.short,
        "colour": item.colour,
        "size": item.size,
        "quantity": item.quantity,
        "price": yuan(item.price_fen),
    }


def _latest(order: Order) -> Record | None:
    if not order.traces:
        return None
    trace = order.traces[-1]
    return {"state": trace.state, "at": trace.at.isoformat(), "place": trace.place, "text": trace.text}


def customers(session: Session) -> Iterator[Record]:
    """Every customer."""
    for row in session.scalars(
        select(Customer).options(selectinload(Customer.addresses)).order_by(Customer.id)
    ):
        home = row.addresses[0] if row.addresses else None
        yield {
            "id": row.id,
            "name": row.name,
            "title": row.title,
            "phone": row.phone,
            "tier": row.tier,
            "points": row.points,
            "registered": row.registered.isoformat(),
            "address": f"{home.province}{home.city}{home.district}{home.street}" if home else None,
        }


def products(session: Session) -> Iterator[Record]:
    """Every product with its stock."""
    for row in session.scalars(
        select(Product).options(selectinload(Product.variants)).order_by(Product.code)
    ):
        yield {
            "product_code": row.code,
            "name": row.name,
            "short": row.short,
            "category": row.category,
            "price": yuan(row.price_fen),
            "warranty_months": row.warranty_months,
            "custom_made": row.custom_made,
            "fresh": row.fresh,
            "digital": row.digital,
            "newspaper": row.newspaper,
            "installation": row.installation,
            "aliases": row.aliases,
            "attributes": row.attributes,
            "stock": [{"colour": v.colour, "size": v.size, "pieces": v.stock} for v in row.variants],
        }


def returns(session: Session) -> Iterator[Record]:
    """Every return and exchange, the newest first."""
    for row in session.scalars(select(Return).order_by(Return.created.desc(), Return.number)):
        yield {
            "number": row.number,
            "kind": row.kind,
            "order_number": row.order_number,
            "phone": row.order.phone,
            "item": row.item.name,
            "product_code": row.item.product_code,
            "quantity": row.quantity,
            "reason": row.reason,
            "reason_class": row.reason_class,
            "method": row.method,
            "freight": row.freight,
            "wanted": row.wanted,
            "amount": yuan(row.amount_fen),
            "status": row.status,
            "created": row.created.isoformat(),
        }


def tickets(session: Session) -> Iterator[Record]:
    """Every ticket, the newest first."""
    for row in session.scalars(select(Ticket).order_by(Ticket.created.desc(), Ticket.number)):
        yield {
            "ticket_number": row.number,
            "type": row.kind,
            "order_number": row.order_number,
            "item": row.item,
            "caller": row.caller,
            "customer_id": row.customer_id,
            "severity": row.severity,
            "remedy": row.remedy,
            "summary": row.summary,
            "transcript": row.transcript,
            "department": row.department,
            "status": row.status,
            "created": row.created.isoformat(),
            "due": row.due.isoformat(),
        }


LISTS: dict[str, Callable[[Session], Iterator[Record]]] = {
    "orders": orders,
    "customers": customers,
    "products": products,
    "returns": returns,
    "tickets": tickets,
}
"""What can be listed."""
