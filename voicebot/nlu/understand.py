"""Understanding one utterance: its intents, slots, mood, and whether the caller has finished.

alternatives ──normalise, drop doubles──> readings ──grammar, classifier──> chances of intents
                                              └──slots, question, shop's data──> which reading is likeliest
one text is the list of one
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from voicebot.events import Alternative, Transcript
from voicebot.nlu.answers import OPEN, wanted_slots
from voicebot.nlu.catalogue import Catalogue
from voicebot.nlu.grammars import Grammars, domain_sentences, load_grammars
from voicebot.nlu.intent import INFORM, OUT_OF_SCOPE, IntentModel, Thresholds
from voicebot.nlu.mood import mood_of_words
from voicebot.nlu.normalize import normalize
from voicebot.nlu.reading import Evidence, Weights, candidates, weight
from voicebot.nlu.slots import extract
from voicebot.nlu.training import trained
from voicebot.nlu.turn import turn_of
from voicebot.nlu.understanding import Intent, Slot, Understanding
from voicebot.nlu.wishes import Judge

_TELLS = 0.35
"""An intent of less chance says nothing of which reading is right."""


@dataclass(frozen=True, slots=True)
class _Question:
    """What the utterance answers, and what it is understood against."""

    expecting: str | None
    today: date
    catalogue: Catalogue | None
    known: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Meant:
    """One reading, understood."""

    text: str
    intents: tuple[Intent, ...]
    chances: Mapping[str, float]
    slots: Mapping[str, Slot] | None
    weight: float
    unasked: tuple[Intent, ...] = ()


@dataclass(frozen=True)
class Understander:
    """Trained understanding of one language. Immutable; safe to use from several threads."""

    grammars: Grammars
    model: IntentModel
    weights: Weights = field(default_factory=Weights)

    @staticmethod
    def open(folder: Path, cache: Path | None = None) -> Understander:
        """The grammars of `folder`, learned; `cache` keeps what was learned for the next time.

        Raises VoicebotError that names the file and the place when a grammar is wrong.
        """
        grammars = load_grammars(folder)
        return Understander(grammars, trained(grammars, cache))

    @property
    def thresholds(self) -> Thresholds:
        """From which confidence on to act and to confirm, and below which nothing in scope is meant."""
        return self.model.thresholds

    @cached_property
    def sentences(self) -> list[str]:
        """Some thousand typical sentences of callers, for the recogniser's language model."""
        return domain_sentences(self.grammars)

    @cached_property
    def _judge(self) -> Judge:
        return Judge(self.grammars, self.model)

    def understand(
        self,
        heard: Transcript | Sequence[Alternative] | str,
        *,
        expecting: str | None = None,
        today: date,
        catalogue: Catalogue | None = None,
        known: Sequence[str] = (),
    ) -> Understanding:
        """What was meant by what was heard.

        `expecting` names the question that was asked; `known` are the numbers of the caller's own orders. An answer
        that only gives a detail has the intent `inform`.
        """
        asked = None if expecting in OPEN else expecting
        question = _Question(asked, today, catalogue, known)
        listed = candidates(heard)
        meant = [self._meant(one, question, alone=len(listed) == 1) for one in listed]
        best = meant[0] if len(meant) == 1 else _likeliest(meant, self.weights.sharpness)
        slots = best.slots if best.slots is not None else self._slots(best.text, question)
        return Understanding(
            best.text,
            best.intents,
            slots,
            mood_of_words(best.text)[0],
            turn_of(best.text, expecting),
            best.unasked if best.intents[0].name == INFORM else (),
        )

    def pooled(self, heard: Transcript | Sequence[Alternative], *, today: date) -> dict[str, float]:
        """The chance of each intent over all readings of a list, before `Weights.sharpness`: what that is fitted on."""
        question = _Question(None, today, None, ())
        return _pooled([self._meant(one, question, alone=False) for one in candidates(heard)])

    def _slots(self, text: str, question: _Question) -> dict[str, Slot]:
        return extract(text, expecting=question.expecting, today=question.today, catalogue=question.catalogue)

    def _meant(self, one: Alternative, question: _Question, *, alone: bool) -> _Meant:
        plain = normalize(one.text)
        reading = self._judge.read(plain, question.expecting)
        wishes = intents = self._judge.wishes(reading, question.expecting)
        needed = alone or question.known or wanted_slots(question.expecting)
        slots = self._slots(one.text, question) if needed else None
        if slots:
            intents = self._judge.with_details(reading, intents, slots, question.expecting)
        evidence = Evidence(
            one.confidence,
            one.source == "domain",
            intents[0].confidence,
            intents[0].name != OUT_OF_SCOPE,
            reading.by_grammar,
            slots or {},
        )
        worth = 1.0 if alone else weight(evidence, question.expecting, question.known, self.weights)
        chances = {} if alone else self._judge.named(reading, intents)
        return _Meant(one.text, intents, chances, slots, worth, wishes if reading.by_grammar else ())


def _pooled(meant: Sequence[_Meant]) -> dict[str, float]:
    """The chance of each intent over all readings."""
    whole = sum(one.weight for one in meant)
    pooled: dict[str, float] = {}
    for one in meant:
        for name, chance in one.chances.items():
            pooled[name] = pooled.get(name, 0.0) + one.weight * chance / whole
    return pooled


def _sharpened(pooled: Mapping[str, float], power: float) -> dict[str, float]:
    """The same chances, spread as those of lists turn out to be right."""
    powers = {name: chance**power for name, chance in pooled.items()}
    whole = sum(powers.values())
    return {name: one / whole for name, one in powers.items()}


def _likeliest(meant: Sequence[_Meant], power: float) -> _Meant:
    """The best reading of the intent that is likeliest over all readings, with that chance as its confidence.

    Where no intent is likely, the words decide alone: 我想那个 is not 我小那个 because that wants a little more.
    """
    pooled = _sharpened(_pooled(meant), power)
    winner = max(pooled, key=lambda name: pooled[name])
    wanted = pooled[winner] >= _TELLS
    best = max(meant, key=lambda one: one.weight * (one.chances.get(winner, 0.0) if wanted else 1.0))
    first = Intent(winner, round(min(0.99, pooled[winner]), 4))
    own = best.intents if best.intents[0].name == winner else ()
    return replace(best, intents=(first, *own[1:]))
