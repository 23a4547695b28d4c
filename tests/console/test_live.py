"""Live calls and the agent desk without a browser: who may open what, what is masked, what a page may send."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from fastapi.routing import APIWebSocketRoute
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.console.conftest import House
from tests.console.hotline import PHONE, Hotline, hotline
from tests.console.test_roles import flattened, least_role
from tests.telephony.house import loud, until
from voicebot.audio import to_samples
from voicebot.console.gate import COOKIE
from voicebot.console.rooms import routers
from voicebot.console.watching import Sender
from voicebot.web.sockets import Outbox

NAMES = {"agent": "ann", "operations": "ops", "admin": "root"}
RANK = list(NAMES)


def cookie(house: House, name: str) -> str:
    """A session of this user."""
    user = house.desk.memory.users.named(name)
    assert user is not None
    return house.desk.memory.entrance.begin(user, house.time[0])


@asynccontextmanager
async def page(
    line: Hotline, secret: str, path: str, origin: str | None = None
) -> AsyncIterator[ClientConnection]:
    headers = {"Cookie": f"{COOKIE}={secret}"}
    address = line.base.replace("http", "ws") + path
    async with connect(address, additional_headers=headers, origin=origin, proxy=None) as socket:  # type: ignore[arg-type]
        yield socket


async def note(socket: ClientConnection, kind: str, **having: Any) -> dict[str, Any]:
    """The next note of this kind with these values."""
    async with asyncio.timeout(20):
        while True:
            message = await socket.recv()
            told = json.loads(message) if isinstance(message, str) else {}
            if told.get("type") == kind and all(told.get(name) == value for name, value in having.items()):
                return dict(told)


async def send(socket: ClientConnection, kind: str, **data: Any) -> None:
    await socket.send(json.dumps({"type": kind, **data}))


def run(scenario: Callable[[], Awaitable[None]]) -> None:
    async def timed() -> None:
        async with asyncio.timeout(60):
            await scenario()

    asyncio.run(timed())


def sockets(house: House) -> list[str]:
    found = [route for router in routers(house.desk) for route in router.routes]
    return [route.path for route in found if isinstance(route, APIWebSocketRoute)]


def test_every_socket_with_every_role(house: House) -> None:
    paths = sockets(house)
    assert len(paths) >= 4
    assert {path for method, path in flattened(house.app.routes) if method == "WEBSOCKET"} == set(paths)
    secrets = {role: cookie(house, name) for role, name in NAMES.items()} | {None: "guess"}

    async def opened(line: Hotline, secret: str, path: str, origin: str | None) -> bool:
        try:
            async with page(line, secret, path.replace("{name}", "nobody"), origin):
                return True
        except (InvalidStatus, ConnectionClosed):
            return False

    async def scenario() -> None:
        async with hotline(house) as line:
            for path in paths:
                least = least_role(path)
                assert least is not None
                for role, secret in secrets.items():
                    may = role is not None and RANK.index(role) >= RANK.index(least)
                    assert await opened(line, secret, path, None) == may, (path, role)
                assert not await opened(line, secrets["admin"], path, "https://evil.example")
                assert await opened(line, secrets["admin"], path, line.base)

    run(scenario)


def test_a_call_is_watched_masked_and_steered(house: House) -> None:
    ops = cookie(house, "ops")

    async def scenario() -> None:
        async with hotline(house) as line, line.chatting(PHONE) as customer:
            await customer.hears("bot", "请问有什么可以帮您")
            (name,) = line.hub.calls
            async with page(line, ops, "/console/live/feed") as feed:
                (call,) = (await note(feed, "calls"))["calls"]
                assert call["caller"] == "138****6612"
            async with page(line, ops, f"/console/live/{name}/socket") as socket:
                await customer.say(f"我的电话是{PHONE}")
                said = await note(socket, "line", who="caller")
                assert PHONE not in said["text"]
                for rubbish in (
                    "",
                    "[]",
                    "{",
                    '{"type": 7}',
                    '{"type": "nothing"}',
                    "x" * 9000,
                    b"\0" * 60_000,
                ):
                    await socket.send(rubbish)
                await send(socket, "say", text="还没有接管")
                await send(socket, "whisper", text="优惠券已发放")
                await customer.hears("bot", "优惠券已发放")
                await send(socket, "take")
                await note(socket, "call", human="ops", mine=True)
                await send(socket, "whisper", text="不行")
                await note(socket, "refused")
                await send(socket, "say", text="您好，我是运营")
                await customer.hears("agent", "您好，我是运营")
                await send(socket, "note", text="老客户")
                await send(socket, "back", note="已解释")
                await note(socket, "call", state="bot")
                await send(socket, "take")
                await note(socket, "call", human="ops")
            assert not any("还没有接管" in str(message) for message in customer.shown)

    run(scenario)


async def forms(house: House, web: httpx.AsyncClient, path: str, ann: str, bob: str) -> None:
    """Tickets and what is private: for who has the call, with his own page's token."""
    visit = house.desk.memory.entrance.visit(ann, house.time[0])
    other = house.desk.memory.entrance.visit(bob, house.time[0])
    assert visit is not None
    assert other is not None

    async def post(secret: str, where: str, **form: str) -> httpx.Response:
        return await web.post(f"{path}/{where}", data=form, headers={"Cookie": f"{COOKIE}={secret}"})

    assert (await post(ann, "ticket", csrf=visit.csrf, kind="nonsense")).status_code == 400
    assert (await post(ann, "ticket", csrf="no", kind="invoice")).status_code == 403
    assert (await post(bob, "ticket", csrf=other.csrf, kind="invoice")).status_code == 404
    assert (await post(ann, "ticket", csrf=visit.csrf, kind="invoice")).json()["number"] == "2611203007"
    assert (await post(ann, "reveal", csrf=visit.csrf, reason="好奇")).status_code == 400
    shown = await post(ann, "reveal", csrf=visit.csrf, reason="联系客户")
    assert PHONE in shown.text
    assert "欧阳一一" in shown.text
    deeds = {(deed.who, deed.what) for _, deed in house.desk.memory.audit.lines()}
    assert {("ann", "reveal"), ("ann", "ticket")} <= deeds


