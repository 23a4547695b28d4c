"""The API of live calls and of the desk: watched, steered, taken, helped with, given back; masked, and by role."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx

from tests.console.conftest import House
from tests.console.hotline import PHONE, Hotline, hotline
from tests.telephony.house import until
from voicebot.agents.queue import DeskOptions


@asynccontextmanager
async def program(house: House, line: Hotline, name: str) -> AsyncIterator[Callable[..., Awaitable[Any]]]:
    """What calls the API with a token of this user: (method, path, status, **body) -> the answer."""
    user = house.desk.memory.users.named(name)
    assert user is not None
    token = house.desk.memory.entrance.give_token(user, "test", house.time[0])
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=f"{line.base}/api", headers=headers, trust_env=False) as web:

        async def call(method: str, path: str, status: int = 200, **body: Any) -> Any:
            answer = await web.request(method, path, json=body)
            assert answer.status_code == status, (path, answer.text)
            return answer.json()

        yield call


def run(scenario: Callable[[], Awaitable[None]]) -> None:
    async def timed() -> None:
        async with asyncio.timeout(60):
            await scenario()

    asyncio.run(timed())


def test_a_call_is_watched_and_steered_by_a_program(house: House) -> None:
    async def scenario() -> None:
        async with (
            hotline(house) as line,
            line.chatting(PHONE) as customer,
            program(house, line, "ops") as ops,
            program(house, line, "ann") as ann,
        ):
            await customer.hears("bot", "请问有什么可以帮您")
            (call,) = await ops("GET", "/live")
            assert (call["caller"], call["state"]) == ("138****6612", "bot")
            path = f"/live/{call['call']}"
            await ann("GET", "/live", 403)
            await ann("POST", f"/desk/{call['call']}/say", 404, text="我来")
            await ops("POST", f"{path}/whisper", text="优惠券已经发到您账户")
            await customer.hears("bot", "优惠券已经发到")
            await customer.say(f"我的电话是{PHONE}")
            await until(lambda: any(one.who == "caller" for one in line.hub.calls[call["call"]].lines))
            shown = await ops("GET", path)
            assert any(one["who"] == "caller" for one in shown["said"])
            assert PHONE not in str(shown)
            await ops("POST", f"{path}/say", 400, text="还不在我手里")
            await ops("POST", f"{path}/take", text="")
            assert "接管" in (await ops("POST", f"{path}/take", 400))["detail"]
            assert "提示" in (await ops("POST", f"{path}/whisper", 400, text="太晚了"))["detail"]
            await ops("POST", f"{path}/say", text="您好，我是值班经理")
            await customer.hears("agent", "值班经理")
            await ops("POST", f"{path}/back", text="已核对")
            await customer.hears("bot")
            await ops("GET", "/live/nothing", 404)
            deeds = {deed.what for _, deed in house.desk.memory.audit.lines()}
            assert {"whisper", "takeover"} <= deeds

    run(scenario)


def test_an_agents_program_takes_a_transfer_and_is_helped(house: House) -> None:
    async def scenario() -> None:
        async with (
            hotline(house, options=DeskOptions(wait_s=40)) as line,
            line.chatting(PHONE) as customer,
            program(house, line, "ann") as ann,
        ):
            assert (await ann("POST", "/desk/duty", on=True))["on_duty"]
            await customer.say("转人工")
            while not (queue := await ann("GET", "/desk"))["waiting"]:
                await asyncio.sleep(0.02)
            (waiting,) = queue["waiting"]
            assert (waiting["rings"], waiting["reason"], waiting["caller"]) == (
                True,
                "客户要求",
                "138****6612",
            )
            name = waiting["call"]
            await ann("GET", f"/desk/{name}", 404)
            assert (await ann("POST", f"/desk/{name}/accept"))["mine"] == name
            await customer.say("电子发票什么时候开")
            while not (known := await ann("GET", f"/desk/{name}"))["suggested"]:
                await asyncio.sleep(0.02)
            assert "二十四小时内" in known["suggested"]
            assert known["orders"][0]["summary"] == "前天下单的咖啡机"
            assert not {PHONE, "欧阳一一", "261118004217"} & set(str(known).replace("'", " ").split())
            clear = await ann("POST", f"/desk/{name}/reveal", reason="联系客户")
            assert (clear["profile"]["name"], clear["story"]["caller"]) == ("欧阳一一", PHONE)
            made = await ann("POST", f"/desk/{name}/ticket", kind="invoice")
            assert (made["number"], line.shop.done[0][1]["caller"]) == ("2611203007", PHONE)
            await ann("POST", f"/desk/{name}/ticket", 400, kind="nonsense")
            await ann("POST", f"/desk/{name}/end")
            await customer.hears("ended")
            await ann("POST", f"/desk/{name}/accept", 404)
            assert not (await ann("POST", "/desk/duty", on=False))["on_duty"]

    run(scenario)


def test_a_program_that_asks_no_more_is_off_duty_and_its_caller_the_bots(house: House) -> None:
    async def scenario() -> None:
        async with hotline(house) as line, line.chatting() as customer, program(house, line, "ops") as ops:
            line.agents._grace_s = 0.05
            await customer.hears("bot", "请问有什么可以帮您")
            (name,) = line.hub.calls
            line.agents.stay("ops", 0.2)
            line.hub.calls[name].take_over("ops")
            line.agents.duty("ops", [], on=True)
            assert line.agents.queue.on_duty == ["ops"]
            await until(lambda: line.hub.calls[name].state == "bot")
            assert line.agents.queue.on_duty == []
            assert (await ops("GET", "/desk"))["mine"] is None

    run(scenario)
