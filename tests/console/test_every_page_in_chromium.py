"""Every page with data in it, at a desk and on a phone: nothing sticks out, nothing fails, Chinese is drawn."""

from __future__ import annotations

from typing import Any

import pytest

from tests.console.conftest import House
from tests.console.test_campaigns import send, yaml
from tests.console.test_campaigns import shop as campaigning
from tests.console.test_in_chromium import CHROMIUM, browsing, filled, log_in, picture, timed
from tests.console.test_knowledge import shop as knowing
from tests.console.test_roles import flattened
from tests.records.calls import Bell, Story
from voicebot.records.clerk import Clerk

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here; on Debian: apt install chromium")
__all__ = ["campaigning", "filled", "knowing"]

LONG = (
    "我上次退货的时候你们说是包运费的结果快递员上门又问我要了十二块钱这个钱到底应该谁来承担请给我一个明确的说法"
    * 3
)
GIVEN = {
    "/console/calls/{number}": "/console/calls/{long}",
    "/console/tickets/{number}": "/console/tickets/2611203001",
    "/console/knowledge/entry/{entry}": "/console/knowledge/entry/invoice",
    "/console/campaigns/{name}": "/console/campaigns/member-day",
    "/console/campaigns/{name}/plan": "/console/campaigns/member-day/plan",
}
"""What stands for the parameters of a page's address."""
SIZES = {"desk": (1280, 860), "phone": (390, 780)}
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
GLYPHS = """() => {
  const drawn = text => {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 40;
    const pen = canvas.getContext('2d');
    pen.font = '32px ' + getComputedStyle(document.body).fontFamily;
    pen.fillText(text, 2, 34);
    return canvas.toDataURL();
  };
  return new Set(['通', '话', '单', '知', '识'].map(drawn)).size;
}"""


def pages(house: House) -> list[str]:
    """The address of every page that a person opens, as the routes have it."""
    paths = [path for method, path in flattened(house.app.routes) if method == "GET"]
    shown = [GIVEN.get(path, path) for path in paths if path.startswith("/console/")]
    number = house.desk.memory.archive.number("long")
    return sorted(
        {path.replace("{long}", str(number)) for path in shown if "{" not in path.replace("{long}", "")}
    )


NO_PAGES = (".csv", ".zip", "/funnels", "/login")


@pytest.fixture
def whole(filled: House, knowing: House, campaigning: House) -> House:
    """Calls, a ticket, knowledge with gaps, a campaign; and a caller who does not pause."""
    memory = filled.desk.memory
    clerk = Clerk(memory.database, memory.vault)
    story = Story(clerk.tell, Bell("long"), filled.time[0]).bot("您好")
    story.caller(LONG, "complaint_price", "angry", reason=LONG).bot(LONG).hung_up()
    clerk.close()
    send(filled.client("ops"), yaml())
    return filled


@pytest.mark.parametrize("size", SIZES)
def test_every_page(whole: House, size: str) -> None:
    width, height = SIZES[size]
    found = [path for path in pages(whole) if not path.endswith(NO_PAGES)]
    assert len(found) >= 18, found

    async def scenario() -> None:
        async with browsing(whole, viewport={"width": width, "height": height}) as (page, base, faults):
            await log_in(page, base, "root")
            for path in found:
                answer = await page.goto(f"{base}{path}")
                assert answer.status == 200, path
                await _look(page, path, faults)
                await picture(page, f"{path.removeprefix('/console/').replace('/', '-')}-{size}")
            assert await page.evaluate(GLYPHS) == 5

    timed(scenario)


async def _look(page: Any, path: str, faults: list[str]) -> None:
    assert await page.evaluate(WIDE) <= 0, f"{path} is wider than the screen"
    assert await page.locator("h1").count() == 1, path
    assert await page.evaluate("document.title.length > 1"), path
    unnamed = "[...document.querySelectorAll('input:not([type=hidden]), select, textarea:not([hidden])')]"
    assert (
        await page.evaluate(f"{unnamed}.filter(one => !one.labels.length && !one.ariaLabel).length") == 0
    ), path
    assert faults == [], (path, faults)
