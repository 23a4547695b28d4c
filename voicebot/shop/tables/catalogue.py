"""What is sold, for how much, and what goes with it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voicebot.store.model import Model


class Product(Model):
    """Something the shop sells. `short` is what people call it; `attributes` map a name to a text with its unit.

    `digital` is "" for goods, "download" or "boxed"; with `custom_made`, `fresh` and `newspaper` it decides
    about returns without a reason (消费者权益保护法, article 25).
    """

    __tablename__ = "products"

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    short: Mapped[str] = mapped_column(String(30))
    category: Mapped[str] = mapped_column(String(20))
    price_fen: Mapped[int]
    warranty_months: Mapped[int] = mapped_column(default=0)
    custom_made: Mapped[bool] = mapped_column(default=False)
    fresh: Mapped[bool] = mapped_column(default=False)
    digital: Mapped[str] = mapped_column(String(10), default="")
    newspaper: Mapped[bool] = mapped_column(default=False)
    installation: Mapped[bool] = mapped_column(default=False)
    aliases: Mapped[list[str]] = mapped_column(JSON, default=list)
    attributes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    variants: Mapped[list[Variant]] = relationship(order_by="Variant.id")


class Variant(Model):
    """A colour and size of a product with its stock; both may be empty."""

    __tablename__ = "variants"

    id: Mapped[int] = mapped_column(primary_key=True)
    product_code: Mapped[str] = mapped_column(ForeignKey("products.code", ondelete="CASCADE"), index=True)
    colour: Mapped[str] = mapped_column(String(20), default="")
    size: Mapped[str] = mapped_column(String(20), default="")
    stock: Mapped[int]


class PriceChange(Model):
    """From this day on, one piece cost this much."""

    __tablename__ = "price_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    product_code: Mapped[str] = mapped_column(ForeignKey("products.code", ondelete="CASCADE"), index=True)
    day: Mapped[date]
    price_fen: Mapped[int]


class Promotion(Model):
    """An offer that runs from `starts` to `ends` (both days included) for the tiers listed; none listed: for all."""

    __tablename__ = "promotions"

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    title: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
    tiers: Mapped[list[str]] = mapped_column(JSON, default=list)
    starts: Mapped[date]
    ends: Mapped[date]


class Coupon(Model):
    """Money off a later order of at least `threshold_fen`."""

    __tablename__ = "coupons"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), index=True)
    amount_fen: Mapped[int]
    threshold_fen: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(String(60))
    issued: Mapped[datetime]
    expires: Mapped[date]
    used: Mapped[datetime | None]


class Pairing(Model):
    """An association rule over orders: who bought `antecedent` also bought `consequent`."""

    __tablename__ = "pairings"

    antecedent: Mapped[str] = mapped_column(ForeignKey("products.code", ondelete="CASCADE"), primary_key=True)
    consequent: Mapped[str] = mapped_column(ForeignKey("products.code", ondelete="CASCADE"), primary_key=True)
    support: Mapped[float]
    confidence: Mapped[float]
    lift: Mapped[float]


class Fact(Model):
    """Something the shop's data say about themselves, such as the day a demo is anchored at."""

    __tablename__ = "facts"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
