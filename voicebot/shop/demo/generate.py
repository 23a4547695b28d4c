"""Rows of the demonstration shop: the same each time for the same day, whatever the machine.

The people and orders of scenarios.yaml come first and never change; the rest is drawn from a seeded generator.
Every date is an offset from the anchor day, so that "yesterday's order" exists on the day that is given.
"""

from __future__ import annotations

from datetime import date, datetime, time

from voicebot.shop.demo.goods import Goods
from voicebot.shop.demo.orders import RANDOM_ORDERS, Orders
from voicebot.shop.demo.people import CUSTOMERS, People
from voicebot.shop.demo.rows import Row, Rows


class Generation:
    """Builds the rows of every table for one anchor day."""

    def __init__(self, today: date) -> None:
        self.rows = Rows(today)
        self.goods = Goods(self.rows)
        self.people = People(self.rows)
        self.orders = Orders(self.rows, self.goods)

    def everything(self) -> dict[str, list[Row]]:
        """All rows, by table."""
        self.goods.put_in()
        for person in self.rows.world["people"]:
            self._scenario(person)
        while len(self.rows["customers"]) < CUSTOMERS:
            self.people.stranger()
        for _ in range(RANDOM_ORDERS):
            self.orders.by_lot()
        return dict(self.rows.rows)

    def _scenario(self, person: Row) -> None:
        place = next(place for place in self.rows.world["cities"] if place[1] == person["city"])
        customer = self.people.customer(
            person["name"], person["title"], person["phone"], person["tier"], place
        )
        for days, hour, status, items, tail, received in person["orders"]:
            created = datetime.combine(self.rows.day(days), time(hour, self.rows.rng.randint(0, 25)))
            chosen = [(code, int(pieces or 1)) for code, _, pieces in (item.partition("*") for item in items)]
            self.orders.order(
                customer=customer,
                created=created,
                status=status,
                items=chosen,
                tail=tail,
                received=None if received is None else self.rows.day(received),
            )
