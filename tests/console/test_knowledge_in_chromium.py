"""Knowledge in a real browser: a gap in the queue becomes an entry, is heard, published, and answers the next call."""

from __future__ import annotations

import threading
from typing import cast

import pytest

from tests.console.conftest import House
from tests.console.test_in_chromium import CHROMIUM, browsing, log_in, picture, timed
from tests.console.test_knowledge import PAGE, SimpleEngines, _shop, office, says, shop
from voicebot.app import App
from voicebot.app.whole_shop import WholeShop
from voicebot.config import load
from voicebot.replay.text import TextDriver
from voicebot.runtime.driver import Engines

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here; on Debian: apt install chromium")
__all__ = ["shop"]


def next_call(house: House, text: str) -> str:
    """What a call that begins now is told, by text, in the shop's own dialogue."""
    app, now = App(load()).with_voice("tone"), house.time[0]
    inside = office(house).engines_now(cast(Engines, SimpleEngines(_shop(house)))).shop
    driver = TextDriver(app.call("next", now), cast(WholeShop, inside).for_a_call())
    driver.answer(None)
    return "".join(driver.say(text).say)


def test_a_gap_is_accepted_and_the_next_call_answers_it(shop: House, monkeypatch: pytest.MonkeyPatch) -> None:
    learned = threading.Event()
    monkeypatch.setattr("voicebot.app.knowledge_office.compute_aside", lambda *_: learned.wait(60))

    async def scenario() -> None:
        async with browsing(shop) as (page, base, faults):
            await log_in(page, base, "ops")
            await page.goto(f"{base}{PAGE}/queue")
            await picture(page, "knowledge-queue")
            await page.get_by_role("button", name="写成新知识").first.click()
            await page.get_by_label("答案").fill("暂时只送国内。")
            await page.get_by_role("button", name="试听").click()
            await page.get_by_text("可以听了").wait_for()
            await picture(page, "knowledge-entry")
            await page.get_by_role("button", name="看看影响").click()
            await page.get_by_text("正在学习").wait_for()
            learned.set()
            await page.locator("#sum").wait_for()
            await picture(page, "knowledge-effect")
            before = next_call(shop, "能不能寄国外")
            await page.get_by_role("button", name="发布", exact=True).click()
            await page.locator("#history tr").first.wait_for()
            assert says(shop, "可以寄到国外吗") == "暂时只送国内。"
            assert "暂时只送国内。" not in before
            assert "暂时只送国内。" in next_call(shop, "能不能寄国外")
            await page.set_viewport_size({"width": 390, "height": 800})
            await page.goto(f"{base}{PAGE}")
            wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
            assert await page.evaluate(wide)
            await picture(page, "knowledge-phone")
            assert faults == []

    timed(scenario)
