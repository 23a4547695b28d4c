"""Whose turn it is: a table. Two rules: every pair of state and signal stands in it, and only it moves the floor.

The bot is silent or speaking; the caller is silent, speaking, or has paused (he may go on).
"""

from __future__ import annotations

from enum import Enum


class Floor(Enum):
    """Who has the floor."""

    NOBODY = "nobody"
    BOT = "bot"
    CALLER = "caller"
    PAUSED = "paused"
    BOTH = "both"
    BOT_WHILE_PAUSED = "bot while paused"


class Signal(Enum):
    """What moves the floor."""

    BOT_BEGAN = "bot began"
    BOT_DONE = "bot done"
    VOICE = "voice"
    PAUSE = "pause"
    TAKEN = "taken"
    """The caller's turn was committed or dropped."""


_F, _S = Floor, Signal

TABLE: dict[Floor, dict[Signal, Floor]] = {
    _F.NOBODY: {
        _S.BOT_BEGAN: _F.BOT,
        _S.BOT_DONE: _F.NOBODY,
        _S.VOICE: _F.CALLER,
        _S.PAUSE: _F.NOBODY,
        _S.TAKEN: _F.NOBODY,
    },
    _F.BOT: {
        _S.BOT_BEGAN: _F.BOT,
        _S.BOT_DONE: _F.NOBODY,
        _S.VOICE: _F.BOTH,
        _S.PAUSE: _F.BOT,
        _S.TAKEN: _F.BOT,
    },
    _F.CALLER: {
        _S.BOT_BEGAN: _F.BOTH,
        _S.BOT_DONE: _F.CALLER,
        _S.VOICE: _F.CALLER,
        _S.PAUSE: _F.PAUSED,
        _S.TAKEN: _F.NOBODY,
    },
    _F.PAUSED: {
        _S.BOT_BEGAN: _F.BOT_WHILE_PAUSED,
        _S.BOT_DONE: _F.PAUSED,
        _S.VOICE: _F.CALLER,
        _S.PAUSE: _F.PAUSED,
        _S.TAKEN: _F.NOBODY,
    },
    _F.BOTH: {
        _S.BOT_BEGAN: _F.BOTH,
        _S.BOT_DONE: _F.CALLER,
        _S.VOICE: _F.BOTH,
        _S.PAUSE: _F.BOT_WHILE_PAUSED,
        _S.TAKEN: _F.BOT,
    },
    _F.BOT_WHILE_PAUSED: {
        _S.BOT_BEGAN: _F.BOT_WHILE_PAUSED,
        _S.BOT_DONE: _F.PAUSED,
        _S.VOICE: _F.BOTH,
        _S.PAUSE: _F.BOT_WHILE_PAUSED,
        _S.TAKEN: _F.BOT,
    },
}

BOT_SPEAKS = frozenset({Floor.BOT, Floor.BOTH, Floor.BOT_WHILE_PAUSED})
CALLER_HOLDS = frozenset({Floor.CALLER, Floor.PAUSED, Floor.BOTH, Floor.BOT_WHILE_PAUSED})


def move(floor: Floor, signal: Signal) -> Floor:
    """The floor after this signal."""
    return TABLE[floor][signal]
