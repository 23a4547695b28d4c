"""Rows as plain data, in the words and shapes that a dialogue speaks."""

from __future__ import annotations

from datetime import date

from voicebot.shop.asked import Result, count_word, day_word, yuan
from voicebot.shop.statuses import STATUSES
from voicebot.shop.tables import Customer, Order, OrderItem, Trace


def customer_view(customer: Customer) -> Result:
    """A customer, with the number's tail instead of the number's whole."""
    return {
        "id": customer.id,
        "name": customer.name,
        "surname": customer.surname,
        "title": customer.title,
        "tier": customer.tier,
        "points": customer.points,
        "phone_tail": customer.phone[-4:],
        "registered": customer.registered.isoformat(),
    }


def item_view(item: OrderItem) -> Result:
    """One line of an order; `price` in yuan for one piece."""
    return {
        "item_id": item.id,
        "product_code": item.product_code,
        "name": item.name,
        "short": item.short,
        "colour": item.colour,
        "size": item.size,
        "quantity": item.quantity,
        "price": yuan(item.price_fen),
    }


def summary(order: Order, today: date) -> str:
    """The order as a person would call it: 昨天下单的咖啡机, 11月3号下单的手机等三件商品."""
    pieces = sum(item.quantity for item in order.items)
    more = f"等{count_word(pieces)}件商品" if len(order.items) > 1 else ""
    return f"{day_word(order.created.date(), today)}下单的{order.items[0].short}{more}"


def order_view(order: Order, today: date) -> Result:
    """An order; times in ISO, amounts in yuan."""
    return {
        "order_number": order.number,
        "tail": order.number[-4:],
        "customer_id": order.customer_id,
        "status": STATUSES[order.status],
        "status_code": order.status,
        "created": order.created.date().isoformat(),
        "created_at": order.created.isoformat(),
        "delivered": order.delivered.date().isoformat() if order.delivered else None,
        "promised": order.promised.isoformat() if order.promised else None,
        "items": [item_view(item) for item in order.items],
        "total": yuan(order.total_fen),
        "payment": order.payment,
        "carrier": order.carrier,
        "tracking_tail": order.tracking[-4:] if order.tracking else None,
        "phone_tail": order.phone[-4:],
        "city": order.city,
        "summary": summary(order, today),
    }


def trace_view(trace: Trace) -> Result:
    """One step of a parcel."""
    return {
        "state": trace.state,
        "at": trace.at.isoformat(timespec="minutes"),
        "place": trace.place,
        "text": trace.text,
    }
