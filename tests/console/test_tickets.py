"""Tickets: the list and its clock, assigning, remarks, status, masks and the table."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.console.conftest import House
from voicebot.shop.tables import Customer, Ticket


@pytest.fixture
def tickets(house: House) -> House:
    """Two tickets: one late and urgent, one with time left."""
    with house.desk.memory.database.writing() as session:
        session.add(
            Customer(
                id=7, name="王小明", surname="王", title="先生", phone="13800006612", tier="普通", points=0,
                registered=datetime(2026, 1, 1).date(),
            )
        )  # fmt: skip
        session.flush()
        for number, severity, hours in (("2611203001", "urgent", -1), ("2611203002", "normal", 40)):
            session.add(
                Ticket(
                    number=number, kind="complaint_quality", order_number=None, item="咖啡机", customer_id=7,
                    caller="13800006612", severity=severity, remedy="退款", summary="=HYPERLINK(1) 王小明说漏水",
                    transcript="我是王小明，电话13800006612", department="质检部", status="待处理",
                    created=datetime(2026, 11, 19), due=house.time[0] + timedelta(hours=hours),
                )
            )  # fmt: skip
    return house


def test_the_list_shows_the_clock_and_masks(tickets: House) -> None:
    page = tickets.client("ann").get("/console/tickets").text
    assert "超时 1:00:00" in page
    assert "剩 40:00:00" in page
    assert "138****6612" in page
    assert "王**" in page
    assert "13800006612" not in page
    assert "王小明" not in page


@pytest.mark.parametrize(
    ("query", "total"),
    [("", 2), ("?overdue=true", 1), ("?severity=normal", 1), ("?department=质检部", 2), ("?department=x", 0),
     ("?status=已解决", 0), ("?assignee=ann", 0), ("?offset=999999999999", 2), ("?department=' OR 1=1 --", 0)],
)  # fmt: skip
def test_filters(tickets: House, query: str, total: int) -> None:
    assert f"共 {total} 个" in tickets.client("ann").get(f"/console/tickets{query}").text


def test_a_ticket_is_assigned_talked_about_and_closed(tickets: House) -> None:
    ann, path = tickets.client("ann"), "/console/tickets/2611203001"
    assert ann.post(f"{path}/assign", to="ann").status_code == 303
    assert ann.post(f"{path}/assign", to="nobody-there").status_code == 400
    assert ann.post(f"{path}/comment", text="<script>alert(1)</script> 已联系13800006612").status_code == 303
    assert ann.post(f"{path}/comment", text="  ").status_code == 400
    assert ann.post(f"{path}/status", status="已解决").status_code == 303
    assert ann.post(f"{path}/status", status="随便").status_code == 400
    assert ann.post(f"{path}/delete").status_code == 404
    tickets.later(hours=5)
    ann = tickets.client("ann")
    page = ann.get(path).text
    assert "分派给 ann" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "138****6612" in page
    assert "超时 1:00:00" in page
    assert "共 1 个" in ann.get("/console/tickets").text
    assert ann.post(f"{path}/status", status="处理中").status_code == 303
    assert "共 2 个" in ann.get("/console/tickets").text
    with tickets.desk.memory.database.reading() as session:
        assert session.get_one(Ticket, "2611203001").status == "处理中"


def test_what_is_said_about_a_ticket_is_sealed(tickets: House, tmp_path: Path) -> None:
    tickets.client("ann").post("/console/tickets/2611203001/comment", text="客户住在桂花路")
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("shop.db*"))
    assert b"2611203001" in stored
    assert "客户住在桂花路".encode() not in stored


def test_a_ticket_is_revealed_with_a_reason(tickets: House) -> None:
    ann = tickets.client("ann")
    assert ann.post("/console/tickets/2611203001/reveal").status_code == 400
    page = ann.post("/console/tickets/2611203001/reveal", reason="联系客户").text
    assert "13800006612" in page
    assert "王小明" in page
    ((_, deed),) = tickets.desk.memory.audit.lines(what="reveal")
    assert (deed.who, deed.about, deed.why) == ("ann", "ticket 2611203001", "联系客户")


def test_the_table_is_masked_and_no_cell_is_a_formula(tickets: House) -> None:
    table = tickets.client("ann").get("/console/tickets/tickets.csv").text
    assert table.startswith("\ufeff工单号")
    assert "13800006612" not in table
    assert "王小明" not in table
    assert ",'=HYPERLINK" in table
    assert "2611203001" in table


@pytest.mark.parametrize("number", ["1", "..%2f..%2fx", "abc", "999999999999999999"])
def test_a_ticket_that_is_not_there(tickets: House, number: str) -> None:
    assert tickets.client("ann").get(f"/console/tickets/{number}").status_code == 404
