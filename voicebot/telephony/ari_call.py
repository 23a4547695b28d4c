"""One call in Asterisk under our control: its channels and bridge by the names that were chosen for them here."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from voicebot.telephony.reception import Ring, Running

BRIDGE, MEDIA, HUMAN, OUT = "voicebot-bridge-", "voicebot-media-", "voicebot-human-", "voicebot-out-"
MADE = (MEDIA, HUMAN, OUT)
"""How the names of channels begin that were made here."""


@dataclass(frozen=True, slots=True)
class AriOptions:
    """`media_address` is host:port of our AudioSocket as Asterisk sees it.

    `numbers` says where each name of a transfer leads ("default" for all others): an endpoint such as PJSIP/600, which
    is rung for `ring_s`; or 600@context or queue:name, which the dialplan carries out (`context` for queues).
    """

    app: str = "voicebot"
    media_address: str = "127.0.0.1:9092"
    numbers: Mapping[str, str] = field(default_factory=dict)
    context: str = "voicebot-transfer"
    ring_s: int = 25


@dataclass(slots=True)
class AriCall:
    """One call: the caller's channel, and the names of what was made for it."""

    name: str
    channel: str
    ring: Ring
    call: Running | None = None
    human: str = ""
    has_human: bool = False
    away: bool = False
    failed: str = "no answer"
    unreached: Callable[[str], None] | None = None
    """Of a call that the bot places: told why nobody was reached, unless somebody was."""

    @property
    def bridge(self) -> str:
        """The bridge that joins caller and bot, later caller and human."""
        return f"{BRIDGE}{self.name}"

    @property
    def media(self) -> str:
        """The channel that carries the audio to us."""
        return f"{MEDIA}{self.name}"


def name_of(ring: str) -> str:
    """The UUID of a call that the bot places, by the name of its ring: always the same."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, ring))


def stray(channel: str) -> AriCall:
    """A channel that belongs to no call."""
    return AriCall(channel, channel, Ring(channel, "asterisk"))


def mapping(value: object) -> Mapping[str, Any]:
    """This, or an empty mapping where it is none."""
    return value if isinstance(value, Mapping) else {}
