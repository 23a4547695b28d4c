"""Has the caller finished? A pure function of what was asked and what the words say.

caller  ──speech──┐   patience       ┌── endpoint: the turn is the bot's
                  └─ 200 ms: speculate: hear, understand, prepare ─┘ commit, or discard if he goes on
"""

from __future__ import annotations

from voicebot.call.options import EndpointOptions
from voicebot.nlu.understanding import Turn

DIGIT_QUESTIONS = frozenset({"digits", "order_number", "tail_number", "phone"})
"""Questions whose answer is dictated with pauses inside."""


def patience_ms(turn: Turn, matched: bool, expecting: str | None, options: EndpointOptions) -> int:
    """How long to wait after the caller's last word, in ms, before the turn is the bot's.

    `turn` is what the words say, `matched` whether they answer what was asked or wish something clearly.
    """
    if turn == "wait":
        return options.wait_ms
    if turn == "unfinished":
        return options.digits_ms if expecting in DIGIT_QUESTIONS else options.unfinished_ms
    if matched:
        return options.answered_ms
    return options.unclear_ms if expecting in DIGIT_QUESTIONS else options.finished_ms
