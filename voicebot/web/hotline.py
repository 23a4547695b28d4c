"""Every line of the shop in one process, joined: which are switched on, and what they share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from fastapi import APIRouter

from voicebot.runtime.clock import Clock
from voicebot.runtime.lobby import House, Lobby, LobbyOptions
from voicebot.runtime.metrics import Metrics
from voicebot.telephony.ari_call import AriOptions
from voicebot.telephony.ari_client import AriAccess, AriClient
from voicebot.telephony.audiosocket_server import AudioSocketServer
from voicebot.telephony.dialplan import Dialplan, DialplanOptions
from voicebot.telephony.twilio_exchange import TwilioExchange, TwilioOptions
from voicebot.telephony.twilio_rest import RestCalls, RestOptions
from voicebot.web import asterisk, browser, chat, twilio
from voicebot.web.origin import Origins
from voicebot.web.serving import Place, Servers, serve
from voicebot.web.site import Site, application
from voicebot.web.visitors import Visitors

HTTP_AT = Place("127.0.0.1", 8080)
AUDIOSOCKET_AT = Place("127.0.0.1", 9092)


@dataclass(frozen=True, slots=True)
class WebOptions:
    """The HTTP side. `secret` lets the shop's own server ask for tickets with a caller's number."""

    at: Place = HTTP_AT
    public_url: str | None = None
    trusted_proxies: Sequence[str] = ()
    metrics_from: Sequence[str] = ("127.0.0.0/8", "::1/128")
    browser: bool = True
    chat: bool = True
    secret: str = ""


@dataclass(frozen=True, slots=True)
class TwilioLines:
    """Twilio, if it is used."""

    account: RestOptions
    options: TwilioOptions = field(default_factory=TwilioOptions)


@dataclass(frozen=True, slots=True)
class AsteriskLines:
    """Asterisk, if it is used: controlled over its REST interface when `access` is given, else by its dialplan.

    `secret` is what the dialplan shows when it asks over HTTP.
    """

    at: Place = AUDIOSOCKET_AT
    secret: str = ""
    options: DialplanOptions = field(default_factory=DialplanOptions)
    access: AriAccess | None = None
    control: AriOptions = field(default_factory=AriOptions)


@dataclass(frozen=True, slots=True)
class HotlineOptions:
    """What is switched on, and the limits of all of it together."""

    web: WebOptions = field(default_factory=WebOptions)
    twilio: TwilioLines | None = None
    asterisk: AsteriskLines | None = None
    limits: LobbyOptions = field(default_factory=LobbyOptions)


class Hotline:
    """Made within the event loop that it runs in. Raises ValueError for a network that is none.

    `more` are routers of others that are served at the same place, such as the console's.
    """

    def __init__(
        self,
        options: HotlineOptions,
        house: House,
        clock: Clock,
        unready: Callable[[], str | None],
        more: Sequence[APIRouter] = (),
    ) -> None:
        self._more = more
        self.metrics = Metrics()
        self.lobby = Lobby(house, self.metrics, options.limits)
        self._options = options
        self._clock = clock
        self._unready = unready
        self._origins = Origins(options.web.trusted_proxies, options.web.public_url)
        self._audiosocket: AudioSocketServer | None = None
        self.ari: AriClient | None = None
        self.twilio: TwilioExchange | None = None
        """For calls that the bot places; there while `run` runs, if that line is used."""

    async def run(
        self, stop: asyncio.Event, listening: Callable[[int, int | None], None] = lambda *_: None
    ) -> None:
        """Answer until `stop` is set, then until the running calls are over or cut. Raises VoicebotError."""
        web, lines = self._options.web, self._options.asterisk
        site = Site(self.lobby, self.metrics, self._origins, self._routers(), self._unready, web.metrics_from)
        place = lines.at if lines is not None else AUDIOSOCKET_AT
        servers = Servers(application(site), web.at, self.lobby, self._audiosocket, place)
        if self.ari is None:
            await serve(servers, stop, listening)
            return
        control = asyncio.create_task(self.ari.run(), name="ari")
        try:
            await serve(servers, stop, listening)
        finally:
            control.cancel()
            await self.ari.close()

    def _routers(self) -> list[APIRouter]:
        web, routers = self._options.web, []
        visitors = Visitors(self.lobby, self._origins, self._clock.now, web.secret)
        if web.browser:
            routers.append(browser.routes(visitors))
        if web.chat:
            routers.append(chat.routes(visitors))
        if self._options.twilio is not None:
            routers.append(self._twilio(self._options.twilio))
        if self._options.asterisk is not None:
            routers += self._asterisk(self._options.asterisk)
        return [*routers, *self._more]

    def _twilio(self, lines: TwilioLines) -> APIRouter:
        exchange = TwilioExchange(RestCalls(lines.account), self._clock.now, lines.options)
        if self._options.web.public_url is not None:
            exchange.addresses = twilio.addresses(self._options.web.public_url)
        self.twilio = exchange
        return twilio.routes(twilio.TwilioDesk(exchange, self.lobby, self._origins, lines.account.auth_token))

    def _asterisk(self, lines: AsteriskLines) -> list[APIRouter]:
        if lines.access is not None:
            self.ari = AriClient(lines.access, lines.control)
            self._audiosocket = AudioSocketServer(self.lobby, self.ari.protocol)
            return []
        dialplan = Dialplan(self._clock.now, lines.options)
        self._audiosocket = AudioSocketServer(self.lobby, dialplan)
        return [asterisk.routes(dialplan, self.lobby, lines.secret)]
