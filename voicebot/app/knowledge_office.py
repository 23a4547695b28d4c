"""The shop's knowledge base as the console edits it, and as calls that begin get it.

publish ── learn in a process of its own ── build in this thread ── write the version ── current = built
                                                                                            │ one assignment
a call begins ── house.engines_of ── knowledge of now ◄─────────────────────────────────────┘

Calls that go on keep what they have.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voicebot.audio import wav_of
from voicebot.console.knowledge_office import Difference
from voicebot.errors import VoicebotError
from voicebot.knowledge.entries import Library
from voicebot.records.knowledge_versions import Change, KnowledgeVersions

if TYPE_CHECKING:
    from voicebot.app.bot import App
    from voicebot.knowledge.knowledge import Answer, Knowledge
    from voicebot.records.memory import Memory
    from voicebot.runtime.driver import Engines
    from voicebot.runtime.lobby import House

LONGEST_SAID = 500


class ShopKnowledge:
    """The knowledge base of a shop, published and to be published."""

    def __init__(self, app: App, memory: Memory, shop: Any) -> None:
        self._app = app
        self._goods = shop.goods
        self.current: Knowledge = shop.knowledge
        self.versions = KnowledgeVersions(memory.database, memory.vault, app.library)
        self._publishing = threading.Lock()
        self._followed = 0
        """The newest version that `current` has."""

    def catch_up(self) -> None:
        """What was published before this process began, or since then by another one, holds."""
        with self._publishing:
            last = self.versions.last()
            if last != self._followed:
                self.current = self._built(self.versions.library())
                self._followed = last

    def effect(self, change: Change, texts: Sequence[str]) -> list[Difference]:
        """Which of these questions would be answered otherwise."""
        today, now, then = self._app.now().date(), self.current, self._built(self.versions.library(change))
        pairs = [(text, now.ask(text, today), then.ask(text, today)) for text in texts]
        return [_difference(*one) for one in pairs if _said(one[1]) != _said(one[2])]

    def publish(self, change: Change, who: str, at: datetime) -> None:
        """Let the change hold for calls that begin from now on."""
        with self._publishing:
            before = self.versions.last()
            built = self._built(self.versions.library(change))
            self.versions.put(change, who, at)
            self.current = built
            self._followed = only_one_since(before, self.versions.last())

    def nearest(self, text: str) -> str:
        """The entry that fits best."""
        found = self.current.nearest(text, self._app.now().date())
        return "" if found is None else found.entry

    def say(self, text: str) -> bytes:
        """The text in the bot's voice."""
        if not 0 < len(text) <= LONGEST_SAID:
            raise VoicebotError(f"试听的文字要有1到{LONGEST_SAID}个字")
        return wav_of(b"".join(self._app.synthesizer.synthesize(text)))

    def join(self, house: House) -> House:
        """The same house, in which a call that begins gets the knowledge base of now."""
        return replace(house, engines=lambda ring: self.engines_now(house.engines(ring)))

    def engines_now(self, engines: Engines) -> Engines:
        """The engines of a call that begins, with the knowledge base of now."""
        shop: Any = engines.shop
        if shop.knowledge is self.current:
            return engines
        return replace(engines, shop=replace(shop, knowledge=self.current))

    def _built(self, library: Library) -> Knowledge:
        from voicebot.knowledge.loading import build_knowledge
        from voicebot.models import cache_folder

        models = cache_folder()
        compute_aside(library, models)
        return build_knowledge(library, self._goods, models)


def only_one_since(before: int, last: int) -> int:
    """The newest version that is followed when one was published since `before`: with others' in between, `before`."""
    return last if last == before + 1 else before


def compute_aside(library: Library, models: Path) -> None:
    """Learn from these entries in a process of its own, behind everything else: calls go on meanwhile.

    What it computes is kept among the models, where building finds it; if it fails, building computes it itself.
    """
    from voicebot.knowledge.loading import kept_at

    if kept_at(library, models).is_file():
        return
    child = multiprocessing.get_context("spawn").Process(target=_compute, args=(library, models), daemon=True)
    child.start()
    child.join()
    child.close()


def _compute(library: Library, models: Path) -> None:
    from voicebot.knowledge.loading import build_knowledge

    os.nice(10)
    build_knowledge(library, (), models)


def published(app: App, memory: Memory, engines: Engines) -> ShopKnowledge:
    """The knowledge base of the shop that these engines look things up in, as it was last published."""
    made = ShopKnowledge(app, memory, engines.shop)
    made.catch_up()
    return made


def _said(answer: Answer | None) -> tuple[str, str]:
    return ("", "") if answer is None else (answer.entry, answer.answer)


def _difference(text: str, before: Answer | None, after: Answer | None) -> Difference:
    return Difference(text, _said(before)[0], _said(after)[0], _said(before)[1], _said(after)[1])
