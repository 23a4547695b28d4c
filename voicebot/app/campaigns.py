"""Campaigns on this shop's lines: what a dialled call says, what is written back of it, and the dialler beside them.

dialler ── order ──► carrier ──► line ──► lobby ── ring.details["dial"] ──► the campaign's script
   ▲                                                                          │ with the contact's facts
   └───────────────── Ended ◄── CallResult watches the call to its end ◄──────┘
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from voicebot.app.campaign_files import files_in
from voicebot.app.carriers import AriCarrier, AriLookup, Switchboard, TwilioCarrier, TwilioLookup
from voicebot.call import Placed
from voicebot.campaign.answers import for_contact
from voicebot.campaign.plan import Terms
from voicebot.campaign.rung import Sayings, as_rung
from voicebot.dialogue.script import Script
from voicebot.outbound.aftermath import opt_out
from voicebot.outbound.call_result import CallResult
from voicebot.outbound.campaigns import Campaigns
from voicebot.outbound.carrier import Carrier, Ended
from voicebot.outbound.deliveries import Deliveries
from voicebot.outbound.dialler import Dialler, DiallerOptions
from voicebot.outbound.ledger import Ledger
from voicebot.outbound.retention import Removing, forget_old
from voicebot.outbound.simulated import Behaviour, SimulatedCarrier
from voicebot.outbound.tables import Campaign, CampaignDial
from voicebot.store.database import Database
from voicebot.telephony.ari_client import AriAccess

if TYPE_CHECKING:
    from voicebot.app.bot import App
    from voicebot.call import Call
    from voicebot.nlu.catalogue import Catalogue
    from voicebot.runtime.agent_desk import AgentDesk
    from voicebot.runtime.driver import Driver, Engines, Observer
    from voicebot.runtime.lobby import House, Lobby
    from voicebot.runtime.workers import Workers
    from voicebot.telephony.reception import Ring
    from voicebot.web.hotline import Hotline

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
WITHIN = timedelta(seconds=15)
SWEEP_S = 6 * 3600.0
AGAIN_S = 10.0
SIMULATED = Path("var/simulated-carrier.jsonl")
"""The log of the line on which nobody is rung, for `serve` and `voicebot campaign dial`."""


def instant(app: App) -> datetime:
    """The time, as campaigns count it."""
    return app.clock.today("UTC").replace(tzinfo=UTC)


def outbound(app: App, engines: Engines, agents: AgentDesk | None = None) -> OutboundCalls:
    """The campaigns of this shop's database, on lines that are not there yet; `agents` take who wants a human."""
    from voicebot.app.memory import open_memory
    from voicebot.app.retaining import removing

    memory = open_memory(app.config)
    catalogue = engines.shop.catalogue()  # type: ignore[attr-defined]
    board = Switchboard(lambda: 0, lambda: instant(app))
    remove = removing(memory, app.config.path(app.config.recording.folder))
    return OutboundCalls(app, memory.database, catalogue, engines.looking, board, remove, agents)


def told(script: Script, facts: Mapping[str, Any], campaign: Mapping[str, Any]) -> Script:
    """The script with what this contact's row and this campaign say; what is empty stays as the script has it."""
    constants = dict(script.constants)
    for group, given in (("contact", facts), ("campaign", campaign)):
        known = {name: value for name, value in given.items() if value not in ("", None)}
        if isinstance(constants.get(group), Mapping):
            constants[group] = {**constants[group], **known}
    return replace(script, constants=constants)


