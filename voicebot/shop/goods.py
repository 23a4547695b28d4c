"""The catalogue as the knowledge base asks about it."""

from __future__ import annotations

from collections.abc import Mapping

from voicebot.knowledge.goods import Goods
from voicebot.shop.asked import yuan
from voicebot.shop.demo.rows import read
from voicebot.shop.products import all_products
from voicebot.store.database import Database


def goods_of(database: Database) -> list[Goods]:
    """Every product of a shop's database."""
    with database.reading() as session:
        return [
            Goods(
                row.code,
                row.name,
                row.short,
                tuple(row.aliases),
                _told(row.attributes, yuan(row.price_fen), row.warranty_months),
            )
            for row in all_products(session)
        ]


def demo_goods() -> list[Goods]:
    """Every product of the demonstration shop, without a database."""
    return [
        Goods(
            item["code"],
            item["name"],
            item["short"],
            tuple(item["aliases"]),
            _told(item["attributes"], str(item["price"]), item["warranty"]),
        )
        for item in read("catalogue.yaml")["products"]
    ]


def _told(attributes: Mapping[str, object], price: str, months: int) -> dict[str, str]:
    """The attributes with price and warranty among them."""
    told = {name: str(value) for name, value in attributes.items()}
    told["价格"] = f"{price}元"
    if months:
        told["保修"] = f"{months // 12}年" if months % 12 == 0 else f"{months}个月"
    return told
