"""What a human's telephone shows of a caller: SIP's display name."""

from __future__ import annotations

LONGEST_NAME = 60
"""Bytes of UTF-8 that a display name may have: more does not fit a telephone."""


def for_display(sentence: str) -> str:
    """A caller's name for SIP: whole characters in few bytes, none that means something in a header."""
    plain = "".join(letter for letter in sentence if letter.isprintable() and letter not in '"\\<>;')
    return plain.encode()[:LONGEST_NAME].decode(errors="ignore")
