"""The line of somebody who came over the web: what browser and chat have in common."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, Protocol

from voicebot.events import Event, HungUp, TransferFailed
from voicebot.telephony.reception import Reception, Ring, Running, Witness
from voicebot.web.sockets import Outbox


class VisitorProtocol(Protocol):
    """A wire without I/O that begins with a hello and its ticket."""

    ticket: str
    begun: bool
    over: bool

    def receive(self, message: str | bytes, at: float) -> list[Event]:
        """What one message says."""
        ...

    def receive_end(self, at: float) -> list[Event]:
        """The socket was closed."""
        ...

    def send_hang_up(self) -> list[str]:
        """Say that the bot has ended it."""
        ...


class VisitorLine:
    """Implements Visitor, and of Wire what does not depend on sound."""

    def __init__(self, name: str, wire: VisitorProtocol, outbox: Outbox) -> None:
        """`name` is the line's, as metrics and journals call it."""
        self._name = name
        self._wire = wire
        self._outbox = outbox
        self.call: Running | None = None

    # -- Wire ---------------------------------------------------------------------------------------------------

    def play(self, frame: bytes | None) -> None:
        """Nothing is heard."""

    def clear(self) -> None:
        """What was sent stays."""

    def transfer(self, to: str, story: Mapping[str, Any]) -> None:
        """There is no human on this line: the call offers to ring back."""
        if self.call is not None:
            self.call.post(TransferFailed(self.call.at, "closed"))

    def hang_up(self) -> None:
        """The bot ends the call."""
        self._outbox.put(self._wire.send_hang_up())
        self._outbox.close()

    def ended(self) -> None:
        """The call is over, however it ended."""
        self.hang_up()

    # -- Visitor ------------------------------------------------------------------------------------------------

    def receive(self, message: str | bytes) -> bool:
        """Take a message; False: nothing more is wanted."""
        self._post(self._wire.receive(message, self._at))
        return not self._wire.over

    @property
    def ticket(self) -> str | None:
        """What was shown at the hello; None: there was no hello yet."""
        return self._wire.ticket if self._wire.begun else None

    def begin(self, reception: Reception, caller: str | None, guest: str) -> None:
        """Begin the call. Raises Busy."""
        ring = Ring(secrets.token_hex(16), self._name, caller, None, guest)
        self.call = reception.admit(ring, self, self._witness())

    def gone(self) -> None:
        """The socket was closed."""
        self._post(self._wire.receive_end(self._at))

    # -- inside -------------------------------------------------------------------------------------------------

    @property
    def _at(self) -> float:
        return self.call.at if self.call is not None else 0.0

    def _witness(self) -> Witness | None:
        """Whoever shows what happens."""
        return None

    def _post(self, events: list[Event]) -> None:
        for event in events:
            if self.call is not None and (self._wire.begun or isinstance(event, HungUp)):
                self.call.post(event)
