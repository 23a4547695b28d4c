"""The shop's data, its knowledge base and its text messages, joined behind the one door that a call knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from voicebot.outbound.messages import MessageGateway, Messenger

if TYPE_CHECKING:
    from voicebot.knowledge.goods import Goods
    from voicebot.knowledge.knowledge import Knowledge
    from voicebot.nlu.catalogue import Catalogue
    from voicebot.shop.shop import SqlShop


@dataclass(frozen=True)
class WholeShop:
    """The shop's data, its knowledge base and its text messages behind one door."""

    data: SqlShop
    goods: tuple[Goods, ...]
    knowledge: Knowledge
    now: Callable[[], datetime]
    messages: MessageGateway | None = None

    def look(self, name: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """Answer the query `name`."""
        if name != "knowledge":
            return self.data.look(name, arguments)
        answer = self.knowledge.ask(str(arguments["query"]), self.now().date())
        if answer is None:
            return {"found": False, "answer": "", "entry": None, "score": 0.0}
        return {"found": True, "answer": answer.answer, "entry": answer.entry, "score": answer.score}

    def do(self, name: str, arguments: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        """Carry out `name` once per `key`."""
        if self.messages is None:
            return self.data.do(name, arguments, key)
        return Messenger(self.data, self.messages).do(name, arguments, key)

    def catalogue(self) -> Catalogue:
        """The shop's products by every name they go by."""
        from voicebot.nlu.catalogue import Catalogue, Product

        return Catalogue.of(Product(one.code, one.name, (one.short, *one.aliases)) for one in self.goods)
