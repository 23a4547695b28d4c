"""What may become of a call that was placed."""

from __future__ import annotations

from typing import Literal, get_args

Outcome = Literal[
    "completed",
    "transferred",
    "refused",
    "opted_out",
    "wrong_person",
    "callback",
    "cut_off",
    "machine",
    "abandoned",
    "busy",
    "no_answer",
    "rejected",
    "bad_number",
    "failed",
    "lost",
    "not_asked",
]
"""completed: the dialogue came to its end. transferred: a human has him. refused: he said no. opted_out: he wants
no more calls. wrong_person: the number is another's. callback: he named a time. cut_off: the call broke off before its
end. machine: an answering machine. abandoned: he answered and nobody talked to him. busy, no_answer. rejected: he
declined the call. bad_number: no such number. failed: the network. lost: nobody knows. not_asked: the carrier was
never asked."""

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
FINAL = frozenset({"completed", "transferred", "refused", "opted_out", "wrong_person", "bad_number"})
"""After these the contact is not rung again."""
RETRIED = ("busy", "no_answer", "machine", "cut_off", "abandoned", "rejected", "failed", "lost")
"""After these he may be, as the campaign says."""
HUMAN = frozenset(
    {"completed", "transferred", "refused", "opted_out", "wrong_person", "callback", "cut_off", "abandoned"}
)
"""A human answered."""
REACHED = HUMAN | {"machine"}
"""Somebody or something answered."""
