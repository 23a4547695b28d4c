"""What is known of a caller, as entries of the knowledge base may ask for it in their `conditions`.

| fact | values | known |
|---|---|---|
| verified | 是, 否 | always |
| line | browser, chat, twilio, asterisk, ... | in live calls |
| tier | as the customer's account has it: 普通, 银卡, 金卡, 钻石 | once the caller is verified |
| title | 先生, 女士 | once the caller is verified |
| region | the city of his newest order | once the caller is verified |

An answer that is meant for some customers only tells who belongs to them: so nothing of the account is a fact before
the caller has proved who he is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

YES, NO = "是", "否"
OF_ACCOUNT = ("tier", "title")
Look = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]


class CallerFacts:
    """The facts of one call, gathered from what its shop was asked. Safe to use from several threads."""

    def __init__(self, line: str = "") -> None:
        self._line = line
        self._customer: Mapping[str, Any] = {}

    def learn(self, name: str, result: Mapping[str, Any]) -> None:
        """The shop has answered this to the query `name`: who proved who he is, is known from here."""
        customer = result.get("customer")
        if name == "verify_caller" and result.get("verified") is True and isinstance(customer, Mapping):
            self._customer = dict(customer)

    def known(self, wanted: Collection[str], look: Look) -> dict[str, str]:
        """Those of the wanted facts that are known; `look` asks the shop for what is not at hand."""
        customer = self._customer
        found = {"verified": YES if customer else NO, "line": self._line}
        found |= {name: str(customer[name]) for name in OF_ACCOUNT if customer.get(name)}
        if customer and "region" in wanted:
            orders = look("orders_of_customer", {"customer_id": customer["id"], "limit": 1})["orders"]
            found["region"] = str(orders[0]["city"]) if orders else ""
        return {name: value for name, value in found.items() if name in wanted and value}
