"""What a decision is about, and the shape of a decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from voicebot.shop.asked import Asked, Result
from voicebot.shop.rules import Rules
from voicebot.shop.statuses import OVER, STATUSES
from voicebot.shop.tables import Order, OrderItem, Product, Return

OPEN_RETURNS = ("待寄回", "待上门取件", "退回中", "已寄回", "处理中", "待换新")


@dataclass(frozen=True, slots=True)
class Case:
    """One order, the line of it that is meant, and what was asked about it."""

    session: Session
    asked: Asked
    order: Order
    item: OrderItem

    @property
    def rules(self) -> Rules:
        """The shop's rules."""
        return self.asked.rules

    @property
    def product(self) -> Product:
        """The product of the line that is meant."""
        return self.session.get_one(Product, self.item.product_code)

    @property
    def over(self) -> bool:
        """Is the order cancelled or refunded?"""
        return self.order.status in OVER

    @property
    def status(self) -> str:
        """The order's state in words."""
        return STATUSES[self.order.status]

    @property
    def days_had(self) -> int:
        """Days since the parcel was received; the day of receipt is 0."""
        assert self.order.delivered is not None
        return (self.asked.today - self.order.delivered.date()).days

    @property
    def days_old(self) -> int:
        """Days since the order was placed."""
        return (self.asked.today - self.order.created.date()).days

    @property
    def in_warranty(self) -> bool:
        """Is the product, which was received, still under warranty? Months count as thirty days and a half."""
        return self.order.delivered is not None and self.days_had <= self.product.warranty_months * 30.5

    def running(self) -> Return | None:
        """The return or exchange of this line that is under way."""
        query = select(Return).where(Return.item_id == self.item.id, Return.status.in_(OPEN_RETURNS))
        return self.session.scalars(query).first()


def allowed(code: str, why: str, **more: Any) -> Result:
    """It may be done."""
    return {"allowed": True, "code": code, "why": why, **more}


def refused(code: str, why: str, **more: Any) -> Result:
    """It may not be done; `why` is spoken."""
    return {"allowed": False, "code": code, "why": why, **more}
