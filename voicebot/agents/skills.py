"""What agents can do, and what a call needs: topics, languages, and customers of what tier."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MANDARIN = "普通话"
LANGUAGE, TIER = "语言:", "等级:"
"""Skills are plain words; with one of these before it a word is a language or a customer's tier, else a topic."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a call needs. `topics` are what the caller wanted, in plain words; `tier` is the customer's."""

    topics: tuple[str, ...] = ()
    language: str = MANDARIN
    tier: str = ""
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Skills:
    """What one agent can do. No topics: everything. No languages: Mandarin."""

    topics: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset({MANDARIN})
    tiers: frozenset[str] = frozenset()

    @staticmethod
    def of(words: Iterable[str]) -> Skills:
        """Skills as they are kept with a user: 退货, 语言:粤语, 等级:金卡."""
        plain = [word.strip().replace("：", ":") for word in words if word.strip()]
        languages = frozenset(word[len(LANGUAGE) :] for word in plain if word.startswith(LANGUAGE))
        tiers = frozenset(word[len(TIER) :] for word in plain if word.startswith(TIER))
        topics = frozenset(word for word in plain if not word.startswith((LANGUAGE, TIER)))
        return Skills(topics, languages | {MANDARIN}, tiers)

    def speaks(self, needs: Needs) -> bool:
        """Can he talk with this caller at all?"""
        return needs.language in self.languages

    def fit(self, needs: Needs) -> int:
        """How well he suits, more is better: the customer's tier, then a topic of his, then no topic of others."""
        topic = any(mine in wanted or wanted in mine for mine in self.topics for wanted in needs.topics)
        return 4 * (needs.tier in self.tiers) + 2 * topic - (bool(self.topics) and not topic)
