"""The shop's data, its knowledge base and its text messages, joined behind the one door that a call knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from voicebot.app.caller_facts import CallerFacts
from voicebot.outbound.messages import MessageGateway, Messenger

if TYPE_CHECKING:
    from voicebot.knowledge.goods import Goods
    from voicebot.knowledge.knowledge import Knowledge
    from voicebot.nlu.catalogue import Catalogue
    from voicebot.shop.shop import SqlShop


@dataclass(frozen=True)
class WholeShop:
    """The shop's data, its knowledge base and its text messages behind one door.

    Shared by all calls it knows nothing of any caller; what is meant for some callers only is said in a call by the
    shop of that call (`for_a_call`).
    """

    data: SqlShop
    goods: tuple[Goods, ...]
    knowledge: Knowledge
    now: Callable[[], datetime]
    messages: MessageGateway | None = None
    caller: CallerFacts | None = None

    def for_a_call(self, line: str = "") -> WholeShop:
        """The shop as one call sees it, which learns who its caller is."""
        return replace(self, caller=CallerFacts(line))

    def look(self, name: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """Answer the query `name`."""
        if name != "knowledge":
            result = self.data.look(name, arguments)
            if self.caller is not None:
                self.caller.learn(name, result)
            return result
        answer = self.knowledge.ask(str(arguments["query"]), self.now().date(), facts=self._facts())
        if answer is None:
            return {"found": False, "answer": "", "entry": None, "score": 0.0}
        return {"found": True, "answer": answer.answer, "entry": answer.entry, "score": answer.score}

    def _facts(self) -> dict[str, str]:
        wanted = {name for entry in self.knowledge.entries for name in entry.conditions}
        if self.caller is None or not wanted:
            return {}
        return self.caller.known(wanted, self.data.look)

    def do(self, name: str, arguments: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        """Carry out `name` once per `key`."""
        if self.messages is None:
            return self.data.do(name, arguments, key)
        return Messenger(self.data, self.messages).do(name, arguments, key)

    def catalogue(self) -> Catalogue:
        """The shop's products by every name they go by."""
        from voicebot.nlu.catalogue import Catalogue, Product

        return Catalogue.of(Product(one.code, one.name, (one.short, *one.aliases)) for one in self.goods)
