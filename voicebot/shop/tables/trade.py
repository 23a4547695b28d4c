"""Who buys, what was bought, and where the parcel is."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voicebot.store.model import Model


class Customer(Model):
    """A person who has an account. `tier` is one of 普通 银卡 金卡 钻石, `title` 先生 or 女士."""

    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    surname: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(10))
    phone: Mapped[str] = mapped_column(String(20), unique=True)
    tier: Mapped[str] = mapped_column(String(10))
    points: Mapped[int] = mapped_column(default=0)
    registered: Mapped[date]

    addresses: Mapped[list[Address]] = relationship(back_populates="customer", order_by="Address.id")


class Address(Model):
    """Where a customer has things sent."""

    __tablename__ = "addresses"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), index=True)
    province: Mapped[str] = mapped_column(String(20))
    city: Mapped[str] = mapped_column(String(20))
    district: Mapped[str] = mapped_column(String(20))
    street: Mapped[str] = mapped_column(String(80))
    is_default: Mapped[bool] = mapped_column(default=False)

    customer: Mapped[Customer] = relationship(back_populates="addresses")


class Order(Model):
    """An order. `number` is the day as YYMMDD and six digits; `status` is a code of `statuses.STATUSES`."""

    __tablename__ = "orders"

    number: Mapped[str] = mapped_column(String(12), primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    status: Mapped[str] = mapped_column(String(20), index=True)
    created: Mapped[datetime] = mapped_column(index=True)
    paid: Mapped[datetime | None]
    shipped: Mapped[datetime | None]
    delivered: Mapped[datetime | None]
    closed: Mapped[datetime | None]
    promised: Mapped[date | None]
    expedited: Mapped[datetime | None]
    payment: Mapped[str] = mapped_column(String(20))
    goods_fen: Mapped[int]
    freight_fen: Mapped[int] = mapped_column(default=0)
    discount_fen: Mapped[int] = mapped_column(default=0)
    total_fen: Mapped[int]
    recipient: Mapped[str] = mapped_column(String(40))
    phone: Mapped[str] = mapped_column(String(20))
    city: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(200))
    carrier: Mapped[str | None] = mapped_column(String(20))
    tracking: Mapped[str | None] = mapped_column(String(24))

    customer: Mapped[Customer] = relationship()
    items: Mapped[list[OrderItem]] = relationship(back_populates="order", order_by="OrderItem.id")
    traces: Mapped[list[Trace]] = relationship(order_by="Trace.at")


class OrderItem(Model):
    """One line of an order; `price_fen` is what one piece was sold for."""

    __tablename__ = "order_items"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_number: Mapped[str] = mapped_column(ForeignKey("orders.number", ondelete="CASCADE"), index=True)
    product_code: Mapped[str] = mapped_column(ForeignKey("products.code"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    short: Mapped[str] = mapped_column(String(30))
    colour: Mapped[str] = mapped_column(String(20), default="")
    size: Mapped[str] = mapped_column(String(20), default="")
    quantity: Mapped[int]
    price_fen: Mapped[int]
    protected_fen: Mapped[int] = mapped_column(default=0)

    order: Mapped[Order] = relationship(back_populates="items")


class Trace(Model):
    """One step of a parcel; `state` is one of 揽收 运输 派送 签收 疑难 退回."""

    __tablename__ = "traces"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_number: Mapped[str] = mapped_column(ForeignKey("orders.number", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10))
    place: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
