"""Twilio's Media Streams: JSON messages over a WebSocket, both ways.

    in    connected · start {streamSid, callSid, customParameters, mediaFormat} · media {payload} · dtmf {digit}
          mark {name} · stop
    out   media · mark · clear, each with the streamSid

A payload is base64 of raw µ-law at 8 kHz. Twilio plays what it is sent in order and echoes a mark when it gets there;
after `clear` it echoes every mark that was waiting, so this side must remember which of them were cleared. Numbers such
as sequenceNumber arrive as strings.

Source: https://www.twilio.com/docs/voice/media-streams/websocket-messages
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any, Literal

from voicebot.audio import ulaw_decode, ulaw_encode
from voicebot.events import Answered, Event, HungUp, Pressed
from voicebot.telephony.inflow import Inflow
from voicebot.telephony.reception import KEYS

LONGEST_MESSAGE = 64 * 1024
MOST_MARKS = 100
MarkState = Literal["waiting", "played", "cleared"]


class MediaStream:
    """One stream, without the socket."""

    def __init__(self) -> None:
        self._inflow = Inflow()
        self._marks: dict[str, MarkState] = {}
        self._last_sequence = 0
        self.stream_sid = ""
        self.call_sid = ""
        self.parameters: Mapping[str, str] = {}
        self.begun = False
        self.over = False
        self.fault: str | None = None
        self.strange = 0
        """Messages that made no sense and were passed over."""
        self.missing = 0
        """Messages that never came, by their sequence numbers."""

    @property
    def dropped(self) -> int:
        """Frames of audio that came too fast to be heard."""
        return self._inflow.dropped

    def receive(self, message: str | bytes, at: float) -> list[Event]:
        """What one message says. The first event is Answered, the last HungUp; none follows it."""
        if self.over:
            return []
        if len(message) > LONGEST_MESSAGE:
            return self._break(f"a message of {len(message)} characters", at)
        try:
            data = json.loads(message)
        except (ValueError, RecursionError):
            data = None
        if not isinstance(data, dict):
            self.strange += 1
            return []
        self._count(data.get("sequenceNumber"))
        return self._message(data, at)

    def receive_end(self, at: float) -> list[Event]:
        """The socket was closed."""
        return self._end("caller", at)

    def tick(self, at: float) -> list[Event]:
        """Every 20 ms: silence in place of audio that does not come."""
        return [*self._inflow.fill(at)] if self.begun and not self.over else []

    def send_audio(self, frame: bytes | None) -> list[str]:
        """The message with this frame: 8 kHz, 16-bit; silence (None) needs no sending, Twilio makes its own."""
        self._inflow.sent(frame)
        if frame is None:
            return []
        payload = base64.b64encode(ulaw_encode(frame)).decode()
        return self._send("media", {"media": {"payload": payload}})

    def send_mark(self, name: str) -> list[str]:
        """The message that will be echoed when all that was sent before it has been played."""
        while len(self._marks) >= MOST_MARKS:
            self._marks.pop(next(iter(self._marks)))
        self._marks[name] = "waiting"
        return self._send("mark", {"mark": {"name": name}})

    def send_clear(self) -> list[str]:
        """The message that silences Twilio at once; the marks that wait are cleared, whatever it echoes."""
        self._marks = {
            name: "cleared" if state == "waiting" else state for name, state in self._marks.items()
        }
        return self._send("clear", {})

    def mark(self, name: str) -> MarkState | None:
        """What became of a mark; None: there is none of this name, or it is long ago."""
        return self._marks.get(name)

    def send_hang_up(self) -> list[str]:
        """Nothing needs to be said: whoever owns the socket closes it, and Twilio goes on in its TwiML."""
        self._end("caller", 0.0)
        return []

    def _send(self, event: str, body: dict[str, Any]) -> list[str]:
        if not self.begun or self.over:
            return []
        return [json.dumps({"event": event, "streamSid": self.stream_sid, **body}, separators=(",", ":"))]

    def _message(self, data: dict[str, Any], at: float) -> list[Event]:
        event = data.get("event")
        if event == "start" and not self.begun:
            return self._start(data, at)
        if event == "stop":
            return self._end("caller", at)
        if not self.begun:
            self.strange += event != "connected"
            return []
        if event == "media":
            return self._media(_mapping(data.get("media")), at)
        if event == "dtmf":
            key = _mapping(data.get("dtmf")).get("digit")
            return [Pressed(at, key)] if isinstance(key, str) and key in KEYS else []
        if event == "mark":
            self._marked(_mapping(data.get("mark")).get("name"))
        return []

    def _start(self, data: dict[str, Any], at: float) -> list[Event]:
        start = _mapping(data.get("start"))
        form = _mapping(start.get("mediaFormat"))
        sid = start.get("streamSid", data.get("streamSid"))
        if not isinstance(sid, str) or not sid:
            return self._break("a start without streamSid", at)
        if (form.get("encoding"), str(form.get("sampleRate"))) != ("audio/x-mulaw", "8000"):
            return self._break("a start that announces other audio than 8 kHz µ-law", at)
        self.begun, self.stream_sid, self.call_sid = True, sid, str(start.get("callSid", ""))
        given = _mapping(start.get("customParameters"))
        self.parameters = {str(name): str(value) for name, value in given.items()}
        return [Answered(at, line="twilio")]

    def _media(self, media: Mapping[str, Any], at: float) -> list[Event]:
        payload = media.get("payload")
        if media.get("track", "inbound") != "inbound":
            return []
        try:
            codes = base64.b64decode(payload if isinstance(payload, str) else "!", validate=True)
        except (binascii.Error, ValueError):
            self.strange += 1
            return []
        return [*self._inflow.take(ulaw_decode(codes), at)]

    def _marked(self, name: object) -> None:
        if isinstance(name, str) and self._marks.get(name) == "waiting":
            self._marks[name] = "played"

    def _count(self, number: object) -> None:
        """Sequence numbers are strings of digits that go up by one."""
        if isinstance(number, str) and number.isascii() and number.isdigit() and len(number) < 12:
            if self._last_sequence:
                self.missing += max(0, int(number) - self._last_sequence - 1)
            self._last_sequence = max(self._last_sequence, int(number))

    def _break(self, fault: str, at: float) -> list[Event]:
        self.fault = fault
        return self._end("line", at)

    def _end(self, by: str, at: float) -> list[Event]:
        if self.over:
            return []
        self.over = True
        return [HungUp(at, "caller" if by == "caller" else "line")]


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
