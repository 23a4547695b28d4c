"""The shop's own lines as carriers: Twilio over REST, Asterisk over ARI. What they ring is answered in one lobby."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from voicebot.campaign.outcomes import Outcome
from voicebot.campaign.phones import domestic
from voicebot.outbound.carrier import Ended, Fate, NotPlacedError, Order
from voicebot.telephony.ari import AriProtocol
from voicebot.telephony.ari_call import OUT, name_of
from voicebot.telephony.ari_client import AriAccess
from voicebot.telephony.reception import Ring
from voicebot.telephony.twilio_exchange import TwilioExchange
from voicebot.telephony.twilio_rest import RestFailed

UNREACHED: dict[str, Outcome] = {
    "busy": "busy",
    "no-answer": "no_answer",
    "no answer": "no_answer",
    "declined": "rejected",
    "closed": "bad_number",
    "failed": "failed",
    "canceled": "failed",
    "lost": "lost",
}
"""What lines say of somebody who was not reached."""


def ring_of(order: Order) -> Ring:
    """The call as the lobby sees it: the customer is its caller, whoever rang; the details name the dial."""
    details = {
        "dial": order.dial,
        "campaign": order.campaign,
        "contact": dict(order.facts),
        "callback": order.callback,
    }
    return Ring(order.dial, order.line, order.phone, order.caller_id, details=details)


@dataclass
class Switchboard:
    """What all carriers of a process share: calls under way, and what ended. No call lasts longer than `longest`."""

    free: Callable[[], int]
    now: Callable[[], datetime]
    longest: timedelta = timedelta(minutes=45)
    open: dict[str, Order] = field(default_factory=dict)
    over: list[Ended] = field(default_factory=list)

    def goes_on(self, order: Order) -> bool:
        """Is it a call of this process? After the longest time that one may last its end was missed."""
        return order.dial in self.open and self.now() - order.asked <= self.longest

    def unreached(self, dial: str, why: str) -> None:
        """Nobody was reached."""
        self.end(Ended(dial, UNREACHED.get(why, "failed"), self.now(), details={"why": why}))

    def end(self, ended: Ended) -> None:
        """This is over."""
        self.open.pop(ended.dial, None)
        self.over.append(ended)

    def take(self) -> list[Ended]:
        """What ended since this was asked last, on whatever line."""
        over, self.over = self.over, []
        return over


LookUp = Callable[[Order], Awaitable[Fate]]
"""Asks the line what became of a call that this process knows nothing of."""


async def _found(board: Switchboard, order: Order, look_up: LookUp | None) -> Fate:
    """What became of a call: as this process knows, else as the line says."""
    if board.goes_on(order):
        return "open"
    fate: Fate = "unknown" if look_up is None else await look_up(order)
    if fate != "open":
        board.open.pop(order.dial, None)
    return fate


class TwilioCarrier:
    """Implements Carrier on Twilio. `look_up` asks Twilio's REST interface of a call that another process placed."""

    def __init__(self, board: Switchboard, exchange: TwilioExchange, look_up: LookUp | None = None) -> None:
        self._board = board
        self._exchange = exchange
        self._look_up = look_up

    @property
    def free(self) -> int:
        """See Carrier."""
        return self._board.free()

    async def dial(self, order: Order) -> str:
        """See Carrier. Twilio's refusal is certain; anything else may have rung."""
        if not self._exchange.addresses.http:
            raise NotPlacedError("not_asked", "Twilio cannot reach us: set [server] public_url")
        self._board.open[order.dial] = order
        try:
            return await self._exchange.place(
                ring_of(order),
                order.phone,
                order.caller_id,
                lambda why: self._board.unreached(order.dial, why),
            )
        except RestFailed as error:
            self._board.open.pop(order.dial, None)
            if str(error).startswith("TwilioRestException"):
                raise NotPlacedError("failed", str(error)[:200]) from error
            raise

    async def find(self, order: Order) -> Fate:
        """See Carrier."""
        return await _found(self._board, order, self._look_up)

    def ended(self) -> Sequence[Ended]:
        """See Carrier."""
        return self._board.take()


