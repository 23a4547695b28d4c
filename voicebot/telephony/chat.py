"""A conversation by text over a WebSocket: JSON objects with a `type`.

in    hello {ticket} comes first · say {text} · hang_up
out   bot {text} · agent {text}, a human · ended {by}
"""

from __future__ import annotations

import json
from typing import Any, Literal

from voicebot.events import Answered, Event, HungUp, Transcribed, Transcript

LONGEST_TEXT = 500
"""Characters that somebody may say at once; what is longer is cut."""
LONGEST_MESSAGE = 8192


class ChatProtocol:
    """One conversation's wire, without the socket."""

    def __init__(self) -> None:
        self.ticket = ""
        self.begun = False
        self.over = False
        self.fault: str | None = None

    def receive(self, message: str | bytes, at: float) -> list[Event]:
        """What one message says. The first event is Answered, the last HungUp; none follows it."""
        if self.over:
            return []
        data = _object(message)
        if not self.begun:
            return self._hello(data, at)
        match data:
            case {"type": "say", "text": str(text)} if text.strip():
                said = " ".join(text.split())[:LONGEST_TEXT]
                return [Transcribed(at, 0, Transcript.of(said), True)]
            case {"type": "hang_up"}:
                return self._end("caller", at)
            case _:
                return []

    def receive_end(self, at: float) -> list[Event]:
        """The window was closed."""
        return self._end("caller", at)

    def send_text(self, text: str, who: Literal["bot", "agent"] = "bot") -> list[str]:
        """What the bot says, or the human who has taken over."""
        return self._send(who, text=text)

    def send_hang_up(self) -> list[str]:
        """Say that the bot has ended it. Nothing is received or sent after it."""
        said = self._send("ended", by="bot")
        self._end("caller", 0.0)
        return said

    def _send(self, kind: str, **data: Any) -> list[str]:
        if not self.begun or self.over:
            return []
        return [json.dumps({"type": kind, **data}, ensure_ascii=False)]

    def _hello(self, data: dict[str, Any], at: float) -> list[Event]:
        if data.get("type") == "hello" and isinstance(data.get("ticket"), str):
            self.begun, self.ticket = True, data["ticket"]
            return [Answered(at, line="chat")]
        self.fault = "the first message is no hello with a ticket"
        return self._end("line", at)

    def _end(self, by: Literal["caller", "line"], at: float) -> list[Event]:
        if self.over:
            return []
        self.over = True
        return [HungUp(at, by)]


def _object(message: str | bytes) -> dict[str, Any]:
    try:
        data = json.loads(message) if len(message) <= LONGEST_MESSAGE else None
    except (ValueError, RecursionError):
        data = None
    return data if isinstance(data, dict) else {}
