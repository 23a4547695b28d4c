"""Every table of the shop. Money is in whole fen, times are the shop's local time without a zone."""

from voicebot.shop.tables.aftersales import (
    Booking,
    Callback,
    Counter,
    DoneKey,
    Invoice,
    OptOut,
    Refund,
    Return,
    Satisfaction,
    Ticket,
)
from voicebot.shop.tables.catalogue import Coupon, Fact, Pairing, PriceChange, Product, Promotion, Variant
from voicebot.shop.tables.trade import Address, Customer, Order, OrderItem, Trace

__all__ = [
    "Address",
    "Booking",
    "Callback",
    "Counter",
    "Coupon",
    "Customer",
    "DoneKey",
    "Fact",
    "Invoice",
    "OptOut",
    "Order",
    "OrderItem",
    "Pairing",
    "PriceChange",
    "Product",
    "Promotion",
    "Refund",
    "Return",
    "Satisfaction",
    "Ticket",
    "Trace",
    "Variant",
]
