"""A conversation by text with the very same call machine, in virtual time: what is said is heard at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from voicebot.actions import Action, Do, HangUp, Look, Record, Say, StopSaying, Transfer
from voicebot.call import Call
from voicebot.events import (
    Answered,
    Event,
    Found,
    HungUp,
    Played,
    Source,
    Synthesized,
    Transcribed,
    Transcript,
    Transferred,
    Woke,
)
from voicebot.ports import Shop

SPOKEN_MS = 180
"""What a character takes to be said, so that times in a text conversation are like those of a call."""


@dataclass(slots=True)
class BotTurn:
    """What the bot made of one thing said: its words, what it asks for, what it understood and did."""

    say: list[str] = field(default_factory=list)
    expecting: str | None = None
    understood: Mapping[str, Any] = field(default_factory=dict)
    actions: list[dict[str, Any]] = field(default_factory=list)
    story: Mapping[str, Any] | None = None
    state: str = "open"

    def as_json(self) -> dict[str, Any]:
        """The turn as plain data; `story` only when the caller was given to a human."""
        told = {
            "say": "".join(self.say),
            "expecting": self.expecting,
            "intents": self.understood.get("intents", []),
            "slots": self.understood.get("slots", {}),
            "mood": self.understood.get("mood", "neutral"),
            "actions": self.actions,
            "state": self.state,
        }
        return told if self.story is None else {**told, "story": self.story}


class TextDriver:
    """Holds one conversation. Every method returns the bot's turn."""

    def __init__(self, call: Call, shop: Shop, *, source: Source = "text") -> None:
        self._call = call
        self._shop = shop
        self._source = source
        self._at = 0.0
        self._due: deque[Event] = deque()
        self._turn = BotTurn()
        self._expecting: str | None = None

    @property
    def over(self) -> bool:
        """Has the conversation ended?"""
        return self._call.over

    def answer(self, caller: str | None) -> BotTurn:
        """The call is answered."""
        return self._take(lambda at: Answered(at, caller, None, "text"))

    def say(self, text: str) -> BotTurn:
        """The caller says this."""
        return self._take(lambda at: Transcribed(at, 0, Transcript.of(text, self._source), True))

    def silence(self) -> BotTurn:
        """The caller says nothing until the bot does something."""
        self._turn = BotTurn(expecting=self._expecting)
        while not self.over and not (self._turn.say or self._turn.actions):
            deadline = self._call.deadline
            if deadline is None:
                break
            self._at = max(self._at, deadline)
            self._deliver(Woke(self._at))
        return self._finish()

    def hang_up(self) -> BotTurn:
        """The caller goes."""
        return self._take(lambda at: HungUp(at, "caller"))

    def _take(self, make: Callable[[float], Event]) -> BotTurn:
        self._turn = BotTurn(expecting=self._expecting)
        self._deliver(make(self._at))
        return self._finish()

    def _finish(self) -> BotTurn:
        self._expecting = self._turn.expecting
        if self.over and self._turn.state == "open":
            self._turn.state = "ended"
        return self._turn

    def _deliver(self, event: Event) -> None:
        self._due.append(event)
        while self._due:
            due = self._due.popleft()
            for action in self._call.receive(due):
                self._perform(action, due.at)

    def _perform(self, action: Action, at: float) -> None:
        turn = self._turn
        match action:
            case Say():
                self._speak(action)
            case Look() | Do():
                self._ask(action, at)
            case Transfer():
                turn.actions.append({"name": "transfer", "to": action.to})
                turn.story, turn.state = action.story, "transferred"
                self._due.append(Transferred(self._at))
            case HangUp():
                turn.actions.append({"name": "hang_up", "why": action.why})
                self._due.append(HungUp(self._at, "bot"))
            case Record(kind="understood"):
                turn.understood = action.data
            case Record(kind="asked"):
                turn.expecting = action.data["expecting"]
            case StopSaying() | Record():
                return

    def _speak(self, action: Say) -> None:
        self._turn.say.append(action.text)
        length = len(action.text) * SPOKEN_MS
        self._due.append(Synthesized(self._at, action.utterance, length))
        self._at += length / 1000
        self._due.append(Played(self._at, action.utterance, 20, False))
        self._due.append(Played(self._at, action.utterance, length, True))

    def _ask(self, action: Look | Do, at: float) -> None:
        """The shop answers at once, while the bot is still speaking: before any of it has been played."""
        self._turn.actions.append({"name": action.name, "arguments": dict(action.arguments)})
        try:
            if isinstance(action, Look):
                result = self._shop.look(action.name, action.arguments)
            else:
                result = self._shop.do(action.name, action.arguments, action.key)
        except Exception as error:  # as on a line: the shop may fail in any way, and the call must know
            self._due.appendleft(Found(at, action.query, {}, f"{type(error).__name__}: {error}"))
        else:
            self._due.appendleft(Found(at, action.query, result))
