"""Live calls and the agent desk in a real browser: a call is watched, heard, whispered to, taken over, resolved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.console.conftest import House
from tests.console.hotline import PHONE, Chat, Hotline, hotline
from tests.console.test_in_chromium import CHROMIUM, log_in, picture, timed
from tests.telephony.house import until
from tests.web.test_page import flags_for, syllables
from voicebot.agents.queue import DeskOptions

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here; on Debian: apt install chromium")


@asynccontextmanager
async def browser(tmp_path: Path) -> AsyncIterator[Any]:
    """A browser whose microphone is a recorded voice."""
    playwright = pytest.importorskip("playwright.async_api", reason="the playwright package is not installed")
    microphone = tmp_path / "microphone.wav"
    syllables(microphone)
    async with playwright.async_playwright() as play:
        found = await play.chromium.launch(executable_path=CHROMIUM, args=flags_for(microphone))
        yield found
        await found.close()


async def page_of(found: Any, faults: list[str], **context: Any) -> Any:
    """A page of a user of its own; what goes wrong in it is added to `faults`."""
    page = await (await found.new_context(**context)).new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda told: faults.append(told.text) if told.type == "error" else None)
    return page


async def tab_to(page: Any, selector: str) -> None:
    """By keyboard alone."""
    for _ in range(60):
        if await page.evaluate(f"document.activeElement.matches({selector!r})"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached by keyboard")


async def shows_how_it_stands(ops: Any) -> None:
    """Mood, wish, and what to do about it."""
    await ops.locator("#steps li").filter(has_text="查订单").wait_for()
    assert await ops.locator("#mood").text_content() == "平静"
    assert await ops.locator("#wanted").text_content() == "查订单"


def kept(line: Hotline, who: str) -> list[str]:
    """What the memory has of the newest call."""
    line.remembering.clerk.flush()
    whole = line.remembering.memory.archive.call(1)
    assert whole is not None
    return [turn.text for turn in whole.turns if turn.who == who]


def test_a_call_is_watched_heard_whispered_to_and_taken_over(house: House, tmp_path: Path) -> None:
    async def scenario() -> None:
        faults: list[str] = []
        async with (
            hotline(house, "查订单", human="您好我是值班经理") as line,
            browser(tmp_path) as chromium,
            browser(tmp_path) as telephone,
        ):
            ops = await page_of(chromium, faults)
            await log_in(ops, line.base, "ops")
            await ops.goto(f"{line.base}/console/live")
            await ops.get_by_text("现在没有通话").wait_for()
            caller = await page_of(telephone, faults)
            await caller.goto(f"{line.base}/call")
            await caller.click("#ring")
            await ops.locator("#calls a").wait_for()
            await picture(ops, "live")
            await tab_to(ops, "#calls a")
            await ops.keyboard.press("Enter")
            talk = ops.locator("#talk li")
            await talk.filter(has_text="请问有什么可以帮您").wait_for()
            await ops.click("#listen")
            await caller.locator("#talk li.caller").filter(has_text="查订单").wait_for()
            await ops.locator("#talk li.caller").filter(has_text="查订单").wait_for()
            await ops.locator("body[data-playing]").wait_for(state="attached")
            await tab_to(ops, "#whisper input")
            await ops.keyboard.type("订单号在短信里")
            await ops.keyboard.press("Enter")
            await caller.locator("#talk li.bot").filter(has_text="订单号在短信里").wait_for()
            await ops.locator("#talk li.bot").filter(has_text="订单号在短信里").wait_for()
            await shows_how_it_stands(ops)
            await picture(ops, "live-call")
            asked = caller.locator("#talk li.bot").filter(has_text="订单号是多少")
            before = await asked.count()
            await ops.click("#take")
            await ops.locator("#mine:not([hidden])").wait_for()
            await ops.get_by_text("客户听得到您").wait_for()
            await ops.locator("#talk li.agent").filter(has_text="您好我是值班经理").first.wait_for()
            await caller.locator("#talk li.agent").filter(has_text="您好我是值班经理").first.wait_for()
            await picture(ops, "live-taken-over")
            await tab_to(ops, "#back input")
            await ops.keyboard.type("已核对身份")
            await ops.keyboard.press("Enter")
            await ops.locator("#state").filter(has_text="机器人接待").wait_for()
            await asked.nth(before).wait_for()
            await picture(caller, "live-caller")
            await caller.click("#hang-up")
            await ops.locator("body[data-over]").wait_for(state="attached")
            await until(lambda: not line.hub.calls)
            assert "您好我是值班经理" in kept(line, "agent")
            assert faults == []
            deeds = [deed.what for _, deed in house.desk.memory.audit.lines()]
            assert {"overhear", "whisper", "takeover"} <= set(deeds)

    timed(scenario)


async def answer_and_file(ann: Any, customer: Chat, second: Chat) -> None:
    """The agent answers with what the knowledge base suggests, makes a ticket, and notes something."""
    await customer.say("电子发票什么时候开")
    await ann.locator("#talk li.caller").filter(has_text="电子发票什么时候开").wait_for()
    await ann.locator("#suggestions li").filter(has_text="二十四小时内").wait_for()
    await ann.get_by_role("button", name="用这句").first.click()
    await ann.keyboard.press("Enter")
    await customer.hears("agent", "二十四小时内")
    await second.say("转人工")
    assert "您是下一位" in (await second.hears("bot", "下一位"))["text"]
    await ann.locator("#kind").select_option("invoice")
    await ann.get_by_role("button", name="一键建单").click()
    await ann.get_by_text("已建工单 2611203007").wait_for()
    await ann.locator("#note input").fill("客户要专票")
    await ann.keyboard.press("Enter")
    await picture(ann, "desk-call")
    text = await ann.content()
    assert PHONE not in text
    assert "欧阳一一" not in text
    assert "261118004217" not in text


def test_a_transferred_chat_is_offered_accepted_answered_and_resolved(house: House, tmp_path: Path) -> None:
    async def scenario() -> None:
        faults: list[str] = []
        async with hotline(house) as line, browser(tmp_path) as chromium:
            ann = await page_of(chromium, faults)
            await log_in(ann, line.base, "ann")
            await ann.goto(f"{line.base}/console/desk")
            await tab_to(ann, "#duty")
            await ann.keyboard.press("Enter")
            await ann.get_by_text("共 1 位坐席").wait_for()
            async with line.chatting(PHONE) as customer, line.chatting() as second:
                await customer.say("查订单")
                await customer.hears("bot", "订单号")
                await customer.say("转人工")
                await ann.locator("#offer:not([hidden])").wait_for()
                assert PHONE not in await ann.content()
                await picture(ann, "desk-offer")
                await tab_to(ann, "#accept")
                await ann.keyboard.press("Enter")
                await ann.wait_for_url("**/console/desk/*")
                await ann.locator("#mine:not([hidden])").wait_for()
                await ann.get_by_text("前天下单的咖啡机").wait_for()
                await answer_and_file(ann, customer, second)
                await ann.click("#end")
                await customer.hears("ended")
                await ann.locator("body[data-over]").wait_for(state="attached")
                await ann.goto(f"{line.base}/console/desk")
                await ann.locator("#offer:not([hidden])").wait_for()
                await ann.click("#accept")
                await ann.wait_for_url("**/console/desk/*")
                await ann.locator("#mine:not([hidden])").wait_for()
                await ann.locator("#back input").fill("客户只想问价")
                await ann.keyboard.press("Enter")
                await second.hears("bot", "请问有什么可以帮您")
                await ann.get_by_text("通话已经交还").wait_for()
            await until(lambda: not line.hub.calls)
            (made,) = line.shop.done
            assert made[0] == "create_ticket"
            assert made[1]["caller"] == PHONE
            assert "客户：电子发票什么时候开" in made[1]["transcript"]
            assert "二十四小时内" in kept(line, "agent")[0]
            assert faults == []

    timed(scenario)


def test_declined_it_comes_back_to_the_bot_on_a_phone(house: House, tmp_path: Path) -> None:
    async def scenario() -> None:
        faults: list[str] = []
        phone = {"viewport": {"width": 375, "height": 740}, "device_scale_factor": 2}
        async with hotline(house, options=DeskOptions(wait_s=20)) as line, browser(tmp_path) as chromium:
            ops = await page_of(chromium, faults, **phone)
            await log_in(ops, line.base, "ops")
            await ops.goto(f"{line.base}/console/desk")
            await ops.click("#duty")
            await ops.get_by_text("共 1 位坐席").wait_for()
            async with line.chatting(PHONE) as customer:
                await customer.say("转人工")
                await ops.locator("#offer:not([hidden])").wait_for()
                await picture(ops, "desk-phone")
                await ops.click("#decline")
                await customer.hears("bot", "没有人")
            async with line.chatting(PHONE) as customer:
                await customer.hears("bot", "请问有什么可以帮您")
                await ops.goto(f"{line.base}/console/live")
                await ops.locator("#calls a").wait_for()
                wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
                assert await ops.evaluate(wide) <= 0
                await picture(ops, "live-phone")
                await ops.locator("#calls a").click()
                await ops.locator("#talk li").first.wait_for()
                assert await ops.evaluate(wide) <= 0
                assert await ops.locator("#listen").is_hidden()
                await picture(ops, "live-call-phone")
            assert faults == []

    timed(scenario)
