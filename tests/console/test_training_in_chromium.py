"""Training in a real browser: a turn is marked on its call's page, learned, its effect seen, published, taken back."""

from __future__ import annotations

import pytest

from tests.console.conftest import House
from tests.console.test_in_chromium import CHROMIUM, browsing, log_in, picture, timed
from tests.console.test_training import PAGE, SAID, grammars, learned, means, taught

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here; on Debian: apt install chromium")
__all__ = ["grammars", "learned", "taught"]
WIDE = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


def test_a_marked_turn_is_taught_and_taken_back(taught: House) -> None:
    async def scenario() -> None:
        async with browsing(taught, accept_downloads=True) as (page, base, faults):
            await log_in(page, base, "ops")
            await page.goto(f"{base}/console/calls/1")
            await page.locator("#turn-2 summary").click()
            await page.locator("#turn-2").get_by_label("正确的意图").select_option("invoice")
            await page.locator("#turn-2").get_by_label("正确的信息").fill("invoice_title: 青禾")
            await page.locator("#turn-2").get_by_role("button", name="保存").click()
            await page.get_by_text("意图应为 发票").wait_for()
            await page.locator("#turn-2 summary").first.click()
            await page.locator("#turn-2").get_by_label("查看明文的理由").select_option("质量检查")
            async with page.expect_download() as saved:
                await page.get_by_role("button", name="导出回归样例").click()
            assert (await saved.value).suggested_filename == "c-1-002.zip"
            await page.get_by_role("link", name="收为训练句").click()
            await page.get_by_label("训练句").wait_for()
            await picture(page, "training-marked")
            await page.get_by_role("button", name="收为训练句").click()
            await page.get_by_role("button", name="训练并看看影响").click()
            await page.locator("#sum").wait_for()
            await picture(page, "training-effect")
            await page.set_viewport_size({"width": 390, "height": 800})
            assert await page.evaluate(WIDE)
            await page.get_by_role("button", name="发布", exact=True).click()
            await page.get_by_text("已发布").wait_for()
            assert means(taught, SAID) == "invoice"
            assert await page.evaluate(WIDE)
            await picture(page, "training-phone")
            await page.get_by_role("button", name="撤销最近一次发布").click()
            await page.locator("#sum").wait_for()
            await page.get_by_role("button", name="发布", exact=True).click()
            await page.wait_for_url(f"**{PAGE}#versions")
            assert means(taught, SAID) == "out_of_scope"
            assert faults == []

    timed(scenario)
