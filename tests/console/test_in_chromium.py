"""The pages in a real browser: the login, a call with its recording, a ticket, the numbers; on a phone, by keyboard."""

from __future__ import annotations

import asyncio
import math
import shutil
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.console.conftest import PASSWORD, House
from tests.records.calls import Bell, Story, order_call
from voicebot.records.clerk import Clerk
from voicebot.records.notes import Recorded
from voicebot.shop.tables import Ticket
from voicebot.web.http_server import HttpServer

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
ARTEFACTS = Path(__file__).resolve().parents[2] / "test-results" / "console"
FLAGS = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here; on Debian: apt install chromium")


def tone(seconds: float, pitch: float) -> bytes:
    count = int(seconds * 8000)
    loud = (abs(math.sin(2 * math.pi * n / 9000)) for n in range(count))
    wave = (int(9000 * volume * math.sin(2 * math.pi * pitch * n / 8000)) for n, volume in enumerate(loud))
    return struct.pack(f"<{count}h", *wave)


@pytest.fixture
def filled(house: House) -> House:
    """Some calls, one of them recorded, and a ticket that is late."""
    memory = house.desk.memory
    clerk = Clerk(memory.database, memory.vault)
    for day in range(20):
        began = house.time[0] - timedelta(days=20 - day)
        order_call(clerk.tell, Bell(f"order-{day}"), began)
        angry = Story(clerk.tell, Bell(f"angry-{day}", caller="13912345678"), began)
        angry.bot("您好").caller("咖啡机坏了", "repair_fault", "angry", product="咖啡机").handed_over("angry")
    clerk.tell(Recorded("order-19", memory.recordings.keep("order-19", tone(6, 220), tone(7, 440))))
    clerk.close()
    with memory.database.writing() as session:
        session.add(
            Ticket(
                number="2611203001", kind="complaint_quality", order_number=None, item="咖啡机", customer_id=None,
                caller="13800006612", severity="urgent", remedy="退款", summary="咖啡机漏水", transcript="",
                department="质检部", status="待处理", created=datetime(2026, 11, 19),
                due=house.time[0] - timedelta(hours=1),
            )
        )  # fmt: skip
    return house


@asynccontextmanager
async def browsing(house: House, **context: Any) -> AsyncIterator[tuple[Any, str, list[str]]]:
    """A page of a browser of its own, the server's address, and what went wrong in the page."""
    playwright = pytest.importorskip("playwright.async_api", reason="the playwright package is not installed")
    server = HttpServer(house.app)
    port = await server.start("127.0.0.1", 0)
    faults: list[str] = []
    try:
        async with playwright.async_playwright() as play:
            browser = await play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = await (await browser.new_context(**context)).new_page()
            page.on("pageerror", lambda error: faults.append(str(error)))
            page.on("console", lambda told: faults.append(told.text) if told.type == "error" else None)
            yield page, f"http://127.0.0.1:{port}", faults
            await browser.close()
    finally:
        await server.close()


async def log_in(page: Any, base: str, name: str) -> None:
    await page.goto(f"{base}/console")
    await page.locator("input[name=name]:focus").wait_for()
    await page.keyboard.type(name)
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="退出").wait_for()


async def picture(page: Any, name: str) -> None:
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=True)


def timed(scenario: Any) -> None:
    async def run() -> None:
        async with asyncio.timeout(120):
            await scenario()

    asyncio.run(run())


def test_a_call_is_found_heard_revealed_and_corrected(filled: House) -> None:
    async def scenario() -> None:
        async with browsing(filled) as (page, base, faults):
            await log_in(page, base, "ops")
            await page.get_by_label("客户说过").fill("快递")
            await page.keyboard.press("Enter")
            await page.wait_for_url("**/console/calls?q=*")
            await picture(page, "calls")
            await page.locator("tbody a").first.click()
            await page.locator("#player[data-drawn=yes]").wait_for()
            inked = "c => [...c.getContext('2d').getImageData(0,0,c.width,c.height).data].some(v => v > 0)"
            assert await page.locator("#wave").evaluate(inked)
            await page.locator("#turn-4 .time").click()
            await page.locator("#turn-4.now").wait_for()
            await page.get_by_role("button", name="只听客户").click()
            assert await page.locator("[data-side=caller]").get_attribute("aria-pressed") == "true"
            await page.evaluate("document.getElementById('audio').pause()")
            assert "13800006612" not in await page.content()
            await page.locator("#turn-2 summary").click()
            await page.locator("#turn-2").get_by_label("正确的话").fill("我想查快递")
            await page.locator("#turn-2").get_by_role("button", name="保存").click()
            await page.get_by_text("应为“我想查快递”").wait_for()
            await page.get_by_text("显示明文").first.click()
            await page.get_by_label("查看明文的理由").select_option("核对订单")
            await picture(page, "call")
            await page.get_by_role("button", name="显示明文").click()
            await page.get_by_text("已经记入审计").wait_for()
            assert await page.locator("#caller").text_content() == "13800006612"
            await picture(page, "call-revealed")
            assert faults == []

    timed(scenario)


def test_numbers_tickets_users_and_audit_on_a_phone_and_on_a_desk(filled: House) -> None:
    async def scenario() -> None:
        phone = {"viewport": {"width": 375, "height": 740}, "device_scale_factor": 2}
        async with browsing(filled, **phone) as (page, base, faults):
            await log_in(page, base, "root")
            for name in ("calls", "numbers", "tickets", "users", "audit"):
                await page.goto(f"{base}/console/{name}")
                wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
                assert await page.evaluate(wide) <= 0, name
                await picture(page, f"{name}-phone")
            await page.set_viewport_size({"width": 1280, "height": 900})
            await page.goto(f"{base}/console/numbers")
            assert await page.locator("#calls").text_content() == "40"
            assert await page.locator("svg.chart rect").count() > 20
            await picture(page, "numbers")
            assert faults == []

    timed(scenario)


def test_a_ticket_by_keyboard_alone(filled: House) -> None:
    async def scenario() -> None:
        async with browsing(filled) as (page, base, faults):
            await log_in(page, base, "ann")
            await page.goto(f"{base}/console/tickets/2611203001")
            await page.keyboard.press("Tab")
            assert await page.evaluate("document.activeElement.className") == "skip"
            for _ in range(40):
                await page.keyboard.press("Tab")
                if await page.evaluate("document.activeElement.name") == "text":
                    break
            await page.keyboard.type("已经联系客户")
            await page.keyboard.press("Tab")
            await page.keyboard.press("Enter")
            await page.locator("ol.talk").get_by_text("已经联系客户").wait_for()
            await picture(page, "ticket")
            assert faults == []

    timed(scenario)


def test_a_script_in_a_transcript_does_not_run(house: House) -> None:
    memory = house.desk.memory
    clerk = Clerk(memory.database, memory.vault)
    evil = "<script>window.evil=1</script><img src=x onerror='window.evil=2'><svg onload='window.evil=3'>"
    Story(clerk.tell, Bell("evil<b>")).bot(evil).caller(evil, "return_goods", product=evil).hung_up()
    clerk.close()

    async def scenario() -> None:
        async with browsing(house) as (page, base, faults):
            await log_in(page, base, "ops")
            for path in ("calls", "calls/1", "numbers"):
                await page.goto(f"{base}/console/{path}")
                assert await page.evaluate("window.evil === undefined")
                assert await page.locator("main script, main img").count() == 0
            assert faults == []

    timed(scenario)
