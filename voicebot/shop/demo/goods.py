"""What the demonstration shop sells, at which prices, and its promotions."""

from __future__ import annotations

from datetime import date, timedelta

from voicebot.shop.demo.rows import Row, Rows


class Goods:
    """The products of the catalogue and what they cost when."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.products = {product["code"]: product for product in rows.catalogue["products"]}
        self.prices: dict[str, list[tuple[date, int]]] = {}

    def put_in(self) -> None:
        """Products with their variants and prices, and promotions."""
        for product in self.rows.catalogue["products"]:
            self.rows["products"].append(_product_row(product))
            for colour in product["colours"] or [""]:
                for size in product.get("sizes") or [""]:
                    left = 0 if self.rows.rng.random() < 0.06 else product["stock"]
                    self.rows.add(
                        "variants", product_code=product["code"], colour=colour, size=size, stock=left
                    )
            self._prices_of(product)
        self._offers()

    def _prices_of(self, product: Row) -> None:
        was = product.get("was", [])
        steps = [(days, yuan) for days, yuan in was if yuan != product["price"]]
        fall = next((days for days, yuan in was if yuan == product["price"]), 75 if was else 400)
        history = [(self.rows.day(days), yuan * 100) for days, yuan in [*steps, (fall, product["price"])]]
        self.prices[product["code"]] = history
        for day, fen in history:
            self.rows.add("price_changes", product_code=product["code"], day=day, price_fen=fen)

    def price_on(self, code: str, day: date) -> int:
        """What one piece cost on this day, in fen."""
        history = self.prices[code]
        return next((fen for since, fen in reversed(history) if since <= day), history[0][1])

    def _offers(self) -> None:
        for offer in self.rows.catalogue["promotions"]:
            self.rows["promotions"].append(
                {
                    **{key: offer[key] for key in ("code", "title", "text", "tiers")},
                    "starts": self.rows.today + timedelta(days=offer["from"]),
                    "ends": self.rows.today + timedelta(days=offer["until"]),
                }
            )


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
