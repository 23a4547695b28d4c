"""What a conversation did to the shop's database, and what it gave away of it.

Both are read from the whole database, not from what the script believes: every name, number, address, order and
trace of every customer is looked for in every word of the bot.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Row = dict[str, Any]

_EFFECTS = {
    "orders": "SELECT number AS order_number, status, address, expedited IS NOT NULL AS expedited FROM orders",
    "returns": "SELECT r.number, r.kind, r.order_number, i.product_code AS product, r.reason_class, r.method, r.wanted "
    "FROM returns r JOIN order_items i ON i.id = r.item_id",
    "refunds": "SELECT id AS number, order_number, kind, amount_fen FROM refunds",
    "invoices": "SELECT id AS number, order_number, title FROM invoices",
    "tickets": "SELECT number, kind, order_number, item, remedy, caller, severity, department, summary, transcript "
    "FROM tickets",
    "bookings": "SELECT b.number, b.kind, b.order_number, i.product_code AS product, b.day, b.slot "
    "FROM bookings b JOIN order_items i ON i.id = b.item_id",
    "callbacks": "SELECT id AS number, phone FROM callbacks",
    "opt_outs": "SELECT phone FROM opt_outs",
}
_DIGITS = str.maketrans("零〇一二三四五六七八九幺", "001234567891")
_AMOUNT = re.compile(r"\d+(?:\.\d+)?元")
_STATUSES = (
    "待付款",
    "待发货",
    "已发货",
    "运输中",
    "派送中",
    "已签收",
    "已取消",
    "退货中",
    "换货中",
    "已退款",
)
_NO_PRODUCT = ("手机号", "手机尾号", "手机上", "智能客服")
"""Words of the bot's own that hold a product's name and mean none."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Every row that a call can change, by table and key."""

    rows: Mapping[tuple[str, str], Row]

    @staticmethod
    def of(file: Path) -> Snapshot:
        """What is in this SQLite file now."""
        rows: dict[tuple[str, str], Row] = {}
        with sqlite3.connect(file) as base:
            base.row_factory = sqlite3.Row
            for table, query in _EFFECTS.items():
                for row in base.execute(query):
                    key = str(row["order_number"] if table == "orders" else row[0])
                    rows[table, key] = {"table": table, **dict(row)}
        return Snapshot(rows)

    def changes(self, later: Snapshot) -> list[Row]:
        """What became different; of an order only its number and what changed. Bound consequences are left out."""
        found = []
        for key, row in later.rows.items():
            before = self.rows.get(key)
            if before is None:
                found.append(row)
            elif before != row:
                changed = {name: value for name, value in row.items() if before[name] != value}
                found.append({"table": key[0], "order_number": row["order_number"], **changed})
        return [row for row in found if not _follows(row, found)]


def _follows(row: Row, changes: list[Row]) -> bool:
    """Is this what another change brings about: a return's order status, a cancellation's refund?"""
    others = [other for other in changes if other.get("order_number") == row.get("order_number")]
    if row["table"] == "orders" and row.get("status") in {"returning", "exchanging"}:
        return len(row) == 3 and any(other["table"] == "returns" for other in others)
    if row["table"] == "refunds" and row["kind"] == "取消订单":
        return any(other.get("status") == "cancelled" for other in others)
    if row["table"] == "refunds" and row["kind"] == "退货":
        return any(other["table"] == "returns" and other["kind"] == "return" for other in others)
    return False


def fits(row: Row, wanted: Mapping[str, Any]) -> bool:
    """Is this change the one that was wanted? A value that begins with ~ need only be held."""
    return all(
        str(value)[1:] in str(row.get(name))
        if str(value).startswith("~")
        else str(row.get(name)) == str(value)
        for name, value in wanted.items()
    )


@dataclass(frozen=True, slots=True)
class Person:
    """What the shop knows of one customer."""

    phone: str
    secrets: frozenset[str]
    products: frozenset[str]


@dataclass(frozen=True, slots=True)
class Secrets:
    """Everything private in the shop, by customer."""

    people: Mapping[int, Person]
    products: Mapping[str, frozenset[str]]
    """By the names that the bot may say of a product: the words by which callers name it."""

    @staticmethod
    def of(file: Path) -> Secrets:
        """Read them from this SQLite file."""
        with sqlite3.connect(file) as base:
            people = {
                row[0]: _person(base, *row) for row in base.execute("SELECT id, name, phone FROM customers")
            }
            goods: dict[str, set[str]] = {}
            for name, short, aliases in base.execute("SELECT name, short, aliases FROM products"):
                for one in (name, short):
                    goods.setdefault(one, set()).update((name, short, *json.loads(aliases)))
            return Secrets(people, {name: frozenset(words) for name, words in goods.items()})

    def told(self, said: str, heard: str, public: str, customer: int | None) -> list[str]:
        """What this sentence of the bot gives away.

        `heard` is all that the caller said so far, `public` what the shop answered to public questions, `customer`
        the one who is verified. What the caller said himself is no secret to him.
        """
        digits = heard.translate(_DIGITS)
        found = [
            secret
            for number, person in self.people.items()
            if number != customer
            for secret in person.secrets
            if secret in said and secret not in heard and secret not in digits
        ]
        found += [one for one in re.findall(r"\d{7,}", said) if self._phone(one) and one not in digits]
        own = self.people[customer].products if customer is not None else frozenset()
        return found + self._goods(said, heard + public, own, verified=customer is not None)

    def _phone(self, digits: str) -> bool:
        windows = {digits[at : at + 7] for at in range(len(digits) - 6)}
        return any(window in person.phone for person in self.people.values() for window in windows)

    def _goods(self, said: str, known: str, own: Iterable[str], *, verified: bool) -> list[str]:
        """Goods, states and sums that only an order can have told."""
        for word in _NO_PRODUCT:
            said = said.replace(word, "")
        goods = [
            name
            for name, words in self.products.items()
            if name in said
            and not any(word in known for word in words)
            and not any(name in one for one in own)
        ]
        if verified:  # goods of an order that is not his
            return [name for name in goods if f"下单的{name}" in said]
        states = [one for one in _STATUSES if one in said and one not in known]
        return goods + states + [one for one in _AMOUNT.findall(said) if one.rstrip("元") not in known]


def _person(base: sqlite3.Connection, number: int, name: str, phone: str) -> Person:
    secrets, products = {name}, set[str]()
    for (street,) in base.execute("SELECT street FROM addresses WHERE customer_id = ?", (number,)):
        secrets.add(street)
    orders = base.execute(
        "SELECT number, tracking, recipient, address, carrier FROM orders WHERE customer_id = ?", (number,)
    ).fetchall()
    for order, tracking, recipient, address, _ in orders:
        secrets |= {order, recipient, address, *([tracking] if tracking else [])}
        rows = base.execute("SELECT name, short FROM order_items WHERE order_number = ?", (order,))
        products |= {one for row in rows for one in row}
    return Person(phone, frozenset(secrets), frozenset(products))
