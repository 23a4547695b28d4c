"""Callers at Twilio: who rings, and what becomes of a transfer.

    voice webhook ── ticket ──► stream ──► talk ──► transfer: the call is told to dial
                       ▲                                │ human answers: whisper ── 1 ──► Transferred
                       └── busy, no answer, declined ◄──┘ else: a new ticket to the same talk

A warm transfer lets the caller wait in a conference, rings the human as a call of his own, and joins him when he has
pressed 1. A caller who hangs up meanwhile ends it all: the human's call too, and he is told nothing.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from voicebot.events import HungUp, TransferFailed, Transferred
from voicebot.telephony import twiml
from voicebot.telephony.reception import Ring, Running
from voicebot.telephony.tickets import Tickets
from voicebot.telephony.twilio_rest import Outgoing, RestFailed, TwilioCalls

log = logging.getLogger(__name__)

ENDS = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})


class Leg(Protocol):
    """The caller's line, as a transfer uses it."""

    call: Running | None

    def leave(self) -> None:
        """The stream is going to end; the call goes on."""
        ...

    def stay(self) -> None:
        """It is not, after all."""
        ...


@dataclass(slots=True)
class Talk:
    """One caller's call at Twilio. `key` names it in webhook addresses."""

    key: str
    ring: Ring
    leg: Leg | None = None
    number: str = ""
    story: Mapping[str, Any] = field(default_factory=dict)
    human_sid: str = ""
    trying: bool = False
    accepted: bool = False
    failed: str = "no answer"
    unreached: Callable[[str], None] | None = None
    """Of a call that the bot places: told why nobody was reached, unless somebody was."""


@dataclass(frozen=True, slots=True)
class TwilioOptions:
    """`numbers` says whom to dial for each name a transfer may have; "default" stands for all others.

    `caller_id` is one of the account's numbers, for calls to humans; None: the number that the caller dialled.
    """

    numbers: Mapping[str, str] = field(default_factory=dict)
    warm: bool = False
    caller_id: str | None = None
    ring_s: int = 25


@dataclass(frozen=True, slots=True)
class Addresses:
    """How Twilio reaches us from outside: https://host and wss://host, without a slash at the end."""

    http: str
    socket: str


