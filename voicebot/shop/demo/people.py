"""Who buys in the demonstration shop: names, numbers, addresses, coupons."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from voicebot.shop.demo.rows import Row, Rows

CUSTOMERS = 92


class People:
    """The customers: those of the scenarios, and strangers."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows

    def customer(self, name: str, title: str, phone: str, tier: str, place: Any) -> Row:
        """Somebody with one or two addresses."""
        registered = self.rows.day(self.rows.rng.randint(450, 1800))
        points = self.rows.rng.randint(0, 300) * 10
        customer = self.rows.add(
            "customers",
            name=name,
            surname=name[0],
            title=title,
            phone=phone,
            tier=tier,
            points=points,
            registered=registered,
        )
        for first in (True, False)[: 1 + (self.rows.rng.random() < 0.3)]:
            self._address(customer, place, first)
        if self.rows.rng.random() < 0.4:
            self._coupon(customer)
        return customer

    def stranger(self) -> None:
        """Somebody drawn by lot."""
        title = self.rows.rng.choice(["先生", "女士"])
        name = self.rows.rng.choice(self.rows.world["surnames"]) + self.rows.rng.choice(
            self.rows.world["given"][title]
        )
        tier = self.rows.rng.choices(["普通", "银卡", "金卡", "钻石"], [55, 25, 14, 6])[0]
        customer = self.customer(
            name, title, self._phone(), tier, self.rows.rng.choice(self.rows.world["cities"])
        )
        if self.rows.rng.random() < 0.06:
            created = datetime.combine(self.rows.day(self.rows.rng.randint(3, 90)), time(10))
            self.rows["opt_outs"].append(
                {
                    "phone": customer["phone"],
                    "customer_id": customer["id"],
                    "source": "hotline",
                    "created": created,
                }
            )

    def _address(self, customer: Row, place: Any, first: bool) -> None:
        province, city, districts, _ = place
        street = f"{self.rows.rng.choice(self.rows.world['streets'])}{self.rows.rng.randint(1, 399)}号"
        house = (
            f"{self.rows.rng.randint(1, 20)}栋{self.rows.rng.randint(1, 28)}0{self.rows.rng.randint(1, 6)}室"
        )
        self.rows.add(
            "addresses",
            customer_id=customer["id"],
            province=province,
            city=city,
            district=self.rows.rng.choice(districts),
            street=street + house,
            is_default=first,
        )

    def _coupon(self, customer: Row) -> None:
        amount, threshold = self.rows.rng.choice([(10, 0), (20, 100), (50, 300), (100, 1000)])
        self.rows.add(
            "coupons",
            customer_id=customer["id"],
            amount_fen=amount * 100,
            threshold_fen=threshold * 100,
            reason="会员礼券",
            issued=datetime.combine(self.rows.day(self.rows.rng.randint(2, 25)), time(9)),
            expires=self.rows.today + timedelta(days=self.rows.rng.randint(3, 40)),
            used=None,
        )

    def _phone(self) -> str:
        """A number whose last four digits nobody else has, so that a tail names one person."""
        taken = {customer["phone"][-4:] for customer in self.rows["customers"]}
        while True:
            prefix = self.rows.rng.choice(["136", "138", "139", "150", "158", "177", "186", "189", "199"])
            phone = prefix + f"{self.rows.rng.randint(0, 99_999_999):08d}"
            if phone[-4:] not in taken:
                return phone
