"""The dialler: takes contacts from the book, asks a carrier to ring them, and writes down what came of it.

    every tick   what has ended ──► resolve
                 what is open ──► renew the leases; what is open for too long, or another's: ask the carrier
                 what a dead dialler left ──► ask the carrier: ended, open (looked after from now on), never asked
                 each running campaign ──► claim ──► dial ──► placed

It may be killed at any point. Before the claim nothing has happened; after it an intent stands in the book, and nobody
else rings the number; what became of the intent is asked of the carrier when the lease has run out. Whatever the
carrier cannot tell counts as a call that was made, after the longest time that one may last.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from voicebot.errors import VoicebotError
from voicebot.outbound.carrier import Carrier, Ended, NotPlacedError, Order
from voicebot.outbound.ledger import Ledger

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DiallerOptions:
    """`tick_s`: the pause when nothing is to be done. `longest`: no call lasts longer, ringing included."""

    tick_s: float = 0.5
    longest: timedelta = timedelta(minutes=45)
    after_error_s: float = 2.0


class Dialler:
    """One dialler. `carriers` by the name of their line; `free_humans` counts those who could take a call now."""

    def __init__(
        self,
        ledger: Ledger,
        carriers: Mapping[str, Carrier],
        now: Callable[[], datetime],
        options: DiallerOptions | None = None,
        free_humans: Callable[[], int | None] = lambda: None,
    ) -> None:
        self._ledger = ledger
        self._carriers = carriers
        self._now = now
        self._options = options or DiallerOptions()
        self._free_humans = free_humans
        self._open: dict[str, Order] = {}
        self._others: set[str] = set()
        """Of these those that another process has placed: their end is asked for now and then."""
        self._unwritten: list[Ended] = []
        self._renewed: datetime | None = None

    @property
    def open(self) -> int:
        """Calls that this dialler looks after."""
        return len(self._open)

    async def run(self, stop: asyncio.Event, *, until_done: bool = False) -> None:
        """Dial until told to stop (`until_done`: or until no campaign runs); then wait for nothing: what is open is
        taken up again by whoever dials next."""
        while not stop.is_set():
            try:
                busy = await self.step()
                if until_done and not busy and not self._open and not await self._running():
                    return
                pause = 0.0 if busy else self._options.tick_s
            except VoicebotError as error:  # a database that is away for a while; leases see to the rest
                log.warning("the dialler could not go on", extra={"why": str(error)})
                pause = self._options.after_error_s
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause) if pause else await asyncio.sleep(0)

    async def wind_up(self, still: Callable[[], bool]) -> None:
        """Dial nobody more, and write down what comes of the calls that go on, while there are any."""
        while self._open and still():
            await self._take_ended()
            await self._keep()
            await asyncio.sleep(self._options.tick_s)
        await self._take_ended()

    async def step(self) -> bool:
        """One tick; tells whether anything happened."""
        busy = await self._take_ended()
        await self._keep()
        busy |= await self._take_over()
        for campaign_id, _, line in await self._running():
            busy |= await self._dial(campaign_id, line)
        return busy

    async def _running(self) -> list[tuple[int, str, str]]:
        return await asyncio.to_thread(self._ledger.running)

    async def _take_ended(self) -> bool:
        ended = [one for carrier in self._carriers.values() for one in carrier.ended()]
        return await self._resolve(ended)

    async def _resolve(self, ended: list[Ended]) -> bool:
        """Write results down; what could not be written stays for the next time."""
        self._unwritten += ended
        if not self._unwritten:
            return False
        writing = list(self._unwritten)
        await asyncio.to_thread(self._ledger.resolve, writing, self._now())
        self._unwritten = self._unwritten[len(writing) :]
        for one in writing:
            self._open.pop(one.dial, None)
            self._others.discard(one.dial)
        return True

    async def _keep(self) -> None:
        """Renew the leases in time, and ask about what is open for too long, or was placed by another process."""
        now = self._now()
        if self._renewed is not None and now - self._renewed < self._ledger.lease / 4:
            return
        self._renewed = now
        if self._open:
            await asyncio.to_thread(self._ledger.renew, list(self._open), now)
        asked = [
            order
            for order in self._open.values()
            if order.dial in self._others or now - order.asked > self._options.longest
        ]
        await self._ask_after(asked)

    async def _take_over(self) -> bool:
        lapsed = await asyncio.to_thread(self._ledger.lapsed, list(self._carriers), self._now())
        await self._ask_after(lapsed)
        return bool(lapsed)

    async def _ask_after(self, orders: list[Order]) -> None:
        """What became of these? What is open is looked after from now on."""
        ended: list[Ended] = []
        for order in orders:
            fate = await self._carriers[order.line].find(order)
            now = self._now()
            if isinstance(fate, Ended):
                ended.append(fate)
            elif fate == "never":
                ended.append(Ended(order.dial, "not_asked", now))
            elif now - order.asked > self._options.longest and fate == "unknown":
                ended.append(Ended(order.dial, "lost", now))
            else:
                self._open[order.dial] = order
                self._others.add(order.dial)
        await self._resolve(ended)

    async def _dial(self, campaign_id: int, line: str) -> bool:
        carrier = self._carriers.get(line)
        if carrier is None or carrier.free <= 0:
            return False
        free = carrier.free, self._free_humans()
        orders = await asyncio.to_thread(self._ledger.claim, campaign_id, free, self._now())
        refs: dict[str, str] = {}
        self._open |= {order.dial: order for order in orders}
        asked = await asyncio.gather(*(self._ask(carrier, order, refs) for order in orders))
        given_back = [one for one in asked if one is not None]
        await asyncio.to_thread(self._ledger.placed, refs, self._now())
        await self._resolve(given_back)
        return bool(orders)

    async def _ask(self, carrier: Carrier, order: Order, refs: dict[str, str]) -> Ended | None:
        """Ask the carrier, unless it has become too late for it; what certainly does not ring is given back."""
        if self._now() - order.asked > self._ledger.within:
            return Ended(order.dial, "not_asked", self._now())
        try:
            refs[order.dial] = await carrier.dial(order)
        except NotPlacedError as error:
            log.info("not placed", extra={"dial": order.dial, "why": str(error)})
            return Ended(order.dial, error.outcome, self._now(), details={"why": str(error)})
        except (
            Exception
        ) as error:  # it may ring all the same: the lease runs, and the carrier is asked when it is over
            log.warning(
                "the carrier's answer was lost", extra={"dial": order.dial, "why": type(error).__name__}
            )
            self._open.pop(order.dial)
        return None
