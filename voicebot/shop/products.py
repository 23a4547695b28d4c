"""Queries about products: which one was meant, what it is like, what it costs, whether there is any left."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from voicebot.shop.asked import Asked, Result, yuan
from voicebot.shop.tables import OrderItem, PriceChange, Product, Variant


def all_products(session: Session) -> list[Product]:
    """The whole catalogue with its variants."""
    return list(
        session.scalars(select(Product).options(selectinload(Product.variants)).order_by(Product.code))
    )


def find_product(session: Session, said: str) -> Product | None:
    """The product with this code or name, or the one whose name or alias shares most with what was said."""
    products = all_products(session)
    for product in products:
        if said in {product.code, product.name}:
            return product
    ranked = [(_likeness(product, said), product) for product in products]
    best, product = max(ranked, key=lambda pair: pair[0])
    return product if best > 0 else None


def _likeness(product: Product, said: str) -> float:
    """1 for exactly one of its names, less the more differs, 0 when none is contained in the other."""
    return max(_share(name, said) for name in [product.short, *product.aliases, product.name])


def _share(name: str, said: str) -> float:
    if name == said:
        return 1.0
    if name in said:
        return 0.5 + len(name) / len(said) / 2 - 0.05
    return 0.4 * len(said) / len(name) if said in name and len(said) >= 2 else 0.0


def item_named(items: Iterable[OrderItem], said: str, session: Session) -> OrderItem | None:
    """The line of an order that was meant: by its number, product code, or what it is called."""
    lines = list(items)
    for item in lines:
        if said in {item.product_code, str(item.id), item.name, item.short}:
            return item
    ranked = []
    for item in lines:
        product = session.get(Product, item.product_code)
        ranked.append((_likeness(product, said) if product else 0.0, item))
    best = max(ranked, key=lambda pair: pair[0], default=(0.0, None))
    return best[1] if best[0] > 0 else None


def product_view(product: Product, asked: Asked) -> Result:
    """A product with everything that can be said about it."""
    return {
        "product_code": product.code,
        "name": product.name,
        "short": product.short,
        "category": product.category,
        "price": yuan(product.price_fen),
        "warranty_months": product.warranty_months,
        "attributes": dict(product.attributes),
        "aliases": list(product.aliases),
        "colours": _distinct(variant.colour for variant in product.variants),
        "sizes": _distinct(variant.size for variant in product.variants),
        "stock": sum(variant.stock for variant in product.variants),
        "installation": product.installation,
        "no_reason_return": not (
            product.custom_made or product.fresh or product.newspaper or product.digital == "download"
        ),
        "return_days": asked.rules.returns.no_reason_days,
    }


def _distinct(words: Iterable[str]) -> list[str]:
    return [word for word in dict.fromkeys(words) if word]


def product(session: Session, asked: Asked) -> Result:
    """{"found", "product"}: a product by its code, name or alias (`name` or `product`)."""
    said = asked.maybe("name") or asked.text("product")
    found = find_product(session, said)
    return {"found": found is not None, "product": product_view(found, asked) if found else None}


def product_attribute(session: Session, asked: Asked) -> Result:
    """{"found", "product", "attribute", "value"}: one property of a product, as a text with its unit."""
    found = find_product(session, asked.text("product"))
    wanted = asked.text("attribute")
    if found is None:
        return {"found": False, "product": None, "attribute": wanted, "value": None}
    values = {
        **{name: str(value) for name, value in found.attributes.items()},
        "价格": f"{yuan(found.price_fen)}元",
        "保修": f"{found.warranty_months}个月",
    }
    name = next((name for name in values if name == wanted or name in wanted or wanted in name), None)
    return {
        "found": name is not None,
        "product": found.short,
        "product_code": found.code,
        "attribute": name or wanted,
        "value": values[name] if name else None,
    }


def stock(session: Session, asked: Asked) -> Result:
    """{"found", "available", "stock", "others"}: pieces left of a product in this `colour` and `size`."""
    found = find_product(session, asked.text("product"))
    if found is None:
        return {"found": False, "available": False, "stock": 0, "others": []}
    colour, size = asked.maybe("colour") or "", asked.maybe("size") or ""
    fitting = [variant for variant in found.variants if fits(variant, colour, size)]
    left = sum(variant.stock for variant in fitting)
    others = [v for v in found.variants if v.stock > 0 and v not in fitting]
    return {
        "found": True,
        "product": found.short,
        "product_code": found.code,
        "colour": colour or None,
        "size": size or None,
        "offered": bool(fitting),
        "available": left > 0,
        "stock": left,
        "others": _distinct(f"{variant.colour}{variant.size}" for variant in others)[:5],
    }


def fits(variant: Variant, colour: str, size: str) -> bool:
    """Is this the colour and size that was said (红 means 红色)?"""
    return _says(variant.colour, colour) and _says(variant.size, size)


def _says(word: str, said: str) -> bool:
    return not said or (bool(word) and (said in word or word in said))


def price_history(session: Session, asked: Asked) -> Result:
    """{"found", "price", "changes"}: what a product costs now and what it cost; newest change first."""
    found = find_product(session, asked.text("product"))
    if found is None:
        return {"found": False, "price": None, "changes": []}
    since = asked.today - timedelta(days=asked.number("days") or 365)
    query = select(PriceChange).where(PriceChange.product_code == found.code, PriceChange.day >= since)
    rows = session.scalars(query.order_by(PriceChange.day.desc()))
    changes = [{"day": row.day.isoformat(), "price": yuan(row.price_fen)} for row in rows]
    return {"found": True, "product": found.short, "price": yuan(found.price_fen), "changes": changes}
