"""The line of one caller at Twilio; it outlives its stream while a human is tried."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from voicebot.events import Event, HungUp, TransferFailed
from voicebot.telephony.media_stream import MediaStream
from voicebot.telephony.reception import Running
from voicebot.telephony.twilio_exchange import TwilioExchange
from voicebot.web.sockets import Outbox

LAST_WORDS_S = 2.0
"""So long the last words may take to be played at Twilio before the stream is ended."""
LAST_MARK = "last words"


class TwilioLine:
    """Implements Wire, and Leg for its exchange."""

    def __init__(self, exchange: TwilioExchange, key: str) -> None:
        self._exchange = exchange
        self._key = key
        self._wire: MediaStream | None = None
        self._outbox: Outbox | None = None
        self._leaving = False
        self._then: Callable[[], None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.call: Running | None = None

    # -- Wire ---------------------------------------------------------------------------------------------------

    def play(self, frame: bytes | None) -> None:
        """Send 20 ms."""
        if self._wire is None or self._outbox is None or self.call is None:
            return
        for event in self._wire.tick(self.call.at):
            self.call.post(event)
        self._outbox.put(self._wire.send_audio(frame), audio=True)

    def clear(self) -> None:
        """Take back what was not sent, and have Twilio drop what it holds."""
        if self._wire is not None and self._outbox is not None:
            self._outbox.drop_audio()
            self._outbox.put(self._wire.send_clear())

    def transfer(self, to: str, story: Mapping[str, Any]) -> None:
        """Try a human, as soon as the last words have been heard."""
        self._after_last_words(lambda: self._exchange.transfer(self._key, to, story, self))

    def hang_up(self) -> None:
        """End the stream, as soon as the last words have been heard; Twilio hangs up then."""
        outbox = self._outbox
        if outbox is not None:
            self._after_last_words(outbox.close)

    def ended(self) -> None:
        """The call is over, however it ended."""
        self._exchange.ended(self._key)

    # -- Leg ----------------------------------------------------------------------------------------------------

    def leave(self) -> None:
        """The stream is going to end; the call goes on."""
        self._leaving = True

    def stay(self) -> None:
        """It is not, after all."""
        self._leaving = False

    # -- what the socket calls ----------------------------------------------------------------------------------

    def attach(self, wire: MediaStream, outbox: Outbox) -> None:
        """A stream has begun."""
        self._wire, self._outbox, self._leaving = wire, outbox, False

    def came_back(self, why: str) -> None:
        """The caller is here again: no human took him."""
        if self.call is not None:
            self.call.post(TransferFailed(self.call.at, why))

    def take(self, events: list[Event]) -> None:
        """What the stream has said."""
        for event in events:
            if isinstance(event, HungUp):
                self._gone(event)
            elif self.call is not None:
                self.call.post(event)
        if self._wire is not None and self._wire.mark(LAST_MARK) == "played":
            self._go_on()

    # -- inside -------------------------------------------------------------------------------------------------

    def _gone(self, event: HungUp) -> None:
        self._wire = self._outbox = None
        if not self._leaving and self.call is not None:
            self.call.post(event)

    def _after_last_words(self, then: Callable[[], None]) -> None:
        self._then = then
        if self._wire is not None and self._outbox is not None:
            self._outbox.put(self._wire.send_mark(LAST_MARK))
        self._timer = asyncio.get_running_loop().call_later(LAST_WORDS_S, self._go_on)

    def _go_on(self) -> None:
        then, self._then = self._then, None
        if self._timer is not None:
            self._timer.cancel()
        if then is not None:
            then()
