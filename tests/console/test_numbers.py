"""The numbers page: what it shows, which days, the table, and what it refuses."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.console.conftest import House
from tests.console.test_campaigns import send, yaml
from tests.console.test_campaigns import shop as campaigning
from tests.records.calls import Bell, Story, order_call
from voicebot.records.clerk import Clerk
from voicebot.records.vault import Vault
from voicebot.store.migrate import open_database

__all__ = ["campaigning"]


@pytest.fixture(scope="module")
def empty(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five weeks of calls, with a machine that breaks in the last one."""
    file = tmp_path_factory.mktemp("numbers") / "shop.db"
    file.write_bytes(empty.read_bytes())
    database = open_database(str(file))
    clerk = Clerk(database, Vault(bytes(32)))
    for day in range(35):
        began = datetime(2026, 11, 20, 10) - timedelta(days=day)
        for number in range(6):
            order_call(clerk.tell, Bell(f"o-{day}-{number}"), began)
        if day < 7:
            broken = Story(clerk.tell, Bell(f"f-{day}"), began).caller(
                "<b>坏了", "repair_fault", "angry", product="X<1>"
            )
            broken.hung_up()
    clerk.close()
    with database.reading() as session:
        session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    database.close()
    return file


def test_the_page(house: House) -> None:
    page = house.client("ops").get("/console/numbers").text
    assert '<div class="big" id="calls">187</div>' in page
    assert "故障来电异常增多" in page
    assert "X&lt;1&gt;" in page
    assert "X<1>" not in page
    assert page.count("<svg") >= 12
    assert " style=" not in page


def test_other_days(house: House) -> None:
    ops = house.client("ops")
    assert 'id="calls">6<' in ops.get("/console/numbers?first=2026-11-01&last=2026-11-01").text
    assert 'id="calls">0<' in ops.get("/console/numbers?first=2025-11-01&last=2025-11-02").text


@pytest.mark.parametrize(
    "query", ["first=x", "first=2026-11-20&last=2026-11-01", "first=2020-01-01", "last=0001-01-01"]
)
def test_days_that_are_none(house: House, query: str) -> None:
    assert house.client("ops").get(f"/console/numbers?{query}").status_code == 400


def test_the_table(house: House) -> None:
    answer = house.client("ops").get("/console/numbers/figures.csv?first=2026-11-20&last=2026-11-20")
    assert "attachment" in answer.headers["content-disposition"]
    lines = answer.text.splitlines()
    assert lines[0] == "\ufeffday,what,key,count,total"
    assert "2026-11-20,outcome,resolved,6,0.0" in lines


def test_the_price_of_a_call(house: House) -> None:
    object.__setattr__(house.desk.options, "fen_per_minute", {"asterisk": 12.0})
    assert "0.12 元" in house.client("ops").get("/console/numbers").text


def test_days_begin_at_midnight_in_the_shop(house: House) -> None:
    clerk = Clerk(house.desk.memory.database, house.desk.memory.vault)
    order_call(clerk.tell, Bell("late"), datetime(2026, 7, 19, 23, 59, 59))
    order_call(clerk.tell, Bell("early"), datetime(2026, 7, 20, 0, 0, 0))
    clerk.close()
    ops = house.client("ops")
    for day in ("2026-07-19", "2026-07-20"):
        assert 'id="calls">1<' in ops.get(f"/console/numbers?first={day}&last={day}").text


def test_every_chart_says_what_it_means(house: House) -> None:
    page = house.client("ops").get("/console/numbers").text
    sections = page.split('<div class="card"><h2>')[1:]
    assert len(sections) >= 11
    for section in sections:
        card = section.partition("</div>")[0]
        assert re.search(r'</svg><p class="about">[^<]{8,}</p>', card), card[:60]


def test_funnels_are_fetched_by_the_page(house: House) -> None:
    ops = house.client("ops")
    assert 'data-fill="/console/numbers/funnels"' in ops.get("/console/numbers").text
    assert "还没有外呼活动" in ops.get("/console/numbers/funnels").text


def test_the_funnels_of_campaigns_are_among_the_numbers(campaigning: House) -> None:
    ops = campaigning.client("ops")
    send(ops, yaml(title="十一月会员日"))
    drawn = ops.get("/console/numbers/funnels").text
    assert '<a href="/console/campaigns/member-day">十一月会员日</a>' in drawn
    assert "已拨打：0" in drawn
