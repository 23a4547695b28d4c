"""A microphone and a loudspeaker as a line. The sound card calls from a thread of its own, every 20 ms.

The card asks for what to play whenever it wants; what the pacer has brought by then waits here, at most 200 ms of it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from voicebot.audio import FRAME_BYTES, RATE
from voicebot.errors import VoicebotError
from voicebot.events import HungUp, Pressed, TransferFailed
from voicebot.telephony.inflow import Inflow
from voicebot.telephony.rates import Converter
from voicebot.telephony.reception import KEYS, Running

MOST_FRAMES = 10


class Sound(Protocol):
    """An open sound card."""

    def stop(self) -> None:
        """Play and record no more."""
        ...

    def close(self) -> None:
        """Give the card back."""
        ...


Swap = Callable[[bytes], bytes]
"""Takes what was recorded, 16-bit mono, and gives as much to be played."""
OpenSound = Callable[[int, Swap], Sound]
"""Opens the card at this rate; calls back from its own thread."""


@dataclass(frozen=True, slots=True)
class Card:
    """A sound card: the rate that it works at, and how it is opened."""

    rate: int
    open: OpenSound


class MicrophoneLine:
    """Implements Wire."""

    def __init__(self, card: Card) -> None:
        self._loop = asyncio.get_running_loop()
        self._inflow = Inflow()
        self._rate = card.rate
        self._widen = Converter(RATE, card.rate)
        self._queue: deque[bytes] = deque()
        self._rest = b""
        self.call: Running | None = None
        self.over = asyncio.Event()
        self._sound = card.open(card.rate, self._swap)

    def play(self, frame: bytes | None) -> None:
        """Queue 20 ms for the loudspeaker."""
        self._inflow.sent(frame)
        if frame is not None:
            self._queue.append(frame)
            while len(self._queue) > MOST_FRAMES:
                self._queue.popleft()

    def clear(self) -> None:
        """Be silent at once."""
        self._queue.clear()

    def transfer(self, to: str, story: Mapping[str, Any]) -> None:
        """There is no human behind a loudspeaker."""
        if self.call is not None:
            self.call.post(TransferFailed(self.call.at, "closed"))

    def hang_up(self) -> None:
        """The call is over as soon as its last words are heard."""

    def ended(self) -> None:
        """Give the sound card back, when what waits has been played."""
        self._loop.call_later(0.02 * len(self._queue) + 0.1, self._close)

    def press(self, key: str) -> None:
        """A key of the keyboard."""
        if key in KEYS and self.call is not None:
            self.call.post(Pressed(self.call.at, key))

    def put_down(self) -> None:
        """Whoever speaks into the microphone hangs up."""
        if self.call is not None:
            self.call.post(HungUp(self.call.at, "caller"))

    def _close(self) -> None:
        self._sound.stop()
        self._sound.close()
        self.over.set()

    def _swap(self, recorded: bytes) -> bytes:
        """In the card's thread."""
        self._loop.call_soon_threadsafe(self._take, recorded)
        wanted = len(recorded)
        while len(self._rest) < wanted:
            frame = self._queue.popleft() if self._queue else bytes(FRAME_BYTES)
            self._rest += self._widen.convert(frame)
        given, self._rest = self._rest[:wanted], self._rest[wanted:]
        return given

    def _take(self, recorded: bytes) -> None:
        if self.call is not None:
            for event in self._inflow.take(recorded, self.call.at, self._rate):
                self.call.post(event)


def system_card() -> Card:
    """The system's own microphone and loudspeaker. Raises VoicebotError where one is missing."""
    try:
        import sounddevice
    except OSError as error:
        raise VoicebotError(
            "there is no PortAudio here, which the microphone needs; install it (Debian and Ubuntu: apt install "
            "libportaudio2) or ring from the browser: voicebot serve"
        ) from error
    try:
        rate = _rate_of(sounddevice)
    except (sounddevice.PortAudioError, ValueError) as error:
        raise VoicebotError(
            "no microphone and loudspeaker were found here; plug in a headset, or ring from the browser: "
            "voicebot serve"
        ) from error
    return Card(rate, _open_with(sounddevice))


def _rate_of(sounddevice: Any) -> int:
    try:
        sounddevice.check_input_settings(samplerate=RATE, channels=1, dtype="int16")
        sounddevice.check_output_settings(samplerate=RATE, channels=1, dtype="int16")
    except sounddevice.PortAudioError:
        return int(sounddevice.query_devices(kind="input")["default_samplerate"])
    return RATE


def _open_with(sounddevice: Any) -> OpenSound:
    def open_sound(rate: int, swap: Swap) -> Sound:
        def callback(recorded: Any, played: Any, _frames: int, _time: Any, _status: Any) -> None:
            played[:] = swap(bytes(recorded))

        stream = sounddevice.RawStream(
            samplerate=rate, blocksize=rate // 50, channels=1, dtype="int16", callback=callback
        )
        stream.start()
        sound: Sound = stream
        return sound

    return open_sound
