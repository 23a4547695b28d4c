"""The caller's audio of one wire: any sizes and rates in, frames of 20 ms out, as many as time has passed.

A phone that sends nothing while its owner is silent would stop the call's sense of time, which counts frames; so
silence is filled in for it. A peer that sends faster than people speak would make the call late for ever; so what
is further ahead than two seconds is dropped and counted.

What goes out on the same wire is noted beside what comes in, because some of it may come back as an echo.
"""

from __future__ import annotations

from voicebot.audio import FRAME_BYTES, RATE
from voicebot.events import Heard
from voicebot.telephony.rates import Converter

FRAME_S = 0.02
GRACE_S = 0.1
"""So long a gap is jitter; a longer one is filled."""
AHEAD_FRAMES = 100
NOTED_BYTES = 30 * FRAME_BYTES
"""What was sent earlier than 600 ms before comes back no more."""
_SILENCE = bytes(FRAME_BYTES)


class Inflow:
    """Cuts one caller's audio into frames. Times are seconds since the call began."""

    def __init__(self, rate: int = RATE) -> None:
        self._rate = rate
        self._converter = Converter(rate, RATE)
        self._rest = b""
        self._began: float | None = None
        self._last = 0.0
        self._taken = 0
        self._sent = bytearray()
        self.dropped = 0
        """Frames that came too fast."""

    def take(self, pcm: bytes, at: float, rate: int = RATE) -> list[Heard]:
        """Frames that are whole now. `pcm` is 16-bit mono at `rate` Hz; an odd last byte is no sample."""
        if rate != self._rate:
            self._rate, self._converter = rate, Converter(rate, RATE)
        self._began = at if self._began is None else self._began
        self._last = max(self._last, at)
        data = self._rest + self._converter.convert(pcm[: len(pcm) // 2 * 2])
        whole = len(data) // FRAME_BYTES * FRAME_BYTES
        self._rest = data[whole:]
        frames = [data[i : i + FRAME_BYTES] for i in range(0, whole, FRAME_BYTES)]
        room = max(0, int((at - self._began) / FRAME_S) + AHEAD_FRAMES - self._taken)
        self.dropped += max(0, len(frames) - room)
        self._taken += min(len(frames), room)
        return [Heard(at, frame, self._noted()) for frame in frames[:room]]

    def fill(self, at: float) -> list[Heard]:
        """To be asked every 20 ms: a frame of silence where the peer has sent nothing for a while."""
        return [Heard(at, _SILENCE, self._noted())] if at - self._last > GRACE_S else []

    def sent(self, frame: bytes | None) -> None:
        """To be told every 20 ms: this frame has gone out; None: silence."""
        self._sent += frame or _SILENCE
        del self._sent[:-NOTED_BYTES]

    def _noted(self) -> bytes:
        sent = bytes(self._sent)
        self._sent.clear()
        return sent
