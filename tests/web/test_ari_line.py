"""Whole calls with an Asterisk that is controlled over its REST interface: a fake one on the loopback."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI, Request, Response, WebSocket

from tests.telephony.house import Building, caller, house, until
from tests.together import Together
from voicebot.replay.far_end import AudioSocketCaller, ring_audiosocket
from voicebot.runtime.lobby import LobbyOptions
from voicebot.telephony.ari_call import AriOptions
from voicebot.telephony.ari_client import AriAccess
from voicebot.web.hotline import AsteriskLines, Hotline, HotlineOptions, WebOptions
from voicebot.web.http_server import HttpServer
from voicebot.web.serving import Place

HERE = Place("127.0.0.1", 0)
together = Together()


@dataclass
class Asterisk:
    """Keeps channels and bridges as far as the bot can see them."""

    building: Building
    peers: list[Any]
    bot_port: int = 0
    channels: set[str] = field(default_factory=set)
    bridges: dict[str, set[str]] = field(default_factory=dict)
    in_application: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    lines: list[AudioSocketCaller] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    socket: WebSocket | None = None
    human: str = ""
    unauthorized: int = 0

    async def event(self, kind: str, channel: str, **more: Any) -> None:
        assert self.socket is not None
        about = {"id": channel, "caller": {"number": "13800006612"}, "dialplan": {"exten": "4008"}}
        if kind == "StasisStart":
            self.in_application.add(channel)
        await self.socket.send_json({"type": kind, "channel": about, "args": [], **more})

    async def ring(self) -> None:
        self.channels.add("caller-1")
        await self.event("StasisStart", "caller-1")

    async def destroy(self, channel: str, cause: int) -> None:
        self.channels.discard(channel)
        await self.event("ChannelDestroyed", channel, cause=cause)

    def app(self) -> FastAPI:
        app = FastAPI()
        wanted = "Basic " + base64.b64encode(b"bot:sesame").decode()

        @app.websocket("/ari/events")
        async def events(socket: WebSocket) -> None:
            assert socket.headers["authorization"] == wanted
            assert socket.query_params["app"] == "voicebot"
            await socket.accept()
            self.socket = socket
            while (await socket.receive())["type"] != "websocket.disconnect":
                pass

        @app.get("/ari/channels")
        async def channels() -> list[dict[str, Any]]:
            place = {"app_name": "Stasis", "app_data": "voicebot", "exten": "4008"}
            caller = {"number": "13800006612"}
            return [{"id": name, "dialplan": place, "caller": caller} for name in self.channels]

        @app.get("/ari/bridges")
        async def bridges() -> list[dict[str, Any]]:
            return [{"id": name, "channels": sorted(inside)} for name, inside in self.bridges.items()]

        @app.api_route("/ari/{path:path}", methods=["POST", "DELETE"])
        async def asked(path: str, request: Request) -> Response:
            if request.headers["authorization"] != wanted:
                self.unauthorized += 1
                return Response(status_code=401)
            self.asked.append(f"{request.method} {path}")
            body = await request.json() if await request.body() else {}
            return Response(
                status_code=await self._do(request.method, path, dict(request.query_params), body)
            )

        return app

    async def _do(self, method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> int:
        parts = path.split("/")
        if parts[0] == "bridges":
            return self._bridge(method, parts, query)
        if method == "DELETE":
            known = parts[1] in self.channels
            self.channels.discard(parts[1])
            return 204 if known else 404
        if path == "channels/externalMedia":
            self.channels.add(query["channelId"])
            await self._connect(query)
        elif len(parts) == 2 and "endpoint" in query:
            self.channels.add(parts[1])
            self.human = parts[1]
            self.variables |= body.get("variables", {})
        elif parts[-1] == "variable":
            self.variables[query["variable"]] = body["value"]
        return 200

    def _bridge(self, method: str, parts: list[str], query: dict[str, str]) -> int:
        if parts[2:] == ["addChannel"]:
            if query["channel"] not in self.in_application:
                return 409
            self.bridges[parts[1]].add(query["channel"])
        elif parts[2:] == ["moh"]:
            return 204
        elif method == "POST":
            self.bridges[parts[1]] = set()
        else:
            return 204 if self.bridges.pop(parts[1], None) is not None else 404
        return 204

    async def _connect(self, query: dict[str, str]) -> None:
        host, port = query["external_host"].split(":")
        assert port == "1"
        address = (host, self.bot_port)
        building = self.building
        peer = self.peers.pop(0)
        self.lines.append(
            await ring_audiosocket(address, UUID(query["data"]), peer, building.pacer, building.clock)
        )
        await self.event("StasisStart", query["channelId"])


class Mute:
    def tick(self, at: float, bot_speaks: bool) -> list[Any]:
        return []


@asynccontextmanager
async def asterisk(*texts: str, peers: list[Any], number: str = "PJSIP/600") -> AsyncIterator[Asterisk]:
    async with house(texts) as building:
        far = Asterisk(building, peers)
        http = HttpServer(far.app())
        port = await http.start("127.0.0.1", 0)
        control = AriOptions(media_address="127.0.0.1:1", numbers={"service": number})
        access = AriAccess(f"http://127.0.0.1:{port}/ari", "bot", "sesame", retry_s=0.05)
        lines = AsteriskLines(HERE, access=access, control=control)
        options = HotlineOptions(WebOptions(HERE), None, lines, LobbyOptions(stop_within_s=0.1))
        hotline = Hotline(options, building.lobby._house, building.clock, lambda: None)
        stop, ports = asyncio.Event(), []
        running = asyncio.create_task(hotline.run(stop, lambda *both: ports.append(both)))
        await until(lambda: ports and far.socket is not None)
        far.bot_port = ports[0][1]
        try:
            yield far
        finally:
            stop.set()
            await running
            await http.close()


@together
async def a_call_is_answered_spoken_with_and_cleaned_up() -> None:
    peer = caller({"caller": "查订单"}, {"keys": "20261120#"}, {"caller": "再见"})
    async with asterisk("查订单", "再见", peers=[peer]) as far:
        await far.ring()
        await until(lambda: far.lines)
        await far.lines[0].done
        await until(lambda: not far.channels and not far.bridges)
        assert far.building.kinds("said")[-1]["text"] == "谢谢再见"
        assert far.building.kinds("began")[0]["caller"] == "13800006612"
        assert far.asked[0] == "POST channels/caller-1/answer"


@together
async def a_human_takes_the_caller() -> None:
    async with asterisk("转人工", peers=[caller({"caller": "转人工"})]) as far:
        await far.ring()
        await until(lambda: far.human)
        assert not far.lines[0].told.closed
        assert "客户" in far.variables["VOICEBOT_SPOKEN"]
        (name,) = far.building.logs
        await far.event("StasisStart", far.human, args=["human", name])
        await until(lambda: far.building.finished)
        assert far.building.log.ended == "transferred"
        await until(lambda: f"voicebot-media-{name}" not in far.channels)
        (bridge,) = far.bridges.values()
        assert {"caller-1", far.human} <= bridge
        assert {"caller-1", far.human} <= far.channels
        await far.destroy(far.human, 16)
        await until(lambda: not far.channels and not far.bridges)


@together
async def a_busy_human_leaves_the_caller_with_the_bot() -> None:
    async with asterisk("转人工", peers=[caller({"caller": "转人工"})]) as far:
        await far.ring()
        await until(lambda: far.human)
        await far.destroy(far.human, 17)
        await until(lambda: far.building.finished)
        assert far.building.kinds("said")[-1]["text"] == "没有人"
        await until(lambda: not far.channels and not far.bridges)


@together
async def a_queue_that_nobody_answers_sends_the_caller_back_to_the_same_talk() -> None:
    async with asterisk(
        "转人工", peers=[caller({"caller": "转人工"}), Mute()], number="queue:service"
    ) as far:
        await far.ring()
        await until(lambda: "POST channels/caller-1/continue" in far.asked)
        assert far.variables["VOICEBOT_QUEUE"] == "service"
        assert far.lines[0].told.handed_back
        await far.event("StasisStart", "caller-1", args=["back", far.variables["VOICEBOT_UUID"]])
        await until(lambda: far.building.finished)
        assert far.building.kinds("said")[-1]["text"] == "没有人"


@together
async def a_caller_who_hangs_up_leaves_nothing_behind() -> None:
    async with asterisk("转人工", peers=[caller({"caller": "转人工"})]) as far:
        await far.ring()
        await until(lambda: far.human)
        await far.destroy("caller-1", 16)
        await until(lambda: far.building.finished)
        assert far.building.kinds("ended") == [{"by": "caller"}]
        await until(lambda: not far.channels and not far.bridges)


@together
async def a_lost_connection_to_asterisk_is_made_again() -> None:
    async with asterisk(peers=[Mute()]) as far:
        first = far.socket
        assert first is not None
        await first.close()
        await until(lambda: far.socket is not first)
        await far.ring()
        await until(lambda: far.building.logs)


@together
async def a_caller_who_was_left_behind_is_answered_when_the_connection_is_there() -> None:
    async with asterisk(peers=[Mute()]) as far:
        first = far.socket
        assert first is not None
        far.in_application.add("caller-1")
        far.channels |= {"caller-1", "voicebot-media-old"}
        far.bridges["voicebot-bridge-old"] = {"caller-1"}
        await first.close()
        await until(lambda: far.building.logs)
        (name,) = far.building.logs
        assert set(far.bridges) == {f"voicebot-bridge-{name}"}
        assert "voicebot-media-old" not in far.channels


@pytest.mark.parametrize("name", together.names)
def test_with_asterisk_under_control(name: str) -> None:
    together.check(name)
