"""The names that scripts may use and that come from elsewhere: intents, moods, what a template always knows."""

from __future__ import annotations

_NAMES = """
order_status logistics_trace expedite modify_address cancel_order return_goods exchange_goods refund_status
return_policy invoice product_info stock price_protection promotion payment_problem complaint_quality
complaint_wrong_item complaint_missing_item complaint_price complaint_service repair_fault installation account
human_agent opt_out affirm deny repeat wait help thanks goodbye greeting smalltalk out_of_scope inform
"""

INTENTS = frozenset(_NAMES.split())
"""What callers can want; `inform` says that a sentence only gives details."""

COMPLAINTS = frozenset(one for one in INTENTS if one.startswith("complaint_"))

SAME = "same"
"""Stands in `on` for the wish that is being served, said once more."""

EXPECTING = frozenset(
    {
        "anything",
        "choice",
        "digits",
        "menu",
        "order_number",
        "phone",
        "rating",
        "rating_10",
        "tail_number",
        "yes_no",
    }
    | {
        "product",
        "quantity",
        "amount",
        "date",
        "past_date",
        "future_date",
        "time",
        "address",
        "person",
        "reason",
    }
)
"""What a question may expect: the grammars of the recogniser, and the slots that understanding can be asked for."""

MOODS = frozenset({"satisfied", "neutral", "anxious", "unhappy", "angry", "distressed"})

ALWAYS = frozenset({"caller", "line", "now", "hour", "verified", "mood", "text"})
ALWAYS |= {
    "wanted",
    "failures",
    "resolved",
    "it",
    "option",
    "title",
    "value",
    "upset",
    "transcript",
    "meant",
    "gravest",
    "doing",
}
"""Names that exist in every script: `wanted` is what the caller wanted so far, by the titles of flows; `it` the value
being checked or read back; `option` one of several; `title` what a flow does; `value` the new value of a corrected
slot; `text` what was said last; `resolved` how many wishes were; `upset` whether the caller was so at any time;
`meant` the intent of what was said last, where it was clear; `transcript` stands for the whole conversation in what a
deed is told; `gravest` the gravest mood so far, `doing` the title of what was being done when this flow broke in."""

REQUIRED_FLOWS = ("opening", "closing", "human_failed")

REQUIRED_WORDS = (
    "wait",
    "still_there",
    "help",
    "no_input",
    "no_match",
    "not_heard",
    "invalid",
    "repeat",
    "doubt",
    "bridge",
    "next",
    "corrected",
    "once_more",
    "handover",
    "urgent",
    "trouble",
    "please_hold",
    "transferring",
    "silent_goodbye",
)

OPTIONAL_WORDS = ("noted", "sure", "left", "not_that", "returned")
"""When a detail was not asked for; a yes was not clear; the caller thinks better of it; a doubt is denied; a human
gives him back."""

BUILT_IN_INTENTS = frozenset({"repeat", "wait", "help", "affirm", "deny"})
"""Intents that need no flow: the machine answers them anywhere."""
