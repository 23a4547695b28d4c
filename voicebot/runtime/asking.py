"""What a call asks of the shop, in worker threads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from voicebot.actions import Do, Look
from voicebot.events import Found
from voicebot.ports import Shop
from voicebot.runtime.engines import Inbox
from voicebot.runtime.workers import Workers


class Asking:
    """Carries out look-ups and deeds; what came of them comes into the call's inbox."""

    def __init__(self, shop: Shop, workers: Workers, inbox: Inbox) -> None:
        self._shop = shop
        self._workers = workers
        self._inbox = inbox

    def look(self, action: Look) -> None:
        """Look something up."""
        self._ask(action.query, lambda: self._shop.look(action.name, action.arguments))

    def do(self, action: Do) -> None:
        """Do something that changes things."""
        self._ask(action.query, lambda: self._shop.do(action.name, action.arguments, action.key))

    def _ask(self, query: int, ask: Callable[[], Mapping[str, Any]]) -> None:
        inbox = self._inbox

        def job() -> None:
            try:
                result, error = ask(), None
            except Exception as problem:  # the shop's database may fail in any way; the caller must be told
                result, error = {}, f"{type(problem).__name__}: {problem}"
            inbox.later(lambda: inbox.post(Found(inbox.at, query, result, error)))

        if not self._workers.submit(job):
            inbox.post(Found(inbox.at, query, {}, "too much waits to be looked up"))
