"""Twilio, as far as the bot sees it: signed webhooks, a REST interface on the loopback, and media streams."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import httpx
from fastapi import FastAPI, Request, Response
from twilio.request_validator import RequestValidator

from tests.telephony.house import Building, house
from voicebot.replay.far_end_twilio import TwilioCaller
from voicebot.runtime.lobby import LobbyOptions
from voicebot.telephony.twilio_exchange import TwilioExchange, TwilioOptions
from voicebot.telephony.twilio_rest import RestCalls, RestOptions
from voicebot.web.http_server import HttpServer
from voicebot.web.origin import Origins
from voicebot.web.twilio import TwilioDesk, routes

TOKEN = "0123456789abcdef0123456789abcdef"
ACCOUNT = "AC" + "0" * 32
PUBLIC = "https://bot.example.com"


@dataclass
class Rest:
    """What the bot asked Twilio for; `refuse` makes every request fail."""

    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    refuse: bool = False

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/2010-04-01/Accounts/{account}/{path:path}")
        async def asked(account: str, path: str, request: Request) -> Response:
            form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
            self.asked.append((path, form))
            if self.refuse:
                return Response('{"message":"no","code":20003}', 400, media_type="application/json")
            sid = f"CAhuman{len(self.asked)}" if path == "Calls.json" else path[6:-5]
            return Response(f'{{"sid":"{sid}"}}', 201, media_type="application/json")

        return app


@dataclass
class Twilio:
    """The far side. `post` sends a signed webhook and returns its TwiML."""

    building: Building
    exchange: TwilioExchange
    rest: Rest
    port: int
    client: httpx.AsyncClient

    def sign(self, url: str, form: dict[str, str] | None = None) -> dict[str, str]:
        signature = RequestValidator(TOKEN).compute_signature(url, form or {})
        return {"X-Twilio-Signature": signature}

    async def post(self, path: str, **form: str) -> ET.Element:
        path = path.removeprefix(PUBLIC)
        headers = self.sign(PUBLIC + path, form)
        answer = await self.client.post(f"http://127.0.0.1:{self.port}{path}", data=form, headers=headers)
        assert answer.status_code == 200, answer.text
        return ET.fromstring(answer.text)

    async def ring(self, sid: str = "CA1", caller: str = "+8613800006612") -> str:
        """Somebody rings; returns the stream's token."""
        return token_of(await self.post("/twilio/voice", CallSid=sid, From=caller, To="+864008000"))

    def caller(self, peer: Any) -> TwilioCaller:
        return TwilioCaller(peer, self.building.pacer, self.building.clock)

    async def stream(self, caller: TwilioCaller, token: str, sid: str = "CA1", **headers: str) -> Any:
        url = f"ws://127.0.0.1:{self.port}/twilio/media"
        signed = self.sign("wss://bot.example.com/twilio/media")
        return await caller.run(url, signed | headers, sid, token)


def token_of(markup: ET.Element) -> str:
    parameter = markup.find("Connect/Stream/Parameter")
    assert parameter is not None, ET.tostring(markup)
    return parameter.attrib["value"]


@asynccontextmanager
async def twilio(
    *texts: str,
    options: TwilioOptions | None = None,
    limits: LobbyOptions | None = None,
    character_ms: int = 12,
) -> AsyncIterator[Twilio]:
    rest = Rest()
    async with house(texts, limits, character_ms) as building, httpx.AsyncClient(trust_env=False) as client:
        api, app = HttpServer(rest.app()), FastAPI()
        api_port = await api.start("127.0.0.1", 0)
        calls = RestCalls(RestOptions(ACCOUNT, TOKEN, f"http://127.0.0.1:{api_port}"))
        exchange = TwilioExchange(calls, building.clock.now, options or TwilioOptions({"service": "+861600"}))
        app.include_router(routes(TwilioDesk(exchange, building.lobby, Origins([], PUBLIC), TOKEN)))
        server = HttpServer(app)
        port = await server.start("127.0.0.1", 0)
        try:
            yield Twilio(building, exchange, rest, port, client)
        finally:
            await server.close()
            await api.close()


async def ring_with(line: TwilioCaller, port: int, building: Any, number: str = "anonymous") -> None:
    """A whole call to a server that runs elsewhere; `building` has its pacer and clock."""
    async with httpx.AsyncClient(trust_env=False) as client:
        far = Twilio(building, None, Rest(), port, client)  # type: ignore[arg-type]
        await far.stream(line, await far.ring("CA1", number), "CA1")
