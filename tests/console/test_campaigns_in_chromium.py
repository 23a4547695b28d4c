"""A campaign in a real browser: sent in, started by keyboard, and its chart moves while it is looked at."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.console.conftest import House
from tests.console.test_campaigns import CONTACTS, PAGE, call, send, shop, yaml
from tests.console.test_in_chromium import CHROMIUM, browsing, log_in, picture, timed

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here; on Debian: apt install chromium")
__all__ = ["shop"]


def test_a_campaign_is_started_and_its_chart_moves(shop: House, tmp_path: Path) -> None:
    (tmp_path / "up.yaml").write_text(yaml(), "utf-8")
    (tmp_path / "up.csv").write_text(CONTACTS, "utf-8")

    async def scenario() -> None:
        async with browsing(shop) as (page, base, faults):
            await log_in(page, base, "ops")
            await page.goto(f"{base}{PAGE}/new")
            await page.get_by_label("活动文件").set_input_files(tmp_path / "up.yaml")
            await page.locator("[name=contacts]").set_input_files(tmp_path / "up.csv")
            await page.get_by_role("button", name="只检查和试算").click()
            await page.locator("#sum").wait_for()
            await picture(page, "campaign-plan")
            await page.go_back()
            await page.get_by_label("活动文件").set_input_files(tmp_path / "up.yaml")
            await page.locator("[name=contacts]").set_input_files(tmp_path / "up.csv")
            await page.get_by_role("button", name="创建").click()
            await page.get_by_role("link", name="打开活动").click()
            await page.get_by_role("button", name="启动").focus()
            await page.keyboard.press("Enter")
            await page.locator("#state[data-state=running]").wait_for()
            before = await page.locator("#progress svg").first.inner_html()
            await asyncio.to_thread(call, shop, answers={"remark": "<b>好</b>"}, converted=True)
            chart = page.locator("#progress svg").first
            await chart.get_by_text("1", exact=True).first.wait_for()
            assert await chart.inner_html() != before
            await page.reload()
            assert await page.locator("svg b").count() == 0
            await picture(page, "campaign")
            await page.set_viewport_size({"width": 390, "height": 800})
            wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
            assert await page.evaluate(wide)
            await picture(page, "campaign-phone")
            assert faults == []

    timed(scenario)


def test_a_call_is_tried_and_heard_and_a_table_gets_its_columns(shop: House, tmp_path: Path) -> None:
    (tmp_path / "more.csv").write_text("电话,姓氏\n13800006613,李\nnobody,王\n", "utf-8")
    ops = shop.client("ops")
    send(ops, yaml())
    ops.get(f"{PAGE}/member-day/preview")  # what understands is loaded, as it is beside calls

    async def scenario() -> None:
        async with browsing(shop) as (page, base, faults):
            await log_in(page, base, "ops")
            await page.goto(f"{base}{PAGE}/member-day/preview")
            await page.get_by_label("客户说").fill("好的")
            await page.keyboard.press("Enter")
            await page.get_by_text("小程序").wait_for()
            await page.get_by_role("button", name="听机器人的声音").click()
            await page.locator("#heard:not([hidden])").wait_for()
            seconds = "document.getElementById('heard').duration > 1"
            await page.wait_for_function(seconds)
            await picture(page, "campaign-preview")
            await page.goto(f"{base}{PAGE}/member-day")
            await page.locator("[name=contacts]").set_input_files(tmp_path / "more.csv")
            await page.get_by_role("button", name="读取").click()
            await page.get_by_label("号码").select_option("电话")
            await page.get_by_label("surname").select_option("姓氏")
            for name in ("title", "同意来源", "同意日期"):
                await page.get_by_label(name).select_option("")
            await picture(page, "campaign-columns")
            await page.get_by_role("button", name="导入").click()
            assert "加入联系人 1 人，拒绝 1 行" in await page.locator("#sum").inner_text()
            await page.goto(f"{base}{PAGE}/do_not_call")
            await page.get_by_label("号码，一行一个").fill("13800006613")
            await page.get_by_label("在哪里说的").fill("来信")
            await page.get_by_role("button", name="登记", exact=True).click()
            assert "新登记了1个" in await page.locator("#told").inner_text()
            await picture(page, "do-not-call")
            await page.set_viewport_size({"width": 390, "height": 800})
            wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
            assert await page.evaluate(wide)
            assert faults == []

    timed(scenario)
