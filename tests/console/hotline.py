"""The console beside a hotline that answers browser calls and chats; the recogniser is scripted, the voice tones."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect

from tests.console.conftest import House
from tests.telephony.house import Building, Loudness
from tests.telephony.house import house as building_of
from voicebot.agents.queue import DeskOptions
from voicebot.app.memory import Parts, Remembering
from voicebot.asr.scripted import ScriptedRecognizer
from voicebot.console.desk import Live
from voicebot.console.rooms import routers
from voicebot.runtime.agent_desk import AgentDesk
from voicebot.runtime.human_voice import Scribe
from voicebot.runtime.live import Hub
from voicebot.runtime.lobby import Lobby
from voicebot.telephony.reception import Ring
from voicebot.web import browser, chat
from voicebot.web.http_server import HttpServer
from voicebot.web.origin import Origins
from voicebot.web.visitors import Visitors

SECRET = "shop"
PHONE = "13800006612"


class Shop:
    """A customer with an order, and one answer of the knowledge base."""

    def __init__(self) -> None:
        self.done: list[tuple[str, Mapping[str, Any]]] = []

    def look(self, name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        match name:
            case "customer_by_phone":
                customer = {"id": 7, "name": "欧阳一一", "surname": "欧阳", "title": "女士", "tier": "金卡"}
                more = {"points": 1200, "phone_tail": "6612", "registered": "2024-03-01"}
                return {"found": True, "customer": {**customer, **more}}
            case "orders_of_customer":
                order = {"order_number": "261118004217", "summary": "前天下单的咖啡机", "status": "运输中"}
                return {"orders": [{**order, "total": "399", "refund": False}]}
            case "knowledge":
                found = "发票" in str(arguments["query"])
                answer = "电子发票在订单完成后二十四小时内发到您的邮箱。"
                return {"found": found, "answer": answer, "entry": "invoice", "score": 0.9}
        return {"found": False}

    def do(self, name: str, arguments: Mapping[str, Any], key: str) -> dict[str, Any]:
        self.done.append((name, dict(arguments)))
        return {"done": True, "ticket_number": "2611203007", "department": "质检部", "hours": 24}


@dataclass
class Hotline:
    """What runs."""

    base: str
    hub: Hub
    agents: AgentDesk
    shop: Shop
    building: Building
    remembering: Remembering

    @asynccontextmanager
    async def chatting(self, caller: str | None = None) -> AsyncIterator[Chat]:
        """A customer at the shop's chat window; with a number he has signed in."""
        form = {"caller": caller, "secret": SECRET} if caller else {}
        async with httpx.AsyncClient(trust_env=False) as client:
            ticket = (await client.post(f"{self.base}/chat/ticket", data=form)).json()["ticket"]
        address = self.base.replace("http", "ws") + "/chat/talk"
        async with connect(address, proxy=None) as socket:
            await socket.send(json.dumps({"type": "hello", "ticket": ticket}))
            yield Chat(socket, [])

    @asynccontextmanager
    async def ringing(self) -> AsyncIterator[ClientConnection]:
        """A customer on the page with a microphone: the socket of his call, 8 kHz."""
        async with httpx.AsyncClient(trust_env=False) as client:
            ticket = (await client.post(f"{self.base}/call/ticket")).json()["ticket"]
        address = self.base.replace("http", "ws") + "/call/media"
        async with connect(address, proxy=None) as socket:
            await socket.send(json.dumps({"type": "hello", "ticket": ticket, "rate": 8000}))
            yield socket


@dataclass
class Chat:
    """One chat window."""

    socket: ClientConnection
    shown: list[dict[str, Any]]

    async def say(self, text: str) -> None:
        await self.socket.send(json.dumps({"type": "say", "text": text}))

    async def hears(self, kind: str, text: str = "") -> dict[str, Any]:
        """Wait for a message of this kind that has this text in it."""
        while True:
            message = json.loads(await self.socket.recv())
            self.shown.append(message)
            if message["type"] == kind and text in message.get("text", ""):
                return message


@asynccontextmanager
async def hotline(
    house: House, *texts: str, human: str = "", options: DeskOptions | None = None
) -> AsyncIterator[Hotline]:
    """The console of `house` beside live lines; its memory keeps what is said."""
    memory, shop = house.desk.memory, Shop()
    async with building_of(texts, character_ms=40) as building:
        inside = building.lobby._house
        engines = replace(inside.engines(Ring("x", "browser")), shop=shop)
        by_text = replace(engines, synthesizer=chat.NoVoice())
        remembering = Remembering(memory, Parts(Path(), on=False, journals=False), lambda: house.time[0])
        hub = Hub()
        agents = AgentDesk(hub, building.clock.now, options or DeskOptions(wait_s=20))
        live = Live(
            hub,
            agents,
            Scribe(ScriptedRecognizer((human,) * 9, partials=False), engines.hearing, Loudness),
        )
        kept = replace(
            inside,
            engines=lambda ring: by_text if ring.line == "chat" else engines,
            observers=lambda ring: [*inside.observers(ring), *remembering.observers(ring)],
            finished=remembering.finished(engines.looking),
        )
        lobby = Lobby(hub.join(kept), building.metrics)
        app = FastAPI()
        visitors = Visitors(lobby, Origins(), building.clock.now, SECRET)
        for router in (
            browser.routes(visitors),
            chat.routes(visitors),
            *routers(replace(house.desk, live=live)),
        ):
            app.include_router(router)
        server = HttpServer(app)
        port = await server.start("127.0.0.1", 0)
        try:
            yield Hotline(f"http://127.0.0.1:{port}", hub, agents, shop, building, remembering)
        finally:
            lobby.stopping = True
            for task in list(lobby._calls):
                lobby._cut(task)
            await lobby.stop()
            await server.close()
            remembering.close()
