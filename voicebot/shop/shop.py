"""The shop behind `ports.Shop`: queries and acts by name, on a database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from voicebot.shop import customers, orders, products
from voicebot.shop.acts import ACTS
from voicebot.shop.asked import Asked, Result
from voicebot.shop.decide import check
from voicebot.shop.rules import Rules
from voicebot.shop.tables import DoneKey, Order
from voicebot.store.database import Database

LOOKS: dict[str, Callable[[Session, Asked], Result]] = {
    "customer_by_phone": customers.customer_by_phone,
    "promotions": customers.promotions,
    "recommend": customers.recommend,
    "hours": customers.hours,
    "opted_out": customers.opted_out,
    "order_by_number": orders.order_by_number,
    "orders_of_customer": orders.orders_of_customer,
    "match_order": orders.match_order,
    "verify_caller": orders.verify_caller,
    "logistics": orders.logistics,
    "refund": orders.refund,
    "product": products.product,
    "product_attribute": products.product_attribute,
    "stock": products.stock,
    "price_history": products.price_history,
    "check": check,
}
"""Name -> query; none changes anything."""


class SqlShop:
    """A shop in a database. `now` gives the shop's local time; a query may bring its own as `now` or `today` (ISO).

    Safe to call from several threads: each query is a session of its own.
    """

    def __init__(self, database: Database, rules: Rules, now: Callable[[], datetime]) -> None:
        self._database = database
        self._rules = rules
        self._now = now

    def look(self, name: str, arguments: Mapping[str, Any]) -> Result:
        """Answer a query. Raises LookupError for an unknown name, ValueError for a missing or wrong argument."""
        if name not in LOOKS:
            raise LookupError(f"the shop knows no query {name!r}; it knows {', '.join(LOOKS)}")
        with self._database.reading() as session:
            return LOOKS[name](session, self._asked(name, arguments))

    def do(self, name: str, arguments: Mapping[str, Any], key: str) -> Result:
        """Carry out an act once per `key`, in one transaction; the same key again gives the same answer again.

        Raises LookupError for an unknown name, ValueError for a missing or wrong argument or a key that was used
        for another act; nothing is changed then.
        """
        if name not in ACTS:
            raise LookupError(f"the shop knows no act {name!r}; it knows {', '.join(ACTS)}")
        asked = self._asked(name, arguments)
        with self._database.writing() as session:
            if not _claimed(session, key, asked):
                return _answer_again(session, key, name)
            _hold_order(session, asked)
            result = ACTS[name](session, asked)
            session.execute(update(DoneKey).where(DoneKey.key == key).values(result=result))
            return result

    def _asked(self, name: str, arguments: Mapping[str, Any]) -> Asked:
        return Asked(name, arguments, self._rules, _moment(arguments, self._now()))


def _moment(arguments: Mapping[str, Any], now: datetime) -> datetime:
    """The time that counts: `now` or `today` of the arguments, else the shop's clock."""
    given = arguments.get("now") or arguments.get("today")
    if not given:
        return now.replace(tzinfo=None)
    moment = datetime.fromisoformat(str(given)).replace(tzinfo=None)
    return moment if "T" in str(given) else datetime.combine(moment.date(), now.time())


def _claimed(session: Session, key: str, asked: Asked) -> bool:
    """Take this key; False when it is taken. A second taker waits here until the first has committed."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    row = {"key": key, "name": asked.name, "result": None, "created": asked.now}
    claim = insert(DoneKey).values(row).on_conflict_do_nothing().returning(DoneKey.key)
    return session.execute(claim).first() is not None


def _hold_order(session: Session, asked: Asked) -> None:
    """Two acts on one order come one after the other, so that each sees what the other did."""
    number = orders.digits_of(asked.maybe("order_number") or "")
    session.execute(select(Order.number).where(Order.number == number).with_for_update())


def _answer_again(session: Session, key: str, name: str) -> Result:
    done = session.get_one(DoneKey, key)
    if done.name != name:
        raise ValueError(f"the key {key!r} was used for {done.name}, not for {name}")
    return dict(done.result or {})
