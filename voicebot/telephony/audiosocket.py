"""Asterisk's AudioSocket: messages over TCP, of one byte kind, two bytes length (big-endian) and a body.

    0x00 hang up            0x01 UUID, 16 bytes, comes first        0x03 one key, ASCII
    0x10 8 kHz audio        0x11..0x18 12, 16, 24, 32, 44.1, 48, 96, 192 kHz        0xff error, code

Audio is 16-bit little-endian mono; a message holds whatever the caller's packets hold, 20 ms or 30 ms or other. What
is sent back is never buffered by Asterisk: it must be paced. A 0x00 from us gives the call back to the dialplan; a
0x03 from us would kill it.

Source: docs/Configuration/Channel-Drivers/AudioSocket.md of asterisk/documentation; include/asterisk/res_audiosocket.h.
"""

from __future__ import annotations

import struct
from uuid import UUID

from voicebot.audio import FRAME_BYTES
from voicebot.events import Answered, Event, HungUp, Pressed
from voicebot.telephony.inflow import Inflow
from voicebot.telephony.reception import KEYS

HANG_UP, NAME, KEY, AUDIO, ERROR = 0x00, 0x01, 0x03, 0x10, 0xFF
RATES = dict(enumerate((8000, 12000, 16000, 24000, 32000, 44100, 48000, 96000, 192000), start=AUDIO))
LONGEST_AUDIO_MS = 500
LONGEST_BODY = 64
"""Bytes in the body of a message that is not audio."""
SILENT_MESSAGE = struct.pack(">BH", AUDIO, FRAME_BYTES) + bytes(FRAME_BYTES)


class AudioSocketProtocol:
    """One call's wire, without the socket."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._inflow = Inflow()
        self.call_id: UUID | None = None
        self.over = False
        self.fault: str | None = None
        """What the peer did wrong, if that ended the call."""

    @property
    def dropped(self) -> int:
        """Frames of audio that came too fast to be heard."""
        return self._inflow.dropped

    def receive(self, data: bytes, at: float) -> list[Event]:
        """What these bytes, cut anywhere, say. The first event is Answered, the last HungUp; none follows it."""
        if self.over:
            return []
        self._buffer += data
        events: list[Event] = []
        while not self.over and len(self._buffer) >= 3:
            kind, size = struct.unpack_from(">BH", self._buffer)
            if self._too_long(kind, size):
                return events + self._break(f"a message of kind {kind:#04x} with {size} bytes", at)
            if len(self._buffer) < 3 + size:
                break
            body = bytes(self._buffer[3 : 3 + size])
            del self._buffer[: 3 + size]
            events += self._message(kind, body, at)
        return events

    def receive_end(self, at: float) -> list[Event]:
        """The peer closed the connection, which is how Asterisk says that the caller hung up."""
        return self._end("caller", at)

    def tick(self, at: float) -> list[Event]:
        """Every 20 ms: silence in place of audio that the peer does not send."""
        return [*self._inflow.fill(at)] if self.call_id is not None and not self.over else []

    def send_audio(self, frame: bytes | None) -> list[bytes]:
        """The message with this frame of 20 ms; None is silence."""
        if self.over:
            return []
        self._inflow.sent(frame)
        return [SILENT_MESSAGE if frame is None else struct.pack(">BH", AUDIO, len(frame)) + frame]

    def send_hang_up(self) -> list[bytes]:
        """Give the call back to the dialplan. Nothing is received or sent after it."""
        if self.over:
            return []
        self._end("caller", 0.0)
        return [struct.pack(">BH", HANG_UP, 0)]

    def _too_long(self, kind: int, size: int) -> bool:
        rate = RATES.get(kind)
        return size > (LONGEST_BODY if rate is None else rate * 2 * LONGEST_AUDIO_MS // 1000)

    def _message(self, kind: int, body: bytes, at: float) -> list[Event]:
        if self.call_id is None:
            return self._begin(kind, body, at)
        if kind in RATES:
            return [*self._inflow.take(body, at, RATES[kind])]
        if kind == KEY:
            key = body.decode("ascii", "replace").upper()
            return [Pressed(at, key)] if key in KEYS else []
        if kind == HANG_UP:
            return self._end("caller", at)
        if kind == ERROR:
            return self._break(f"error {body.hex() or 'without a code'} from Asterisk", at)
        return []

    def _begin(self, kind: int, body: bytes, at: float) -> list[Event]:
        if kind == HANG_UP:
            return self._end("caller", at)
        if kind != NAME or len(body) != 16:
            return self._break(f"the first message is of kind {kind:#04x} with {len(body)} bytes", at)
        self.call_id = UUID(bytes=body)
        return [Answered(at, line="asterisk")]

    def _break(self, fault: str, at: float) -> list[Event]:
        self.fault = fault
        return self._end("line", at)

    def _end(self, by: str, at: float) -> list[Event]:
        if self.over:
            return []
        self.over = True
        self._buffer.clear()
        return [HungUp(at, "caller" if by == "caller" else "line")]
