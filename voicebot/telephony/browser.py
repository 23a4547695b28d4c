"""A call from a browser's page over a WebSocket: text messages are JSON objects with a `type`, binary ones are audio.

in    hello {ticket, rate} comes first · audio, 16-bit little-endian mono at that rate · key {key} · hang_up
out   audio, 8 kHz · clear · bot {text} · agent {text}, a human · caller {text} · keys {keys} · ended {by}
"""

from __future__ import annotations

import json
from typing import Any, Literal

from voicebot.events import Answered, Event, HungUp, Pressed
from voicebot.telephony.inflow import Inflow
from voicebot.telephony.reception import KEYS

RATES = frozenset({8000, 16000, 24000, 32000, 44100, 48000})
LONGEST_TEXT = 4096
LONGEST_AUDIO_MS = 500


class BrowserProtocol:
    """One call's wire, without the socket."""

    def __init__(self) -> None:
        self._inflow = Inflow()
        self._rate = 8000
        self.ticket = ""
        self.begun = False
        self.over = False
        self.fault: str | None = None

    def receive(self, message: str | bytes, at: float) -> list[Event]:
        """What one message says. The first event is Answered, the last HungUp; none follows it."""
        if self.over:
            return []
        if isinstance(message, bytes):
            return self._audio(message, at)
        data = _object(message)
        if not self.begun:
            return self._hello(data, at)
        match data:
            case {"type": "key", "key": str(key)} if key in KEYS:
                return [Pressed(at, key)]
            case {"type": "hang_up"}:
                return self._end("caller", at)
            case _:
                return []

    def receive_end(self, at: float) -> list[Event]:
        """The page was closed."""
        return self._end("caller", at)

    def tick(self, at: float) -> list[Event]:
        """Every 20 ms: silence in place of audio that does not come."""
        return [*self._inflow.fill(at)] if self.begun and not self.over else []

    def send_audio(self, frame: bytes | None) -> list[bytes]:
        """The message with this frame: 8 kHz, 16-bit; silence (None) needs no sending."""
        self._inflow.sent(frame)
        return [frame] if frame is not None and self.begun and not self.over else []

    def send_clear(self) -> list[str]:
        """Drop what was not played yet."""
        return self.send_note("clear")

    def send_note(self, kind: str, **data: Any) -> list[str]:
        """Something for the page to show."""
        if not self.begun or self.over:
            return []
        return [json.dumps({"type": kind, **data}, ensure_ascii=False)]

    def send_hang_up(self) -> list[str]:
        """Say that the bot has ended the call. Nothing is received or sent after it."""
        said = self.send_note("ended", by="bot")
        self._end("caller", 0.0)
        return said

    def _hello(self, data: dict[str, Any], at: float) -> list[Event]:
        match data:
            case {"type": "hello", "ticket": str(ticket), "rate": int(rate)} if rate in RATES:
                self.begun, self.ticket, self._rate = True, ticket, rate
                return [Answered(at, line="browser")]
        self.fault = "the first message is no hello with ticket and rate"
        return self._end("line", at)

    def _audio(self, pcm: bytes, at: float) -> list[Event]:
        if not self.begun or len(pcm) > self._rate * 2 * LONGEST_AUDIO_MS // 1000:
            self.fault = f"{len(pcm)} bytes of audio " + (
                "in one message" if self.begun else "before a hello"
            )
            return self._end("line", at)
        return [*self._inflow.take(pcm, at, self._rate)]

    def _end(self, by: Literal["caller", "line"], at: float) -> list[Event]:
        if self.over:
            return []
        self.over = True
        return [HungUp(at, by)]


def _object(message: str) -> dict[str, Any]:
    """The JSON object that a short enough text is, else an empty one."""
    try:
        data = json.loads(message) if len(message) <= LONGEST_TEXT else None
    except (ValueError, RecursionError):
        data = None
    return data if isinstance(data, dict) else {}