class AriCarrier:
    """Implements Carrier on Asterisk. A call that another process placed cannot be taken up by this one; `look_up` asks
    whether there still is such a channel."""

    def __init__(
        self,
        board: Switchboard,
        protocol: AriProtocol,
        connected: Callable[[], bool],
        look_up: LookUp | None = None,
    ) -> None:
        self._board = board
        self._protocol = protocol
        self._connected = connected
        self._look_up = look_up

    @property
    def free(self) -> int:
        """See Carrier."""
        return self._board.free() if self._connected() else 0

    async def dial(self, order: Order) -> str:
        """See Carrier. {number} in the endpoint is the number as it is dialled at home, {e164} with its plus."""
        if not self._connected():
            raise NotPlacedError("not_asked", "Asterisk is not connected")
        self._board.open[order.dial] = order
        number = domestic(order.phone)
        endpoint = order.endpoint.replace("{number}", number).replace("{e164}", order.phone)
        return self._protocol.originate(
            endpoint,
            order.caller_id,
            ring_of(order),
            lambda why: self._board.unreached(order.dial, why),
            order.ring_s,
        )

    async def find(self, order: Order) -> Fate:
        """See Carrier."""
        return await _found(self._board, order, self._look_up)

    def ended(self) -> Sequence[Ended]:
        """See Carrier."""
        return self._board.take()


class AriLookup:
    """Asks Asterisk whether the channel of a call is still there. When it is gone nobody knows what came of it.

    Source: https://docs.asterisk.org/Asterisk_REST_Interface (channels)
    """

    def __init__(self, access: AriAccess, now: Callable[[], datetime]) -> None:
        self._url = f"{access.url}/channels/"
        self._http = httpx.AsyncClient(
            auth=(access.user, access.password), timeout=access.timeout_s, trust_env=False
        )
        self._now = now

    async def __call__(self, order: Order) -> Fate:
        """The fate of this order."""
        try:
            answer = await self._http.get(f"{self._url}{OUT}{name_of(order.dial)}")
        except httpx.HTTPError:
            return "unknown"
        if answer.status_code == 404:
            return Ended(order.dial, "lost", self._now(), details={"why": "Asterisk has no such channel"})
        return "open" if answer.is_success else "unknown"

    async def close(self) -> None:
        """Give the connections back."""
        await self._http.aclose()


class TwilioLookup:
    """Asks Twilio what became of a call: by its sid, else by the number and the time.

    Source: https://www.twilio.com/docs/voice/api/call-resource
    """

    def __init__(
        self, account: tuple[str, str], now: Callable[[], datetime], api_url: str | None = None
    ) -> None:
        sid, token = account
        base = (api_url or "https://api.twilio.com").rstrip("/")
        self._url = f"{base}/2010-04-01/Accounts/{sid}/Calls"
        self._http = httpx.AsyncClient(auth=(sid, token), timeout=10.0, trust_env=False)
        self._now = now

    async def __call__(self, order: Order) -> Fate:
        """The fate of this order."""
        try:
            return await (self._by_sid(order) if order.ref else self._by_number(order))
        except (httpx.HTTPError, ValueError, KeyError):
            return "unknown"

    async def close(self) -> None:
        """Give the connections back."""
        await self._http.aclose()

    async def _by_sid(self, order: Order) -> Fate:
        answer = await self._http.get(f"{self._url}/{order.ref}.json")
        if answer.status_code == 404:
            return "never"
        answer.raise_for_status()
        return self._fate(order, answer.json())

    async def _by_number(self, order: Order) -> Fate:
        if self._now() - order.asked < timedelta(minutes=1):
            return "unknown"
        asked = {
            "To": order.phone,
            "From": order.caller_id,
            "StartTime>": f"{order.asked.astimezone(UTC):%Y-%m-%d}",
        }
        answer = await self._http.get(f"{self._url}.json", params=asked)
        answer.raise_for_status()
        for call in answer.json()["calls"]:
            created = datetime.strptime(call["date_created"], "%a, %d %b %Y %H:%M:%S %z")
            if created >= order.asked - timedelta(seconds=2):
                return self._fate(order, call)
        return "never"

    def _fate(self, order: Order, call: dict[str, Any]) -> Fate:
        """Answered, and nobody here knows of it: whoever answered had nobody to talk to."""
        status = str(call["status"])
        if status in {"queued", "initiated", "ringing", "in-progress"}:
            return "open"
        outcome: Outcome = "abandoned" if status == "completed" else UNREACHED.get(status, "failed")
        return Ended(order.dial, outcome, self._now(), details={"why": f"found at Twilio: {status}"})