class TwilioExchange:
    """All callers at Twilio."""

    def __init__(
        self, rest: TwilioCalls, now: Callable[[], float], options: TwilioOptions | None = None
    ) -> None:
        self._rest = rest
        self._options = options or TwilioOptions()
        self._tickets: Tickets[Talk] = Tickets(now)
        self._talks: dict[str, Talk] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.addresses = Addresses("", "")
        """As the settings say, else as the newest verified webhook came in."""

    # -- callers ------------------------------------------------------------------------------------------------

    def rings(self, call_sid: str, caller: str | None, called: str | None) -> str:
        """Somebody rings: the TwiML that joins him to the bot."""
        return self._join(Talk(secrets.token_urlsafe(12), Ring(call_sid, "twilio", caller, called)))

    def enter(self, token: str) -> Talk | None:
        """A stream has begun with this token."""
        talk = self._tickets.take(token)
        if talk is not None:
            self._talks[talk.key] = talk
        return talk

    def status(self, call_sid: str, status: str) -> None:
        """Twilio tells that a call is over, whatever became of its stream."""
        for talk in [talk for talk in self._talks.values() if talk.ring.call_id == call_sid]:
            if status in ENDS and talk.unreached is not None:
                self._talks.pop(talk.key)
                talk.unreached(status)
            elif status in ENDS and talk.leg is not None and talk.leg.call is not None and not talk.accepted:
                talk.leg.call.post(HungUp(talk.leg.call.at, "caller"))

    def ended(self, key: str) -> None:
        """The call is over; a human who is still being rung need not answer."""
        talk = self._talks.pop(key, None)
        if talk is not None and talk.human_sid and not talk.accepted:
            self._later(self._drop_human(talk.human_sid))

    async def place(
        self,
        ring: Ring,
        to: str,
        caller_id: str,
        unreached: Callable[[str], None],
        *,
        detect_machine: bool = True,
    ) -> str:
        """Ring somebody; the call begins when he answers, with `answered_by` among the ring's details.

        `unreached` is told busy, no-answer, failed or canceled. Returns the call's sid. Raises RestFailed.
        """
        talk = Talk(secrets.token_urlsafe(12), ring, unreached=unreached)
        self._talks[talk.key] = talk
        url, status = self._url("answered", talk.key), f"{self.addresses.http}/twilio/status"
        outgoing = Outgoing(to, caller_id, url, status, self._options.ring_s, detect_machine)
        try:
            sid = await self._rest.place(outgoing)
        except RestFailed:
            self._talks.pop(talk.key, None)
            raise
        talk.ring = replace(talk.ring, call_id=sid)
        return sid

    def answered(self, key: str, call_sid: str, answered_by: str) -> str:
        """Somebody has answered a call that was placed: the TwiML that joins him to the bot."""
        talk = self._talks.get(key)
        if talk is None or talk.unreached is None:
            return twiml.hang_up()
        talk.unreached = None
        details = {**talk.ring.details, "answered_by": answered_by}
        talk.ring = replace(talk.ring, call_id=call_sid, details=details)
        return self._join(talk)

    # -- transfers ----------------------------------------------------------------------------------------------

    def transfer(self, key: str, to: str, story: Mapping[str, Any], leg: Leg) -> None:
        """Try a human; the outcome is posted into the call."""
        talk = self._talks[key]
        number = self._options.numbers.get(to) or self._options.numbers.get("default")
        talk.leg = leg
        if number is None:
            self._fail(talk, "closed")
            return
        talk.number, talk.story, talk.trying = number, story, True
        talk.accepted, talk.failed = False, "no answer"
        self._later(self._try_warm(talk) if self._options.warm else self._try(talk))

    def dialed(self, key: str, status: str, bridged: bool) -> str:
        """The dial has ended, or the caller has left the conference: what he does next."""
        talk = self._talks.get(key)
        if talk is None or talk.accepted or (status in {"completed", "answered"} and bridged):
            return twiml.hang_up()
        if status in {"busy", "failed"}:
            talk.failed = status
        elif status in {"completed", "answered"}:
            talk.failed = "declined"
        return self._come_back(talk)

    def whisper(self, key: str) -> str:
        """The human has answered: what he hears. Nothing, when the caller has gone."""
        talk = self._talks.get(key)
        if talk is None or not talk.trying:
            return twiml.hang_up()
        sentence = str(talk.story.get("spoken") or talk.story.get("reason") or "")
        return twiml.whisper(sentence, accept=self._url("accept", key))

    def accept(self, key: str, digits: str) -> str:
        """The human has pressed a key."""
        talk = self._talks.get(key)
        if talk is None or not talk.trying or digits != "1" or talk.leg is None or talk.leg.call is None:
            if talk is not None:
                talk.failed = "declined"
            return twiml.hang_up()
        talk.accepted, talk.trying = True, False
        talk.leg.call.post(Transferred(talk.leg.call.at))
        return twiml.open_room(key) if self._options.warm else twiml.nothing()

    def human(self, key: str, status: str) -> None:
        """Twilio tells of the human's own call, in a warm transfer."""
        talk = self._talks.get(key)
        if talk is not None and talk.trying and status in ENDS:
            talk.failed = {"busy": "busy", "failed": "failed"}.get(status, talk.failed)
            talk.human_sid = ""
            self._later(self._fetch_back(talk))

    # -- inside -------------------------------------------------------------------------------------------------

    def _join(self, talk: Talk) -> str:
        return twiml.connect(f"{self.addresses.socket}/twilio/media", self._tickets.give(talk))

    def _come_back(self, talk: Talk) -> str:
        talk.trying = False
        return self._join(talk)

    def _url(self, what: str, key: str) -> str:
        return f"{self.addresses.http}/twilio/{what}/{key}"

    async def _try(self, talk: Talk) -> None:
        key = talk.key
        dial = twiml.dial(
            talk.number,
            action=self._url("dialed", key),
            whisper=self._url("whisper", key),
            timeout_s=self._options.ring_s,
        )
        await self._send_away(talk, dial)

    async def _try_warm(self, talk: Talk) -> None:
        if not await self._send_away(
            talk, twiml.wait_in_room(talk.key, action=self._url("dialed", talk.key))
        ):
            return
        caller_id = self._options.caller_id or talk.ring.called or ""
        outgoing = Outgoing(
            talk.number,
            caller_id,
            self._url("whisper", talk.key),
            self._url("human", talk.key),
            self._options.ring_s,
        )
        try:
            talk.human_sid = await self._rest.place(outgoing)
        except RestFailed as error:
            log.warning("human not rung", extra={"call": talk.ring.call_id, "why": str(error)})
            talk.failed = "failed"
            await self._fetch_back(talk)
            return
        if talk.key not in self._talks and not talk.accepted:
            await self._drop_human(talk.human_sid)

    async def _send_away(self, talk: Talk, markup: str) -> bool:
        if talk.leg is not None:
            talk.leg.leave()
        try:
            await self._rest.redirect(talk.ring.call_id, markup)
        except RestFailed as error:
            log.warning("transfer failed", extra={"call": talk.ring.call_id, "why": str(error)})
            talk.trying = False
            if talk.leg is not None:
                talk.leg.stay()
            self._fail(talk, "failed")
            return False
        return True

    async def _fetch_back(self, talk: Talk) -> None:
        try:
            await self._rest.redirect(talk.ring.call_id, self._come_back(talk))
        except RestFailed as error:
            log.warning("caller not fetched back", extra={"call": talk.ring.call_id, "why": str(error)})
            self._fail(talk, "failed")

    async def _drop_human(self, sid: str) -> None:
        try:
            await self._rest.complete(sid)
        except RestFailed as error:
            log.warning("human not dropped", extra={"why": str(error)})

    def _fail(self, talk: Talk, why: str) -> None:
        if talk.leg is not None and talk.leg.call is not None:
            talk.leg.call.post(TransferFailed(talk.leg.call.at, why))

    def _later(self, job: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(job)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