def test_an_agent_sees_his_own_call_alone(house: House) -> None:
    house.desk.memory.users.add("bob", "agent", "correct-horse-1", house.time[0])
    ann, bob = cookie(house, "ann"), cookie(house, "bob")

    async def scenario() -> None:
        async with (
            hotline(house) as line,
            line.chatting(PHONE) as customer,
            httpx.AsyncClient(base_url=line.base, trust_env=False) as web,
        ):
            await serve(line, web, customer)

    async def serve(line: Hotline, web: httpx.AsyncClient, customer: Any) -> None:
        async with page(line, ann, "/console/desk/feed") as queue:
            await send(queue, "duty", on=True)
            await note(queue, "desk", on_duty=True)
            await customer.say("转人工")
            while not (told := await note(queue, "desk"))["waiting"]:
                pass
            (waiting,) = told["waiting"]
            name = waiting["call"]
            assert (waiting["caller"], waiting["rings"]) == ("138****6612", True)
            path = f"/console/desk/{name}"
            early = await web.get(path, headers={"Cookie": f"{COOKIE}={ann}"})
            assert early.status_code == 303
            await send(queue, "accept", call=name)
            await note(queue, "accepted", call=name)
            for secret, status in ((ann, 200), (bob, 303)):
                answer = await web.get(path, headers={"Cookie": f"{COOKIE}={secret}"})
                assert answer.status_code == status
                assert PHONE not in answer.text
                assert "欧阳一一" not in answer.text
            async with page(line, bob, f"{path}/socket") as nosy:
                assert (await note(nosy, "over"))["type"] == "over"
            await forms(house, web, path, ann, bob)
            async with page(line, ann, f"{path}/socket") as mine:
                await note(mine, "call", mine=True)
                await send(mine, "whisper", text="坐席不能提示")
                await send(mine, "back", note="")
                await note(mine, "over")
            assert not any("坐席不能提示" in str(message) for message in customer.shown)

    run(scenario)


def test_who_waits_on_a_line_with_sound_hears_his_place_and_a_tone(house: House) -> None:
    ann = cookie(house, "ann")

    async def speak(socket: ClientConnection, begun: asyncio.Event) -> None:
        """Silence, and 300 ms of a voice as soon as the bot has asked; in frames of 20 ms as they are due."""
        silence, voice = bytes(320), loud(300)
        while True:
            await socket.send(voice.pop() if begun.is_set() and voice else silence)
            await asyncio.sleep(0.02)

    async def hears(socket: ClientConnection, begun: asyncio.Event) -> tuple[str, bytes]:
        """What the caller is told of his place, and the tone after it."""
        told = ""
        while True:
            message = await socket.recv()
            if isinstance(message, bytes):
                if told and 500 < abs(to_samples(message).astype(int)).max() < 1500:
                    return told, message
                continue
            text = json.loads(message).get("text", "")
            if "有什么可以帮您" in text:
                begun.set()
            told = text if "您是下一位" in text else told

    async def scenario() -> None:
        async with (
            hotline(house, "转人工") as line,
            line.chatting(PHONE) as first,
            page(line, ann, "/console/desk/feed") as queue,
        ):
            await send(queue, "duty", on=True)
            await note(queue, "desk", on_duty=True)
            await first.say("转人工")
            while not (told := await note(queue, "desk"))["waiting"]:
                pass
            await send(queue, "accept", call=told["waiting"][0]["call"])
            await note(queue, "accepted")
            async with line.ringing() as caller:
                begun = asyncio.Event()
                speaking = asyncio.create_task(speak(caller, begun))
                said, tone = await hears(caller, begun)
                speaking.cancel()
            assert "预计等待3分钟左右" in said
            assert tone

    run(scenario)


def test_a_page_that_is_slow_loses_pictures_and_sound() -> None:
    async def scenario() -> None:
        sent: list[str | bytes] = []
        gate = asyncio.Event()

        async def slowly(message: str | bytes) -> None:
            await gate.wait()
            sent.append(message)

        outbox = Outbox(slowly, audio_frames=5)
        sender, drawn = Sender(outbox), []
        sending = asyncio.create_task(outbox.run())
        for number in range(1000):
            sender.sound(0, bytes(320))
            sender.picture(lambda number=number: drawn.append(number))  # type: ignore[misc]
        await until(lambda: drawn)
        gate.set()
        outbox.close()
        await sending
        assert len(drawn) == 1
        assert len(sent) == 5
        assert outbox.unsent == 995

    run(scenario)


@pytest.mark.parametrize("path", ["/console/live/nothing", "/console/live/%2e%2e"])
def test_a_call_that_is_over_is_told(house: House, path: str) -> None:
    assert house.client("ops").get(path).status_code in {404, 200}