@dataclass
class OutboundCalls:
    """The campaigns of one process: their scripts, and the calls that go on. `remove` forgets what was recorded."""

    app: App
    database: Database
    catalogue: Catalogue | None
    looking: Workers
    board: Switchboard
    remove: Removing = lambda _: 0
    agents: AgentDesk | None = None
    _scripts: dict[str, tuple[Terms, Script]] = field(default_factory=dict)
    _results: dict[str, CallResult] = field(default_factory=dict)

    def now(self) -> datetime:
        """The time, as campaigns count it."""
        return instant(self.app)

    @property
    def campaigns(self) -> Campaigns:
        """The campaigns, as the dialler changes them."""
        return Campaigns(self.database, "dialler", self.now)

    def join(self, house: House) -> House:
        """The same house, in which a call that a campaign placed is the campaign's."""

        def call(ring: Ring) -> Call:
            return self.call(ring) if "dial" in ring.details else house.call(ring)

        def observers(ring: Ring) -> Sequence[Observer]:
            result = self._results.get(str(ring.details.get("dial")))
            return house.observers(ring) if result is None else [*house.observers(ring), result]

        def finished(ring: Ring, driver: Driver, error: BaseException | None) -> None:
            house.finished(ring, driver, error)
            self.finished(ring, error)

        return replace(house, call=call, observers=observers, finished=finished)

    def call(self, ring: Ring) -> Call:
        """A call of a campaign: its script with the contact's facts; and whoever watches what comes of it."""
        details = ring.details
        terms, script = self.script(str(details["campaign"]))
        dial, phone = str(details["dial"]), str(ring.caller)
        zone, now = self._zone(terms, phone), self.now()
        self._results[dial] = CallResult(dial, terms.definition.goal, zone, now, lambda: self._opt_out(phone))
        about = {**terms.definition.facts, "callback": details.get("callback", False)}
        own = told(script, details.get("contact") or {}, about)
        own = for_contact(own, phone, self._completed(terms, own))
        placed = Placed(terms.definition.machine, terms.definition.message)
        local = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        return self.app.call(
            ring.call_id,
            self.app.now(),
            self.catalogue,
            script=own,
            placed=placed,
            ahead=lambda understand: as_rung(understand, Sayings.of(own), local),
        )

    def _completed(self, terms: Terms, script: Script) -> list[Mapping[str, Any]]:
        """The answers of calls that were completed, where a survey's quotas count them."""
        if not script.constants.get("survey", {}).get("quotas"):
            return []
        with self.database.reading() as session:
            own = Campaign.name == terms.definition.name, CampaignDial.outcome == "completed"
            query = select(CampaignDial.answers).join(Campaign, Campaign.id == CampaignDial.campaign_id)
            return [dict(answers) for answers in session.scalars(query.where(*own))]

    def finished(self, ring: Ring, error: BaseException | None) -> None:
        """The call is over: its result goes to the dialler."""
        result = self._results.pop(str(ring.details.get("dial")), None)
        if result is None:
            return
        ended = result.ended(self.now(), ring.call_id)
        if error is not None and ended.outcome in {"cut_off", "abandoned"}:
            ended = Ended(
                ended.dial, "failed", ended.at, ended.answered, call=ended.call, details={"why": str(error)}
            )
        self.board.end(ended)

    def script(self, name: str) -> tuple[Terms, Script]:
        """What was agreed for a campaign, and its dialogue; read anew when the campaign has changed."""
        terms = self.campaigns.terms(name)
        known = self._scripts.get(name)
        if known is None or known[0] != terms:
            files = files_in(self.app, self.database, name)
            known = self._scripts[name] = (files.terms, files.script)
        return known

    def _zone(self, terms: Terms, phone: str) -> str:
        from voicebot.campaign.phones import NoNumberError, read_number

        try:
            zones = read_number(phone).zones
        except NoNumberError:
            zones = ()
        return (zones or (terms.definition.zone or terms.law.zone or self.app.config.shop.timezone,))[0]

    def _opt_out(self, phone: str) -> None:
        """He wants no more calls: every campaign knows it before he has put down."""
        self.looking.submit(lambda: self._write_opt_out(phone))

    def _write_opt_out(self, phone: str) -> None:
        with self.database.writing() as session:
            opt_out(session, phone, "campaign call", self.now())

    # -- beside the lines ---------------------------------------------------------------------------------------

    async def run(self, hotline: Hotline, stop: asyncio.Event) -> None:
        """Dial, tell webhooks, and forget what is old, until told to stop."""
        self.board.free = lambda: free_lines(self.app, hotline.lobby)
        ledger = Ledger(self.database, f"{_host()}-{id(self):x}", LEASE, WITHIN)
        options = DiallerOptions(longest=timedelta(seconds=self.app.config.server.longest_s + 180))
        self.board.longest = options.longest
        lookups = self._lookups()
        simulated = SimulatedCarrier(self.app.config.path(SIMULATED), Behaviour(), self.now)
        carriers = {**self._carriers(hotline, lookups), "simulated": simulated}
        dialler = Dialler(ledger, carriers, self.now, options, self.free_humans)
        deliveries = Deliveries(self.database, self.now)
        try:
            async with asyncio.TaskGroup() as group:
                for name, job in (
                    ("dialler", lambda: self._dial(dialler, hotline, stop)),
                    ("webhooks", lambda: deliveries.run(stop)),
                    ("retention", lambda: self._sweep(stop)),
                ):
                    group.create_task(_kept(job, stop), name=name)
        finally:
            await deliveries.close()
            for lookup in lookups.values():
                await lookup.close()
            simulated.close()
            self.database.close()

    def free_humans(self) -> int | None:
        """How many humans could take a call now: as the settings say, else those who are free at the agent desk; None
        where nobody counts them."""
        settings = self.app.config
        if settings.campaigns.humans is not None:
            return settings.campaigns.humans
        at_the_desk = self.agents is not None and settings.desk.on and settings.console.on
        return self.agents.queue.free if at_the_desk and self.agents is not None else None

    async def _dial(self, dialler: Dialler, hotline: Hotline, stop: asyncio.Event) -> None:
        """Dial until told to stop; the calls that go on then are written down when they end."""
        await dialler.run(stop)
        await dialler.wind_up(lambda: hotline.lobby.calls > 0)

    def _carriers(
        self, hotline: Hotline, lookups: Mapping[str, TwilioLookup | AriLookup]
    ) -> dict[str, Carrier]:
        carriers: dict[str, Carrier] = {}
        if hotline.twilio is not None:
            carriers["twilio"] = TwilioCarrier(self.board, hotline.twilio, lookups.get("twilio"))
        if hotline.ari is not None:
            client = hotline.ari
            carriers["asterisk"] = AriCarrier(
                self.board, client.protocol, lambda: client.connected, lookups.get("asterisk")
            )
        return carriers

    def _lookups(self) -> dict[str, TwilioLookup | AriLookup]:
        found: dict[str, TwilioLookup | AriLookup] = {}
        twilio, asterisk = self.app.config.twilio, self.app.config.asterisk
        if twilio.account_sid:
            account = twilio.account_sid, twilio.auth_token
            found["twilio"] = TwilioLookup(account, self.now, twilio.api_url)
        if asterisk.ari_url:
            access = AriAccess(asterisk.ari_url, asterisk.ari_user, asterisk.ari_password)
            found["asterisk"] = AriLookup(access, self.now)
        return found

    async def _sweep(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            removed = await asyncio.to_thread(forget_old, self.campaigns, self.remove)
            if any(removed.values()):
                log.info("old calls forgotten", extra=removed)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), SWEEP_S)


