"""The whole server on the loopback: every page, limits, metrics, and a stop that lets calls finish."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.telephony.house import Building, caller, house, loud, until
from tests.together import Together
from voicebot.errors import VoicebotError
from voicebot.replay.far_end import ring_audiosocket
from voicebot.runtime.lobby import LobbyOptions
from voicebot.runtime.log import to_standard_error
from voicebot.telephony.dialplan import DialplanOptions
from voicebot.web.chat import NoVoice
from voicebot.web.hotline import AsteriskLines, Hotline, HotlineOptions, WebOptions
from voicebot.web.serving import Place

HERE = Place("127.0.0.1", 0)
together = Together()


@dataclass
class Server:
    building: Building
    hotline: Hotline
    client: httpx.AsyncClient
    port: int
    audio_port: int
    stop: asyncio.Event
    running: asyncio.Task[None]

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def asterisk(self, path: str, secret: str = "sesame", **form: str) -> httpx.Response:
        return await self.client.post(self.url(f"/asterisk/{path}"), data={"secret": secret, **form})

    def socket(self, path: str, **more: Any) -> Any:
        return connect(f"ws://127.0.0.1:{self.port}{path}", proxy=None, **more)

    async def ticket(self, path: str = "/call", **form: str) -> str:
        answer = await self.client.post(self.url(f"{path}/ticket"), data=form)
        return str(answer.json()["ticket"])


@asynccontextmanager
async def server(
    *texts: str,
    limits: LobbyOptions | None = None,
    unready: str | None = None,
    character_ms: int = 12,
    **web: Any,
) -> AsyncIterator[Server]:
    asterisk = AsteriskLines(HERE, "sesame", DialplanOptions({"service": "600"}))
    options = HotlineOptions(
        WebOptions(HERE, secret="shop", **web), None, asterisk, limits or LobbyOptions(stop_within_s=0.2)
    )
    async with (
        house(texts, character_ms=character_ms) as building,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        inside = building.lobby._house
        quiet = replace(inside.engines(None), synthesizer=NoVoice())  # type: ignore[arg-type]
        engines = lambda ring: quiet if ring.line == "chat" else inside.engines(ring)  # noqa: E731
        hotline = Hotline(options, replace(inside, engines=engines), building.clock, lambda: unready)
        building.lobby, building.metrics = hotline.lobby, hotline.metrics
        stop, ports = asyncio.Event(), []
        running = asyncio.create_task(hotline.run(stop, lambda *both: ports.append(both)))
        await until(lambda: ports or running.done())
        try:
            yield Server(building, hotline, client, ports[0][0], ports[0][1], stop, running)
        finally:
            stop.set()
            await running


async def notes(socket: ClientConnection, *kinds: str) -> list[dict[str, Any]]:
    """Notes up to the first of one of these kinds."""
    seen = []
    async for message in socket:
        if isinstance(message, str):
            seen.append(json.loads(message))
            if seen[-1]["type"] in kinds:
                break
    return seen


@together
async def health_readiness_and_metrics() -> None:
    async with server() as far:
        assert (await far.client.get(far.url("/health"))).json() == {"status": "ok"}
        ready = await far.client.get(far.url("/ready"))
        assert (ready.status_code, ready.json()) == (200, {"status": "ready", "calls": 0})
        metrics = await far.client.get(far.url("/metrics"))
        assert "voicebot_barge_ins_total 0.0" in metrics.text
        for path in ("/docs", "/openapi.json", "/twilio/voice"):
            assert (await far.client.get(far.url(path))).status_code == 404


@together
async def metrics_are_for_those_who_may_see_them() -> None:
    async with server(metrics_from=["10.0.0.0/8"]) as far:
        assert (await far.client.get(far.url("/metrics"))).status_code == 404


@together
async def not_ready_is_told() -> None:
    async with server(unready="loading recognition") as far:
        ready = await far.client.get(far.url("/ready"))
        assert (ready.status_code, ready.json()["status"]) == (503, "loading recognition")


@together
async def a_call_that_the_dialplan_announces_and_transfers() -> None:
    async with server("转人工") as far:
        name = (await far.asterisk("announce", caller="13800006612", called="4008")).text
        building = far.building
        line = await ring_audiosocket(
            ("127.0.0.1", far.audio_port),
            UUID(name),
            caller({"caller": "转人工"}),
            building.pacer,
            building.clock,
        )
        await line.done
        assert (await far.asterisk(f"{name}/next")).text == "600"
        assert "客户" in (await far.asterisk(f"{name}/spoken")).text
        assert json.loads((await far.asterisk(f"{name}/story")).text)["reason"] == "asked"
        assert (await far.asterisk(f"{name}/outcome", status="ANSWER")).text == "True"
        await until(lambda: building.finished)
        assert (await far.asterisk(f"{name}/next")).text == "over"


@together
async def asterisk_must_know_the_secret() -> None:
    async with server() as far:
        for secret in ("", "sesam", "Sesame"):
            assert (await far.asterisk("announce", secret)).status_code == 403


@together
async def a_call_from_the_browser() -> None:
    async with server("查订单", "再见") as far:
        ticket = await far.ticket()
        async with far.socket("/call/media", origin=far.url("")) as socket:
            await socket.send(json.dumps({"type": "hello", "ticket": ticket, "rate": 8000}))
            seen = await notes(socket, "bot")
            await until(lambda: len(far.building.kinds("said")) == 2)
            for frame in [*loud(160), *[bytes(320)] * 40]:
                await socket.send(frame)
                await asyncio.sleep(0.02)
            seen += await notes(socket, "caller")
            seen += await notes(socket, "bot")
            for key in "20261120#":
                await socket.send(json.dumps({"type": "key", "key": key}))
            seen += await notes(socket, "keys")
            seen += await notes(socket, "bot")
            await socket.send('{"type":"hang_up"}')
        await until(lambda: far.building.finished)
        assert [note.get("text") or note.get("keys") for note in seen if note["type"] != "clear"] == [
            "这里是机器人并且录音", "请问有什么可以帮您", "查订单", "订单号是多少", "20261120", "订单在路上",
        ]  # fmt: skip
        assert far.building.kinds("ended") == [{"by": "caller"}]


@together
async def a_caller_at_the_browser_cuts_in_wants_a_human_and_closes_the_page() -> None:
    async with server("转人工", character_ms=60) as far:
        async with far.socket("/call/media") as socket:
            await socket.send(json.dumps({"type": "hello", "ticket": await far.ticket(), "rate": 8000}))
            await until(lambda: far.building.logs and len(far.building.kinds("playing")) == 2)
            for frame in [*loud(600), *[bytes(320)] * 20]:
                await socket.send(frame)
                await asyncio.sleep(0.02)
            seen = await notes(socket, "clear")
            assert len(far.building.kinds("barge_in")) == 1
            await until(lambda: [said for said in far.building.kinds("say") if said["text"] == "没有人"])
            assert [note["type"] for note in seen].count("clear") == 1
        await until(lambda: far.building.finished)
        assert far.building.kinds("ended")[-1]["by"] in {"bot", "caller"}
        assert far.hotline.lobby.calls == 0


@together
async def garbage_and_oversized_messages_of_a_page_end_its_own_call_at_most() -> None:
    async with server() as far:
        hello = {"type": "hello", "rate": 16000}
        async with far.socket("/call/media") as good:
            await good.send(json.dumps(hello | {"ticket": await far.ticket()}))
            await until(lambda: far.building.logs)
            for garbage in ["{", '{"type": 5}', b"\xff", bytes(20_000), "x" * 70_000, bytes(70_000)]:
                async with far.socket("/call/media") as socket:
                    await socket.send(json.dumps(hello | {"ticket": await far.ticket()}))
                    await notes(socket, "bot")
                    await socket.send(garbage)
                    if len(garbage) < 100:
                        await socket.send('{"type":"hang_up"}')
                    with pytest.raises(ConnectionClosed):
                        await to_its_end(socket)
            await until(lambda: far.hotline.lobby.calls == 1)
            await good.send('{"type":"hang_up"}')
        await until(lambda: far.hotline.lobby.calls == 0)
        assert [error for _, error in far.building.finished] == [None] * 7


async def to_its_end(socket: ClientConnection) -> None:
    while True:
        await socket.recv()


@together
async def pages_of_others_and_wrong_tickets_do_not_ring() -> None:
    async with server() as far:
        with pytest.raises(InvalidStatus):
            async with far.socket("/call/media", origin="https://evil.example.com"):
                pass
        used = await far.ticket()
        hello = {"type": "hello", "rate": 16000}
        async with far.socket("/call/media") as first:
            await first.send(json.dumps(hello | {"ticket": used}))
            await until(lambda: far.building.logs)
            for ticket in (used, "guess", ""):
                async with far.socket("/call/media") as socket:
                    await socket.send(json.dumps(hello | {"ticket": ticket}))
                    with pytest.raises(ConnectionClosed):
                        await socket.recv()
        assert len(far.building.logs) == 1


@together
async def the_page_and_its_files_are_served_safely() -> None:
    async with server() as far:
        for path in ("/call", "/call/call.js", "/call/voice.js", "/call/call.css"):
            answer = await far.client.get(far.url(path))
            assert answer.status_code == 200
            assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert (await far.client.get(far.url("/call/../hotline.py"))).status_code == 404


@together
async def a_chat_by_text() -> None:
    async with server() as far:
        ticket = await far.ticket("/chat", caller="13800006612", secret="shop")
        async with far.socket("/chat/talk") as socket:
            await socket.send(json.dumps({"type": "hello", "ticket": ticket}))
            said = await notes(socket, "bot") + await notes(socket, "bot")
            for text, answers in (("查订单", 1), ("再见", 1)):
                await socket.send(json.dumps({"type": "say", "text": text}))
                for _ in range(answers):
                    said += await notes(socket, "bot")
            said += await notes(socket, "ended")
        texts = [note.get("text") for note in said]
        assert texts == ["这里是机器人并且录音", "请问有什么可以帮您", "订单号是多少", "谢谢再见", None]
        assert far.building.kinds("began")[0]["caller"] == "13800006612"
        assert far.building.kinds("began")[0]["line"] == "chat"


@together
async def a_number_needs_the_secret() -> None:
    async with server() as far:
        for secret in ("", "guess"):
            form = {"caller": "13800006612", "secret": secret}
            assert (await far.client.post(far.url("/chat/ticket"), data=form)).status_code == 403


@together
async def when_full_the_browser_is_told() -> None:
    async with server(limits=LobbyOptions(calls=1, per_caller=1, stop_within_s=0.1)) as far:
        tickets = [await far.ticket(), await far.ticket()]
        hello = {"type": "hello", "rate": 16000}
        async with far.socket("/call/media") as first, far.socket("/call/media") as second:
            await first.send(json.dumps(hello | {"ticket": tickets[0]}))
            await until(lambda: far.building.logs)
            await second.send(json.dumps(hello | {"ticket": tickets[1]}))
            assert (await notes(second, "busy"))[-1] == {"type": "busy", "why": "full"}
            answer = await far.client.post(far.url("/call/ticket"))
            assert (answer.status_code, answer.json()["detail"]) == (503, "full")


@together
async def a_stop_refuses_new_calls_lets_the_running_one_go_on_and_cuts_it_at_the_limit() -> None:
    async with server(limits=LobbyOptions(stop_within_s=0.5)) as far:
        ticket, later = await far.ticket(), await far.ticket()
        hello = {"type": "hello", "rate": 16000}
        async with far.socket("/call/media") as socket, far.socket("/call/media") as late:
            await socket.send(json.dumps(hello | {"ticket": ticket}))
            await notes(socket, "bot")
            far.stop.set()
            await asyncio.sleep(0.1)
            assert (await far.client.get(far.url("/ready"))).json()["status"] == "stopping"
            await late.send(json.dumps(hello | {"ticket": later}))
            assert (await notes(late, "busy"))[-1]["why"] == "stopping"
            assert (await notes(socket, "ended"))[-1]["by"] == "bot"
            await far.running
        assert far.building.kinds("ended") == [{"by": "line"}]


@together
async def a_port_that_is_taken_is_told_in_a_sentence() -> None:
    async with server() as far, house() as building:
        for web, asterisk in (
            (Place("127.0.0.1", far.port), None),
            (HERE, Place("127.0.0.1", far.audio_port)),
        ):
            lines = None if asterisk is None else AsteriskLines(asterisk, "x")
            options = HotlineOptions(WebOptions(web), None, lines)
            hotline = Hotline(options, building.lobby._house, building.clock, lambda: None)
            with pytest.raises(VoicebotError, match="choose another port"):
                await hotline.run(asyncio.Event())


@pytest.mark.parametrize("name", together.names)
def test_on_a_live_server(name: str) -> None:
    together.check(name)


def test_the_log_tells_what_happened_and_nobodys_number() -> None:
    root, stream = logging.getLogger(), io.StringIO()
    before, level = list(root.handlers), root.level
    try:
        to_standard_error(stream=stream)
        log = logging.getLogger("voicebot.test")
        log.info("call began 13800006612", extra={"call": "CA" + "0" * 32, "line": "twilio", "secret": "x"})
        try:
            raise ValueError("13800006612 said so")
        except ValueError as error:
            log.error("call broken", extra={"why": "no order 2026112000123"}, exc_info=error)
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    began, broken = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert (began["message"], began["call"]) == ("call began #####", "CA" + "0" * 32)
    assert "secret" not in began
    assert (broken["why"], broken["error"]) == ("no order #####", "ValueError")
    assert "138" not in json.dumps(broken["places"])
