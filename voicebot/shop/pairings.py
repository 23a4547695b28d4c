"""What is bought together: association rules mined from orders, kept in a table that calls only read.

Mining is Apriori (mlxtend) over baskets; it needs pandas and a second or two, so it runs when the data are
prepared and never during a call.
"""

from __future__ import annotations

from collections import defaultdict
from importlib import import_module
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from voicebot.shop.tables import Order, OrderItem, Pairing

MIN_SUPPORT = 0.008
MIN_CONFIDENCE = 0.2


def baskets(session: Session) -> list[list[str]]:
    """The product codes of every order of at least two products that was not cancelled."""
    found: dict[str, set[str]] = defaultdict(set)
    query = select(OrderItem.order_number, OrderItem.product_code).join(Order)
    for number, code in session.execute(query.where(Order.status != "cancelled")):
        found[number].add(code)
    return [sorted(codes) for _, codes in sorted(found.items())]


def mine(carts: list[list[str]]) -> list[dict[str, object]]:
    """Rules with one product on either side: antecedent, consequent, support, confidence, lift."""
    if not any(len(cart) > 1 for cart in carts):
        return []
    from mlxtend.frequent_patterns import apriori, association_rules

    pandas: Any = import_module("pandas")
    codes = sorted({code for cart in carts for code in cart})
    table = pandas.DataFrame([[code in cart for code in codes] for cart in map(set, carts)], columns=codes)
    frequent = apriori(table, min_support=MIN_SUPPORT, use_colnames=True, max_len=2)
    if frequent.empty:
        return []
    rules = association_rules(frequent, metric="confidence", min_threshold=MIN_CONFIDENCE)
    return [
        {
            "antecedent": next(iter(rule["antecedents"])),
            "consequent": next(iter(rule["consequents"])),
            **{name: float(rule[name]) for name in ("support", "confidence", "lift")},
        }
        for _, rule in rules.iterrows()
    ]


def learn(session: Session) -> int:
    """Mine the orders afresh and keep the rules; gives how many there are."""
    found = mine(baskets(session))
    session.execute(delete(Pairing))
    if found:
        session.execute(insert(Pairing), found)
    return len(found)
