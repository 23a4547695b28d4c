"""Every page, every export and every answer of the API, by every role, over a shop full of people: all of it is masked.

The crawl begins at every route there is and follows every link; what it gets is searched for everybody of the
demonstration shop and for the shapes of numbers. So a page that is added is crawled without being named here.
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from html import unescape
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from tests.console.conftest import Browser, House, hidden
from tests.console.test_api import program
from tests.console.test_campaigns import MORNING, send, yaml
from tests.console.test_campaigns import shop as campaigning
from tests.console.test_roles import NAMES, flattened, least_role
from tests.private_data import of_the_shop
from tests.records.calls import Bell, Story
from voicebot.console.ticketing import Ticketing
from voicebot.outbound.carrier import Ended
from voicebot.outbound.ledger import Ledger
from voicebot.records.archive import Correction
from voicebot.records.audit import Deed
from voicebot.records.clerk import Clerk
from voicebot.records.notes import Recorded
from voicebot.shop.demo.prepare import _replace
from voicebot.shop.tables import Address, Customer, Order, Ticket

__all__ = ["campaigning"]

TODAY = date(2026, 11, 20)
SHOP = of_the_shop(TODAY, tickets=False)
"""Tickets are known by their numbers: these say nothing of anybody."""
MOST_PAGES = 400
RANK = list(NAMES)


@pytest.fixture
def shop(campaigning: House) -> House:
    """The demonstration shop with calls, tickets, a campaign, marks and audit that all speak of its people."""
    memory = campaigning.desk.memory
    with memory.database.writing() as session:
        _replace(session, TODAY)
        customers = list(session.scalars(select(Customer).order_by(Customer.id).limit(6)))
        told = [_of(session, customer) for customer in customers]
    clerk = Clerk(memory.database, memory.vault)
    for number, one in enumerate(told):
        _call(clerk, f"call-{number}", one)
    clerk.tell(Recorded("call-0", memory.recordings.keep("call-0", bytes(16000), bytes(16000))))
    clerk.close()
    one = told[0]
    sentence = f"我是{one['name']}，电话{one['phone']}，地址{one['address']}，订单{one['order']}"
    memory.archive.correct(1, 3, Correction("ops", campaigning.time[0], sentence, "return_goods", sentence))
    memory.audit.note(Deed(campaigning.time[0], "ops", "reveal", "call call-0", sentence))
    _tickets(campaigning)
    _campaign(campaigning, told)
    return campaigning


def _of(session: Any, customer: Customer) -> dict[str, str]:
    order = session.scalars(select(Order).where(Order.customer_id == customer.id)).first()
    home = session.scalars(select(Address).where(Address.customer_id == customer.id)).first()
    assert order is not None
    return {
        "name": customer.name,
        "phone": customer.phone,
        "order": order.number,
        "address": order.address,
        "street": home.street,
        "tracking": order.tracking or "",
    }


def _call(clerk: Clerk, name: str, one: dict[str, str]) -> None:
    """Somebody tells everything of himself."""
    story = Story(clerk.tell, Bell(name, caller=one["phone"]), datetime(2026, 11, 20, 9))
    found = {"found": True, "customer": {"id": 1, "name": one["name"], "phone": one["phone"]}}
    story.bot("您好").look("customer_by_phone", found, phone=one["phone"])
    story.caller(f"我叫{one['name']}，电话{one['phone']}", "modify_address", address=one["address"])
    story.caller(f"送到{one['address']}，订单{one['order']}", "modify_address", order_number=one["order"])
    story.look(
        "knowledge", {"found": False}, query=f"我叫{one['name']}，{one['phone']}怎么退到{one['street']}"
    )
    story.bot(f"{one['name']}您好，送到{one['address']}，尾号{one['phone'][-4:]}，运单{one['tracking']}。")
    story.do("create_ticket", {"done": True}, caller=one["phone"], summary=f"{one['name']}要改地址")
    story.handed_over()


def _tickets(house: House) -> None:
    """Each tells of its own customer, by his name."""
    memory = house.desk.memory
    with memory.database.writing() as session:
        tickets = list(session.scalars(select(Ticket).where(Ticket.status == "待处理")))
        for ticket in tickets:
            one = _of(session, session.get_one(Customer, ticket.customer_id))
            said = f"{one['name']}说，电话{one['phone']}，地址{one['address']}，订单{one['order']}"
            ticket.summary, ticket.transcript, ticket.remedy = (
                said,
                f"客户：{said}",
                f"退到{one['address']}"[:200],
            )
            told = ticket.number, said
    for number, said in [told]:
        Ticketing(memory).comment(number, said, "ann", house.time[0])


def _campaign(house: House, told: list[dict[str, str]]) -> None:
    rows = [f"{one['phone']},{one['name']},女士,会员注册,2026-03-12" for one in told]
    table = "手机号,姓,称呼,同意来源,同意日期\n" + "\n".join(rows) + "\n1390000,谁,先生,,\n"
    ops = house.client("ops")
    assert send(ops, yaml(), contacts=table).status_code in {200, 303}
    ops.post("/console/campaigns/member-day/move", move="start")
    ledger = Ledger(house.desk.memory.database, "one", timedelta(minutes=2), timedelta(seconds=20))
    at, said = (
        MORNING + timedelta(minutes=1),
        f"我是{told[0]['name']}，{told[0]['phone']}，住{told[0]['address']}",
    )
    for order in ledger.claim(9, (9, None), MORNING):
        more = {"answers": {"say": said}, "details": {"unanswered": [said]}, "call": "call-0"}
        ledger.resolve([Ended(order.dial, "completed", at, answered=at, **more)], at)


class Crawl:
    """Gets everything that this browser reaches, once; nothing that was `seen`."""

    def __init__(self, house: House, browser: Browser, seen: Collection[str] = ()) -> None:
        self.house, self.browser, self.seen = house, browser, seen
        self.got: dict[str, httpx.Response] = {}

    def run(self, begin: list[str]) -> Crawl:
        waiting = list(begin)
        while waiting and len(self.got) < MOST_PAGES:
            path = waiting.pop(0)
            if path in self.got or path in self.seen or "/static/" in path or path.endswith("/logout"):
                continue
            answer = self.got[path] = self.browser.get(path)
            if "html" in answer.headers.get("content-type", ""):
                waiting += links(answer.text)
        return self


def links(html: str) -> list[str]:
    """Where a page leads to, within the console."""
    found = re.findall(r'(?:href|src|data-url|action)="(/(?:console|api)[^"#]*)"', html)
    return [unescape(one) for one in found]


def shown(answer: httpx.Response) -> Iterator[str]:
    """Everything that can be read in an answer: its text, its cells, its headers."""
    yield " ".join(f"{name}: {value}" for name, value in answer.headers.items())
    kind = answer.headers.get("content-type", "")
    if "spreadsheet" in kind:
        book = load_workbook(io.BytesIO(answer.content))
        yield " ".join(
            str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
        )
    elif not kind.startswith(("audio/", "application/zip", "image/")):
        yield unescape(answer.text)


def raw(answers: dict[str, httpx.Response]) -> dict[str, list[str]]:
    """What is not masked, by address."""
    found = {
        path: [one for text in shown(answer) for one in SHOP.found(text)] for path, answer in answers.items()
    }
    return {path: sorted(set(told)) for path, told in found.items() if told}


def addresses(house: House, role: str) -> list[str]:
    """Every GET route with something real in its place."""
    with house.desk.memory.database.reading() as session:
        ticket = session.scalars(select(Ticket.number).order_by(Ticket.number)).first()
    real = {"/tickets/{number}": str(ticket), "{number}": "1", "{name}": "member-day", "{entry}": "invoice"}
    found = []
    for method, path in flattened(house.app.routes):
        least = least_role(path)
        if method == "GET" and (least is None or RANK.index(least) <= RANK.index(role)):
            whole = path
            for hole, value in real.items():
                whole = whole.replace(hole, hole.rpartition("/")[0] + ("/" if "/" in hole else "") + value)
            found.append(re.sub(r"\{[^}]*\}", "1", whole))
    return found


def test_whatever_a_role_can_open_is_masked(shop: House) -> None:
    """Pages for each role; what a smaller one has seen already is not looked at again."""
    seen: set[str] = set()
    for role, least in (("operations", 40), ("admin", 2), ("agent", 8)):
        begin = [one for one in addresses(shop, role) if one.startswith("/console")]
        crawl = Crawl(shop, shop.client(NAMES[role]), seen if role == "admin" else set()).run(begin)
        fine = [path for path, answer in crawl.got.items() if answer.status_code == 200]
        assert len(fine) >= least, (role, fine)
        assert not [path for path, answer in crawl.got.items() if answer.status_code >= 500]
        assert raw(crawl.got) == {}, role
        if role == "operations":
            assert "****" in crawl.got["/console/calls/1"].text
            assert any(path.endswith(".csv") for path in fine)
            seen = set(crawl.got)


def test_whatever_the_api_gives_a_role_is_masked(shop: House) -> None:
    for role in RANK:
        browser = program(shop, NAMES[role])
        crawl = Crawl(shop, browser).run([one for one in addresses(shop, role) if one.startswith("/api")])
        assert not [path for path, answer in crawl.got.items() if answer.status_code >= 500]
        assert raw(crawl.got) == {}, role
    sought = browser.request("POST", "/api/calls/search", json={"text": "送到"})
    assert len(sought.json()["calls"]) == 6
    assert raw({"search": sought}) == {}
    exports_and_searches_are_masked(shop)


def exports_and_searches_are_masked(shop: House) -> None:
    ops = shop.client("ops")
    results = "/console/campaigns/member-day/results"
    got = {kind: ops.post(results, form=kind) for kind in ("csv", "xlsx")}
    got["search"] = ops.post("/console/calls/search", text="送到")
    got["found"] = ops.get(got["search"].headers["location"])
    assert all(answer.status_code in {200, 303} for answer in got.values())
    assert "spreadsheet" in got["xlsx"].headers["content-type"]
    assert raw(got) == {}


def test_in_clear_only_with_a_reason_that_stands_in_the_audit(shop: House) -> None:
    """The same crawl finds what is private where it was revealed: it can fail."""
    ops = shop.client("ops")
    with shop.desk.memory.database.reading() as session:
        number = session.scalars(select(Ticket.number).where(Ticket.status == "待处理")).first()
    ways = {
        "call": ("/console/calls/1/reveal", {"reason": "联系客户"}),
        "ticket": (f"/console/tickets/{number}/reveal", {"reason": "联系客户"}),
        "campaign": ("/console/campaigns/member-day/results", {"form": "csv", "reason": "联系客户"}),
    }
    before = len(shop.desk.memory.audit.lines(limit=1000))
    clear = {name: ops.post(path, **form) for name, (path, form) in ways.items()}
    assert set(raw(clear)) == set(ways)
    without = {name: ops.post(path, **{**form, "reason": ""}) for name, (path, form) in ways.items()}
    assert raw(without) == {}
    told = shop.desk.memory.audit.lines(limit=1000)
    assert len([one for _, one in told if one.why.startswith("联系客户")]) == len(ways)
    assert len(told) > before
    assert not [one for _, one in told if list(SHOP.found(f"{one.about} {one.why}"))]


VARIANTS = (
    "{}",
    "{}/",
    "/{}",
    "{}?x=1",
    "{}%2f",
    "{}%00",
    "{};role=admin",
    "{}.json",
    "{}/.",
    "{}/../{last}",
    "/console/desk/..{}",
    "/api/me/..{}",
    "/CONSOLE{rest}",
    "/console%2f{tail}",
    "/%63onsole{rest}",
)
"""Other ways of writing an address; {rest}: after its first part, {tail}: the same without the slash."""
REFUSED = {303, 307, 401, 403, 404, 405}


def test_an_agent_reaches_nothing_of_others_by_any_method_and_no_way_of_writing_it(shop: House) -> None:
    browser, robot, stranger = shop.client("ann"), program(shop, "ann"), program(shop, None)
    csrf = hidden(browser.get("/console/password").text, "csrf")
    greater = [
        (method, path)
        for method, path in flattened(shop.app.routes)
        if least_role(path) not in {None, "agent"}
    ]
    paths = sorted({re.sub(r"\{[^}]*\}", "1", path) for method, path in greater if method != "WEBSOCKET"})
    assert len(paths) > 60
    before = shop.desk.memory.audit.lines(limit=1)
    for path in paths:
        first, _, tail = path[1:].partition("/")
        parts = {"last": path.rpartition("/")[2], "rest": f"/{tail}", "tail": tail}
        who = robot if first == "api" else browser
        tried = [("GET", variant.format(path, **parts)) for variant in VARIANTS]
        tried += [(method, path) for method in ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "POST", "TRACE")]
        for method, written in tried:
            form = {"data": {"csrf": csrf}} if method in {"PUT", "PATCH", "DELETE", "POST"} else {}
            answer = who.request(method, written, **form)
            assert answer.status_code in REFUSED or answer.status_code == 400, (
                method,
                written,
                answer.status_code,
            )
            if answer.status_code == 307:
                answer = who.get(answer.headers["location"])
                assert answer.status_code in {401, 403, 404, 405}, (method, written)
            assert not list(SHOP.found(answer.text))
        assert stranger.get(path).status_code in {303, 401, 405}
        assert who.request("POST", path, headers={"X-HTTP-Method-Override": "GET"}).status_code in REFUSED
    assert shop.desk.memory.audit.lines(limit=1) == before
