"""The knowledge base: ask it, and it answers, or says that nothing fits.

Entries that have expired, have not begun, or are meant for other callers are not looked at. A question that is wholly
about goods of the catalogue is answered from there; one that asks for more goes to the entries first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from voicebot.knowledge.desk import GoodsDesk
from voicebot.knowledge.entries import Entry, Library
from voicebot.knowledge.goods import Attribute, Goods
from voicebot.knowledge.ranking import Encode, Learned, Ranking
from voicebot.knowledge.repair import Repair
from voicebot.knowledge.signs import Signs
from voicebot.nlu.normalize import normalize

FROM_CATALOGUE = 0.95


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to a question. `entry` is the entry's id, or product:CODE:ATTRIBUTE; `score` a probability."""

    entry: str
    answer: str
    score: float
    category: str = ""
    source: str = ""


class Knowledge:
    """What the shop knows, ready to be asked. Never changes; build it anew when entries change.

    Building reads the questions, trains the ranking and finds the threshold: a second or two for a thousand
    questions. Asking is safe from several threads.
    """

    def __init__(
        self,
        library: Library,
        goods: Iterable[Goods] = (),
        encode: Encode | None = None,
        learned: Learned | None = None,
        learned_of_goods: Learned | None = None,
    ) -> None:
        self.entries = library.entries
        self._signs = Signs(library.synonyms)
        attributes = [Attribute.of(item) for item in library.attributes]
        self._desk = GoodsDesk(
            goods, attributes, self._signs, library.otherwise, encode=encode, learned=learned_of_goods
        )
        questions = [question for entry in self.entries for question in entry.questions]
        owner = np.repeat(np.arange(len(self.entries)), [len(entry.questions) for entry in self.entries])
        self._repair = Repair(self._signs.spoken(question) for question in questions)
        self._ranking = (
            Ranking(
                self._signs,
                questions,
                owner,
                [entry.answer for entry in self.entries],
                unanswerable=library.unanswerable,
                encode=encode,
                learned=learned,
            )
            if len(self.entries) > 1
            else None
        )

    @property
    def learned(self) -> Learned | None:
        """What building computed; give it back with the same library to build in a fraction of the time."""
        return self._ranking.learned if self._ranking else None

    @property
    def learned_of_goods(self) -> Learned | None:
        """The same for what is asked about goods; it depends on the goods and the attributes, and on no entry."""
        return self._desk.learned

    @property
    def threshold(self) -> float:
        """The score below which nothing is found, as the data had it."""
        return self._ranking.threshold if self._ranking else 1.0

    def ask(
        self,
        text: str,
        today: date,
        products: Sequence[str] = (),
        facts: Mapping[str, str] | None = None,
    ) -> Answer | None:
        """The answer to `text`, or None when nothing fits.

        `products` are codes of goods that the talk is about, `facts` what is known of the caller ({"tier": "金卡"}).
        """
        if not self._signs.bare(text):
            return None
        reply = self._desk.reply(normalize(text), products)
        if reply is not None and reply.whole:
            return Answer(reply.id, reply.answer, FROM_CATALOGUE, "商品")
        found = self._entry(text, today, facts or {})
        if reply is None or (found is not None and found.score >= reply.sure):
            return found
        return Answer(reply.id, reply.answer, round(reply.sure, 4), "商品") if reply.answer else None

    def _entry(self, text: str, today: date, facts: Mapping[str, str]) -> Answer | None:
        if self._ranking is None:
            return None
        allowed = np.array([entry.valid(today) and entry.applies(facts) for entry in self.entries])
        if not allowed.any():
            return None
        index, score = self._ranking.best(text, allowed)
        if score < self._ranking.threshold:
            index, score = self._misheard(text, allowed) or (index, score)
        entry: Entry = self.entries[index]
        if score < self._ranking.threshold:
            return None
        return Answer(entry.id, entry.answer, round(score, 4), entry.category, entry.source)

    def nearest(self, text: str, today: date) -> Answer | None:
        """The entry that fits best however badly; None when there is none at all."""
        allowed = np.array([entry.valid(today) for entry in self.entries])
        if self._ranking is None or not allowed.any() or not self._signs.bare(text):
            return None
        index, score = self._ranking.best(text, allowed)
        entry = self.entries[index]
        return Answer(entry.id, entry.answer, round(score, 4), entry.category, entry.source)

    def _misheard(self, text: str, allowed: NDArray[np.bool_]) -> tuple[int, float] | None:
        """What is found when words that only sound right are put right; None when there are none."""
        spoken = self._signs.spoken(text)
        repaired = self._repair(spoken)
        if repaired == spoken or self._ranking is None:
            return None
        return self._ranking.best(repaired, allowed)