async def _kept(job: Callable[[], Coroutine[Any, Any, None]], stop: asyncio.Event) -> None:
    """Do it until told to stop; what goes wrong in it is logged, and it is begun again."""
    while not stop.is_set():
        try:
            await job()
        except Exception as error:  # calls in and out must go on whatever fails here
            log.error("a task of the campaigns failed", exc_info=error)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), AGAIN_S)


async def simulate(campaigns: Campaigns, log: Path, lines: int) -> None:
    """Dial with a carrier that rings nobody, in real time, until no campaign runs or it is told to stop."""
    carrier = SimulatedCarrier(log, Behaviour(lines=lines), campaigns.now)
    ledger = Ledger(campaigns.database, _host(), LEASE, WITHIN)
    try:
        await Dialler(ledger, {"simulated": carrier}, campaigns.now).run(asyncio.Event(), until_done=True)
    finally:
        carrier.close()


def free_lines(app: App, lobby: Lobby) -> int:
    """Lines that campaigns may take: those of the settings, as long as the lobby has room for callers besides."""
    settings, limit = app.config.campaigns, app.config.server.calls
    return (
        0 if lobby.stopping else max(0, min(settings.lines, limit - settings.kept_for_callers) - lobby.calls)
    )


def _host() -> str:
    import os
    import socket

    return f"{socket.gethostname()[:20]}-{os.getpid()}"
