"""The orders of the demonstration shop, with their lines and parcels."""

from __future__ import annotations

from datetime import date, datetime, time

from voicebot.shop.demo.aftermath import Aftermath
from voicebot.shop.demo.calendar import Times, Way, times_of, traces_of
from voicebot.shop.demo.goods import Goods
from voicebot.shop.demo.rows import Row, Rows

RANDOM_ORDERS = 310


class Orders:
    """Orders as the scenarios tell them, and others drawn by lot."""

    def __init__(self, rows: Rows, goods: Goods) -> None:
        self.rows = rows
        self.goods = goods
        self.aftermath = Aftermath(rows)
        self._numbers: set[str] = set()

    def by_lot(self) -> None:
        """An order of some stranger."""
        customer = self.rows.rng.choice(self.rows["customers"][len(self.rows.world["people"]) :])
        days = min(int(self.rows.rng.expovariate(1 / 28)), 150)
        hour = self.rows.rng.randint(0, 7) if days == 0 else self.rows.rng.randint(7, 23)
        created = datetime.combine(
            self.rows.day(days), time(hour, self.rows.rng.randint(0, 25), self.rows.rng.randint(0, 59))
        )
        items = [(code, 2 if self.rows.rng.random() < 0.08 else 1) for code in self._basket()]
        self.order(customer=customer, created=created, status=self._status(days), items=items)

    def order(
        self,
        *,
        customer: Row,
        created: datetime,
        status: str,
        items: list[tuple[str, int]],
        tail: str | None = None,
        received: date | None = None,
    ) -> None:
        """One order with everything that came of it."""
        number = self._number(created, tail)
        times = times_of(status, created, received, self.rows.today, self.rows.rng)
        address = next(row for row in self.rows["addresses"] if row["customer_id"] == customer["id"])
        lines = [self._line(number, code, pieces, created.date()) for code, pieces in items]
        order = self._order_row(number, customer, status, times, address=address, lines=lines)
        self.rows["orders"].append(order)
        self._parcel(order, times, address)
        if status in {"returning", "exchanging", "refunded"}:
            self.aftermath.returned(order, times, lines[0])
        if status == "cancelled" and times.paid is not None and times.closed is not None:
            self.aftermath.refund(order, "取消订单", times.closed, 3)
        if tail is None:
            self.aftermath.may_follow(order, times, lines[0])

    def _basket(self) -> list[str]:
        """Half of the orders follow one of the known baskets, the others are single goods or chance."""
        baskets = self.rows.catalogue["baskets"]
        if self.rows.rng.random() < 0.5:
            weights = [basket["weight"] for basket in baskets]
            return list(self.rows.rng.choices(baskets, weights)[0]["products"])
        return self.rows.rng.sample(sorted(self.goods.products), self.rows.rng.choices([1, 2], [85, 15])[0])

    def _status(self, days: int) -> str:
        young: dict[int, list[str]] = {
            0: ["unpaid", "to_ship", "to_ship"],
            1: ["to_ship", "to_ship", "shipped", "in_transit", "cancelled"],
            2: ["shipped", "in_transit", "in_transit", "out_for_delivery"],
            3: ["in_transit", "out_for_delivery", "out_for_delivery", "problem", "cancelled"],
            4: ["out_for_delivery", "problem", "delivered", "delivered", "bounced"],
        }
        if days in young:
            return self.rows.rng.choice(young[days])
        settled = "delivered" if days <= 15 else "completed"
        states = [settled, "cancelled", "returning", "exchanging", "refunded"]
        weights = [85, 4, 3, 2, 3] if days <= 30 else [92, 4, 0, 0, 4]
        return self.rows.rng.choices(states, weights)[0]

    def _number(self, created: datetime, tail: str | None) -> str:
        while True:
            number = f"{created:%y%m%d}{tail or format(self.rows.rng.randint(0, 999_999), '06d')}"
            if number not in self._numbers:
                self._numbers.add(number)
                return number

    def _line(self, number: str, code: str, pieces: int, day: date) -> Row:
        product = self.goods.products[code]
        return self.rows.add(
            "order_items",
            order_number=number,
            product_code=code,
            name=product["name"],
            short=product["short"],
            colour=self.rows.rng.choice(product["colours"] or [""]),
            size=self.rows.rng.choice(product.get("sizes") or [""]),
            quantity=pieces,
            price_fen=self.goods.price_on(code, day),
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
            "payment": self.rows.rng.choice(self.rows.world["payments"]),
            "goods_fen": goods,
            "freight_fen": freight,
            "discount_fen": discount,
            "total_fen": goods + freight - discount,
            "recipient": customer["name"],
            "phone": customer["phone"],
            "city": address["city"],
            "address": _whole(address),
            "carrier": self.rows.rng.choice(self.rows.world["carriers"]) if sent else None,
            "tracking": f"{self.rows.rng.randint(10**12, 10**13 - 1)}" if sent else None,
        }

    def _parcel(self, order: Row, times: Times, address: Row) -> None:
        if order["carrier"] is None:
            return
        warehouse = next(place[3] for place in self.rows.world["cities"] if place[1] == address["city"])
        trouble = self.rows.rng.choice(self.rows.world["troubles"])
        way = Way(warehouse, address["city"], address["district"], order["carrier"], trouble)
        for trace in traces_of(order["status"], times, way, self.rows.lately()):
            self.rows.add("traces", order_number=order["number"], **trace)


def _whole(address: Row) -> str:
    """The address in one line; a city that is its own province is named once."""
    province = "" if address["province"] == address["city"] else address["province"]
    return f"{province}{address['city']}{address['district']}{address['street']}"
