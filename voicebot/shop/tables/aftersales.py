"""What callers ask for and what is done about it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voicebot.shop.tables.trade import Customer, Order, OrderItem
from voicebot.store.model import Model


class Return(Model):
    """Goods that go back; `kind` is return or exchange, `freight` names who pays: seller or buyer."""

    __tablename__ = "returns"

    number: Mapped[str] = mapped_column(String(12), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    order_number: Mapped[str] = mapped_column(ForeignKey("orders.number"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("order_items.id"))
    quantity: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200))
    reason_class: Mapped[str] = mapped_column(String(20))
    method: Mapped[str] = mapped_column(String(10))
    freight: Mapped[str] = mapped_column(String(10))
    wanted: Mapped[str] = mapped_column(String(60), default="")
    amount_fen: Mapped[int] = mapped_column(default=0)
    status: Mapped[str] = mapped_column(String(20))
    created: Mapped[datetime]

    order: Mapped[Order] = relationship()
    item: Mapped[OrderItem] = relationship()


class Refund(Model):
    """Money that goes back, by the way it came. `status` is 处理中, 已退款 or 已驳回."""

    __tablename__ = "refunds"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_number: Mapped[str] = mapped_column(ForeignKey("orders.number"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    amount_fen: Mapped[int]
    channel: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(10))
    requested: Mapped[datetime]
    expected: Mapped[date]
    completed: Mapped[datetime | None]


class Invoice(Model):
    """An electronic invoice; `title` is a person or a company, with its tax number."""

    __tablename__ = "invoices"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_number: Mapped[str] = mapped_column(ForeignKey("orders.number"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(80))
    tax_number: Mapped[str] = mapped_column(String(30), default="")
    email: Mapped[str] = mapped_column(String(80), default="")
    amount_fen: Mapped[int]
    status: Mapped[str] = mapped_column(String(10))
    requested: Mapped[datetime]


class Ticket(Model):
    """A complaint or a question that a department must answer before `due`."""

    __tablename__ = "tickets"

    number: Mapped[str] = mapped_column(String(12), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    order_number: Mapped[str | None] = mapped_column(ForeignKey("orders.number"), index=True)
    item: Mapped[str] = mapped_column(String(60), default="")
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"), index=True)
    caller: Mapped[str] = mapped_column(String(20), default="")
    severity: Mapped[str] = mapped_column(String(10))
    remedy: Mapped[str] = mapped_column(String(200), default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    transcript: Mapped[str] = mapped_column(Text, default="")
    department: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(10))
    created: Mapped[datetime]
    due: Mapped[datetime]

    customer: Mapped[Customer | None] = relationship()


class Callback(Model):
    """Somebody waits to be rung back; `wished` says when, in his own words or as a time."""

    __tablename__ = "callbacks"

    id: Mapped[int] = mapped_column(primary_key=True)
    phone: Mapped[str] = mapped_column(String(20), index=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    wished: Mapped[str] = mapped_column(String(60), default="")
    topic: Mapped[str] = mapped_column(String(200), default="")
    status: Mapped[str] = mapped_column(String(10))
    created: Mapped[datetime]


class OptOut(Model):
    """A number that must not be rung for marketing any more."""

    __tablename__ = "opt_outs"

    phone: Mapped[str] = mapped_column(String(20), primary_key=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    source: Mapped[str] = mapped_column(String(40), default="")
    created: Mapped[datetime]


class Satisfaction(Model):
    """How content a caller said he was, 1 (not at all) to 5."""

    __tablename__ = "satisfactions"

    id: Mapped[int] = mapped_column(primary_key=True)
    phone: Mapped[str] = mapped_column(String(20), default="")
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    order_number: Mapped[str | None] = mapped_column(ForeignKey("orders.number"))
    score: Mapped[int]
    comment: Mapped[str] = mapped_column(Text, default="")
    created: Mapped[datetime]


class Booking(Model):
    """A technician's visit; `kind` is installation or repair."""

    __tablename__ = "bookings"

    number: Mapped[str] = mapped_column(String(12), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    order_number: Mapped[str] = mapped_column(ForeignKey("orders.number"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("order_items.id"))
    day: Mapped[date]
    slot: Mapped[str] = mapped_column(String(10))
    address: Mapped[str] = mapped_column(String(200))
    fault: Mapped[str] = mapped_column(String(200), default="")
    in_warranty: Mapped[bool] = mapped_column(default=True)
    status: Mapped[str] = mapped_column(String(10))
    created: Mapped[datetime]


class Counter(Model):
    """The last number given out under this name, such as tickets of one day."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(String(30), primary_key=True)
    value: Mapped[int]


class DoneKey(Model):
    """What was answered when this key was first carried out; asked again, the same is answered."""

    __tablename__ = "done_keys"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    created: Mapped[datetime]
