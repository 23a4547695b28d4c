"""Finding words in sealed text: keyed tokens of every two neighbouring characters.

Beside each call stands the set of tokens of what its caller said: an HMAC of each pair of neighbouring characters, and
of each whole number. To search, the words sought are turned into tokens in the same way; calls that have all of them
are candidates, and those are unsealed to see whether the words really stand there. Without the key the index tells
only which calls share pairs, not which pairs. Pairs with digits are left out: numbers are found as a whole or not at
all, so that no number can be put together from its pieces.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from voicebot.records.vault import Vault

_WORDS = re.compile(r"[^\W\d_]+")
_NUMBERS = re.compile(r"\d{4,}")
SHORTEST = 2
"""A single character is found in nearly every call: it is not searched for."""


def pieces(text: str) -> set[str]:
    """What `text` is indexed by: pairs of neighbouring characters, and whole numbers from four digits on."""
    lowered = text.lower()
    found = {f"#{number}" for number in _NUMBERS.findall(re.sub(r"(?<=\d)[ \-](?=\d)", "", lowered))}
    for run in _WORDS.findall(lowered):
        found.update(run[place : place + SHORTEST] for place in range(len(run) - 1))
    return found


def tokens(vault: Vault, texts: Iterable[str]) -> set[int]:
    """The tokens of these texts together."""
    return {vault.token(piece) for text in texts for piece in pieces(text)}


def holds(text: str, sought: str) -> bool:
    """Do all words sought stand in this text?"""
    lowered = text.lower()
    return all(word in lowered for word in sought.lower().split())
