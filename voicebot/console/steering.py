"""What a person may do with a call that goes on: whisper, take it over, speak, note, give it back, end it."""

from __future__ import annotations

from typing import Literal, get_args

from voicebot.console.desk import Desk
from voicebot.records.users import User
from voicebot.runtime.live import LiveCall

LONGEST_SAID = 500
Move = Literal["whisper", "take", "say", "note", "back", "end"]
MOVES: tuple[Move, ...] = get_args(Move)
FOR_OPERATIONS = frozenset({"whisper", "take"})
"""What is for those who watch all calls; the rest also for who has the call."""
OF_WHO_HAS_IT = frozenset({"say", "back", "end"})
AUDITED = {"whisper": "whisper", "take": "takeover"}
NOT_NOW = "现在不能提示机器人。"
TAKEN = "已经有人接管，或者通话已经结束。"
NOT_YOURS = "这通电话不在您手里。"
NO_WORDS = "请写下要说的内容。"


def may(user: User, live: LiveCall, move: Move) -> bool:
    """May this user do that with this call at all?"""
    return user.may("operations") or (live.human == user.name and move not in FOR_OPERATIONS)


def steer(desk: Desk, user: User, live: LiveCall, move: Move, text: str) -> str:
    """Do it; gives why it cannot be done now, or "". In the event loop."""
    text = " ".join(text.split())[:LONGEST_SAID]
    if live.over or (move in OF_WHO_HAS_IT and live.human != user.name):
        return NOT_YOURS
    if not text and move in {"whisper", "say", "note"}:
        return NO_WORDS
    match move:
        case "whisper":
            return _whisper(live, text)
        case "take":
            return _take(desk, user, live)
        case "say":
            live.say(user.name, text)
        case "note":
            live.note(user.name, text)
        case "back":
            live.hand_back(user.name, text)
        case "end":
            live.end(user.name)
    return ""


def _whisper(live: LiveCall, text: str) -> str:
    if live.state == "human":
        return NOT_NOW
    live.whisper(text)
    return ""


def _take(desk: Desk, user: User, live: LiveCall) -> str:
    if not live.take_over(user.name):
        return TAKEN
    desk.live.agents.took_over(user.name, live.name)
    return ""
