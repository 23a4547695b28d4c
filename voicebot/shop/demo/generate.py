"""Rows of the demonstration shop: the same each time for the same day, whatever the machine.

The people and orders of scenarios.yaml come first and never change; the rest is drawn from a seeded generator.
Every date is an offset from the anchor day, so that "yesterday's order" exists on the day that is given.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from random import Random
from typing import Any

import yaml

from voicebot.shop.demo.calendar import HAD, Times, Way, times_of, traces_of

SEED = 20261120
CUSTOMERS = 92
RANDOM_ORDERS = 310

Row = dict[str, Any]


def read(name: str) -> Any:
    """A YAML file of this package."""
    return yaml.safe_load((files("voicebot.shop.demo") / name).read_text(encoding="utf-8"))


class Generation:
    """Builds the rows of every table for one anchor day; `rows` maps a table's name to them."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.rng = Random(SEED)
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self.catalogue, self.world = read("catalogue.yaml"), read("scenarios.yaml")
        self.products = {product["code"]: product for product in self.catalogue["products"]}
        self.prices: dict[str, list[tuple[date, int]]] = {}
        self._numbers: set[str] = set()

    def everything(self) -> dict[str, list[Row]]:
        """All rows, by table."""
        self._goods()
        self._offers()
        for person in self.world["people"]:
            self._scenario(person)
        while len(self.rows["customers"]) < CUSTOMERS:
            self._stranger()
        for _ in range(RANDOM_ORDERS):
            self._random_order()
        return dict(self.rows)

    def _day(self, days_ago: int) -> date:
        return self.today - timedelta(days=days_ago)

    def _lately(self) -> datetime:
        """Some time this morning."""
        return datetime.combine(self.today, time(self.rng.randint(6, 7), self.rng.randint(0, 59)))

    def _goods(self) -> None:
        for product in self.catalogue["products"]:
            self.rows["products"].append(_product_row(product))
            for colour in product["colours"] or [""]:
                for size in product.get("sizes") or [""]:
                    left = 0 if self.rng.random() < 0.06 else product["stock"]
                    self._add("variants", product_code=product["code"], colour=colour, size=size, stock=left)
            self._prices_of(product)

    def _prices_of(self, product: Row) -> None:
        was = product.get("was", [])
        steps = [(days, yuan) for days, yuan in was if yuan != product["price"]]
        fall = next((days for days, yuan in was if yuan == product["price"]), 75 if was else 400)
        history = [(self._day(days), yuan * 100) for days, yuan in [*steps, (fall, product["price"])]]
        self.prices[product["code"]] = history
        for day, fen in history:
            self._add("price_changes", product_code=product["code"], day=day, price_fen=fen)

    def price_on(self, code: str, day: date) -> int:
        """What one piece cost on this day, in fen."""
        history = self.prices[code]
        return next((fen for since, fen in reversed(history) if since <= day), history[0][1])

    def _offers(self) -> None:
        for offer in self.catalogue["promotions"]:
            self.rows["promotions"].append(
                {
                    **{key: offer[key] for key in ("code", "title", "text", "tiers")},
                    "starts": self.today + timedelta(days=offer["from"]),
                    "ends": self.today + timedelta(days=offer["until"]),
                }
            )

    def _add(self, table: str, **values: Any) -> Row:
        row = {"id": len(self.rows[table]) + 1, **values}
        self.rows[table].append(row)
        return row

    def _scenario(self, person: Row) -> None:
        place = next(place for place in self.world["cities"] if place[1] == person["city"])
        customer = self._customer(person["name"], person["title"], person["phone"], person["tier"], place)
        for days, hour, status, items, tail, received in person["orders"]:
            created = datetime.combine(self._day(days), time(hour, self.rng.randint(0, 25)))
            chosen = [(code, int(pieces or 1)) for code, _, pieces in (item.partition("*") for item in items)]
            self._order(
                customer=customer,
                created=created,
                status=status,
                items=chosen,
                tail=tail,
                received=None if received is None else self._day(received),
            )

    def _customer(self, name: str, title: str, phone: str, tier: str, place: Any) -> Row:
        registered = self._day(self.rng.randint(450, 1800))
        points = self.rng.randint(0, 300) * 10
        customer = self._add(
            "customers",
            name=name,
            surname=name[0],
            title=title,
            phone=phone,
            tier=tier,
            points=points,
            registered=registered,
        )
        for first in (True, False)[: 1 + (self.rng.random() < 0.3)]:
            self._address(customer, place, first)
        if self.rng.random() < 0.4:
            self._coupon(customer)
        return customer

    def _address(self, customer: Row, place: Any, first: bool) -> None:
        province, city, districts, _ = place
        street = f"{self.rng.choice(self.world['streets'])}{self.rng.randint(1, 399)}号"
        house = f"{self.rng.randint(1, 20)}栋{self.rng.randint(1, 28)}0{self.rng.randint(1, 6)}室"
        self._add(
            "addresses",
            customer_id=customer["id"],
            province=province,
            city=city,
            district=self.rng.choice(districts),
            street=street + house,
            is_default=first,
        )

    def _coupon(self, customer: Row) -> None:
        amount, threshold = self.rng.choice([(10, 0), (20, 100), (50, 300), (100, 1000)])
        self._add(
            "coupons",
            customer_id=customer["id"],
            amount_fen=amount * 100,
            threshold_fen=threshold * 100,
            reason="会员礼券",
            issued=datetime.combine(self._day(self.rng.randint(2, 25)), time(9)),
            expires=self.today + timedelta(days=self.rng.randint(3, 40)),
            used=None,
        )

    def _stranger(self) -> None:
        title = self.rng.choice(["先生", "女士"])
        name = self.rng.choice(self.world["surnames"]) + self.rng.choice(self.world["given"][title])
        tier = self.rng.choices(["普通", "银卡", "金卡", "钻石"], [55, 25, 14, 6])[0]
        customer = self._customer(name, title, self._phone(), tier, self.rng.choice(self.world["cities"]))
        if self.rng.random() < 0.06:
            created = datetime.combine(self._day(self.rng.randint(3, 90)), time(10))
            self.rows["opt_outs"].append(
                {
                    "phone": customer["phone"],
                    "customer_id": customer["id"],
                    "source": "hotline",
                    "created": created,
                }
            )

    def _phone(self) -> str:
        """A number whose last four digits nobody else has, so that a tail names one person."""
        taken = {customer["phone"][-4:] for customer in self.rows["customers"]}
        while True:
            prefix = self.rng.choice(["136", "138", "139", "150", "158", "177", "186", "189", "199"])
            phone = prefix + f"{self.rng.randint(0, 99_999_999):08d}"
            if phone[-4:] not in taken:
                return phone

    def _random_order(self) -> None:
        customer = self.rng.choice(self.rows["customers"][len(self.world["people"]) :])
        days = min(int(self.rng.expovariate(1 / 28)), 150)
        hour = self.rng.randint(0, 7) if days == 0 else self.rng.randint(7, 23)
        created = datetime.combine(
            self._day(days), time(hour, self.rng.randint(0, 25), self.rng.randint(0, 59))
        )
        items = [(code, 2 if self.rng.random() < 0.08 else 1) for code in self._basket()]
        self._order(customer=customer, created=created, status=self._status(days), items=items)

    def _basket(self) -> list[str]:
        """Half of the orders follow one of the known baskets, the others are single goods or chance."""
        baskets = self.catalogue["baskets"]
        if self.rng.random() < 0.5:
            weights = [basket["weight"] for basket in baskets]
            return list(self.rng.choices(baskets, weights)[0]["products"])
        return self.rng.sample(sorted(self.products), self.rng.choices([1, 2], [85, 15])[0])

    def _status(self, days: int) -> str:
        young: dict[int, list[str]] = {
            0: ["unpaid", "to_ship", "to_ship"],
            1: ["to_ship", "to_ship", "shipped", "in_transit", "cancelled"],
            2: ["shipped", "in_transit", "in_transit", "out_for_delivery"],
            3: ["in_transit", "out_for_delivery", "out_for_delivery", "problem", "cancelled"],
            4: ["out_for_delivery", "problem", "delivered", "delivered", "bounced"],
        }
        if days in young:
            return self.rng.choice(young[days])
        settled = "delivered" if days <= 15 else "completed"
        states = [settled, "cancelled", "returning", "exchanging", "refunded"]
        weights = [85, 4, 3, 2, 3] if days <= 30 else [92, 4, 0, 0, 4]
        return self.rng.choices(states, weights)[0]

    def _number(self, created: datetime, tail: str | None) -> str:
        while True:
            number = f"{created:%y%m%d}{tail or format(self.rng.randint(0, 999_999), '06d')}"
            if number not in self._numbers:
                self._numbers.add(number)
                return number

    def _order(
        self,
        *,
        customer: Row,
        created: datetime,
        status: str,
        items: list[tuple[str, int]],
        tail: str | None = None,
        received: date | None = None,
    ) -> None:
        number = self._number(created, tail)
        times = times_of(status, created, received, self.today, self.rng)
        address = next(row for row in self.rows["addresses"] if row["customer_id"] == customer["id"])
        lines = [self._line(number, code, pieces, created.date()) for code, pieces in items]
        order = self._order_row(number, customer, status, times, address=address, lines=lines)
        self.rows["orders"].append(order)
        self._parcel(order, times, address)
        if status in {"returning", "exchanging", "refunded"}:
            self._return(order, times, lines[0])
        if status == "cancelled" and times.paid is not None and times.closed is not None:
            self._refund(order, "取消订单", times.closed, 3)
        if tail is None:
            self._aftermath(order, times, lines[0])

    def _line(self, number: str, code: str, pieces: int, day: date) -> Row:
        product = self.products[code]
        return self._add(
            "order_items",
            order_number=number,
            product_code=code,
            name=product["name"],
            short=product["short"],
            colour=self.rng.choice(product["colours"] or [""]),
            size=self.rng.choice(product.get("sizes") or [""]),
            quantity=pieces,
            price_fen=self.price_on(code, day),
            protected_fen=0,
        )

    def _order_row(
        self, number: str, customer: Row, status: str, times: Times, *, address: Row, lines: list[Row]
    ) -> Row:
        goods = sum(line["price_fen"] * line["quantity"] for line in lines)
        freight = 0 if goods >= 9900 else 800
        discount = {"金卡": goods // 20, "钻石": goods // 20}.get(customer["tier"], 0) // 100 * 100
        sent = times.shipped is not None
        return {
            "number": number,
            "customer_id": customer["id"],
            "status": status,
            "created": times.created,
            "paid": times.paid,
            "shipped": times.shipped,
            "delivered": times.delivered,
            "closed": times.closed,
            "promised": times.promised,
            "expedited": None,
            "payment": self.rng.choice(self.world["payments"]),
            "goods_fen": goods,
            "freight_fen": freight,
            "discount_fen": discount,
            "total_fen": goods + freight - discount,
            "recipient": customer["name"],
            "phone": customer["phone"],
            "city": address["city"],
            "address": _whole(address),
            "carrier": self.rng.choice(self.world["carriers"]) if sent else None,
            "tracking": f"{self.rng.randint(10**12, 10**13 - 1)}" if sent else None,
        }

    def _parcel(self, order: Row, times: Times, address: Row) -> None:
        if order["carrier"] is None:
            return
        warehouse = next(place[3] for place in self.world["cities"] if place[1] == address["city"])
        trouble = self.rng.choice(self.world["troubles"])
        way = Way(warehouse, address["city"], address["district"], order["carrier"], trouble)
        for trace in traces_of(order["status"], times, way, self._lately()):
            self._add("traces", order_number=order["number"], **trace)

    def _aftermath(self, order: Row, times: Times, line: Row) -> None:
        """Invoices, tickets and opinions that may come of an order."""
        status = order["status"]
        if status in HAD and self.rng.random() < 0.12:
            self._invoice(order, times)
        if status == "problem" or (status in HAD and self.rng.random() < 0.05):
            self._ticket(order, line)
        if status == "completed" and self.rng.random() < 0.15:
            self._opinion(order, times)

    def _return(self, order: Row, times: Times, line: Row) -> None:
        assert times.delivered is not None
        kind = "exchange" if order["status"] == "exchanging" else "return"
        done = order["status"] == "refunded"
        created = min(times.delivered + timedelta(days=1, hours=2), datetime.combine(self.today, time(8)))
        count = sum(1 for row in self.rows["returns"] if row["created"].date() == created.date())
        self.rows["returns"].append(
            {
                "number": f"{created:%y%m%d}{1 if kind == 'return' else 2}{count + 501:03d}",
                "kind": kind,
                "order_number": order["number"],
                "item_id": line["id"],
                "quantity": line["quantity"],
                "reason": "有质量问题" if self.rng.random() < 0.5 else "不合适",
                "reason_class": "quality",
                "method": "pickup",
                "freight": "seller",
                "wanted": "",
                "amount_fen": line["price_fen"] * line["quantity"] if kind == "return" else 0,
                "status": "已完成" if done else "退回中",
                "created": created,
            }
        )
        if kind == "return":
            amount = line["price_fen"] * line["quantity"]
            self._refund(order, "退货", created, 10, amount_fen=amount, done=done)

    def _refund(
        self,
        order: Row,
        kind: str,
        requested: datetime,
        days: int,
        *,
        amount_fen: int | None = None,
        done: bool | None = None,
    ) -> None:
        expected = requested.date() + timedelta(days=days)
        over = expected < self.today if done is None else done
        self._add(
            "refunds",
            order_number=order["number"],
            kind=kind,
            amount_fen=amount_fen or order["total_fen"],
            channel=order["payment"],
            status="已退款" if over else "处理中",
            requested=requested,
            expected=expected,
            completed=min(datetime.combine(expected, time(8)), datetime.combine(self.today, time(8)))
            if over
            else None,
        )

    def _invoice(self, order: Row, times: Times) -> None:
        company = self.rng.random() < 0.3
        self._add(
            "invoices",
            order_number=order["number"],
            kind="企业" if company else "个人",
            title="云帆信息技术有限公司" if company else order["recipient"],
            tax_number="91330100MA2AXDEMO1" if company else "",
            email="caller@example.com",
            amount_fen=order["total_fen"],
            status="已开具",
            requested=times.delivered,
        )

    def _ticket(self, order: Row, line: Row) -> None:
        kind, department = self.rng.choice(
            [("complaint_quality", "质检部"), ("logistics", "物流部"), ("complaint_service", "客户关系部")]
        )
        day = self._day(self.rng.randint(0, 3))
        created = max(datetime.combine(day, time(8)), order["created"])
        count = sum(1 for row in self.rows["tickets"] if row["number"].startswith(f"{created:%y%m%d}"))
        self.rows["tickets"].append(
            {
                "number": f"{created:%y%m%d}3{count + 501:03d}",
                "kind": kind,
                "order_number": order["number"],
                "item": line["short"],
                "customer_id": order["customer_id"],
                "caller": order["phone"],
                "severity": "normal",
                "remedy": "尽快处理",
                "summary": f"{line['short']}需要{department}跟进",
                "transcript": "",
                "department": department,
                "status": "待处理",
                "created": created,
                "due": created + timedelta(hours=48),
            }
        )

    def _opinion(self, order: Row, times: Times) -> None:
        self._add(
            "satisfactions",
            phone=order["phone"],
            customer_id=order["customer_id"],
            order_number=order["number"],
            score=self.rng.choices([5, 4, 3, 2, 1], [50, 28, 12, 6, 4])[0],
            comment="",
            created=times.closed or times.delivered,
        )


def _whole(address: Row) -> str:
    """The address in one line; a city that is its own province is named once."""
    province = "" if address["province"] == address["city"] else address["province"]
    return f"{province}{address['city']}{address['district']}{address['street']}"


def _product_row(product: Row) -> Row:
    return {
        "code": product["code"],
        "name": product["name"],
        "short": product["short"],
        "category": product["category"],
        "price_fen": product["price"] * 100,
        "warranty_months": product["warranty"],
        "custom_made": product.get("custom_made", False),
        "fresh": product.get("fresh", False),
        "digital": product.get("digital", ""),
        "newspaper": product.get("newspaper", False),
        "installation": product.get("installation", False),
        "aliases": product["aliases"],
        "attributes": {name: str(value) for name, value in product["attributes"].items()},
    }
