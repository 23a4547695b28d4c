"""Knowledge in a real browser: a gap in the queue becomes an entry, is heard, published, and answers the next call."""

from __future__ import annotations

import pytest

from tests.console.conftest import House
from tests.console.test_in_chromium import CHROMIUM, browsing, log_in, picture, timed
from tests.console.test_knowledge import PAGE, says, shop

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here; on Debian: apt install chromium")
__all__ = ["shop"]


def test_a_gap_is_accepted_and_the_next_call_answers_it(shop: House) -> None:
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
            await page.locator("#sum").wait_for()
            await picture(page, "knowledge-effect")
            await page.get_by_role("button", name="发布", exact=True).click()
            await page.locator("#history tr").first.wait_for()
            assert says(shop, "可以寄到国外吗") == "暂时只送国内。"
            await page.set_viewport_size({"width": 390, "height": 800})
            await page.goto(f"{base}{PAGE}")
            wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
            assert await page.evaluate(wide)
            await picture(page, "knowledge-phone")
            assert faults == []

    timed(scenario)
