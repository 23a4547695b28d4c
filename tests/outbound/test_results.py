"""Status, funnel, exports, webhooks and what is forgotten."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

from voicebot.campaign.plan import Consented
from voicebot.outbound import lists
from voicebot.outbound.carrier import Ended
from voicebot.outbound.deliveries import Deliveries, signature, wait_after
from voicebot.outbound.exports import safe, to_csv, to_xlsx
from voicebot.outbound.results import results, status
from voicebot.outbound.retention import forget_old


@pytest.fixture
def called(desk: Any) -> Any:
    """A campaign of four: completed, opted out, busy, and one who may not be rung."""
    name = desk.campaign()
    desk.campaigns.opt_out(["+8613800006615"], "letter")
    desk.add(name, "13800006612", "13800006613", "13800006614", "13800006615")
    desk.campaigns.move(name, "start")
    orders = {order.phone[-1]: order for order in desk.ledger().claim(1, (9, None), desk.clock())}
    at = desk.clock.later(minutes=1)
    details = {"survey": "begun", "skipped": ["why"], "unanswered": ["advice"], "satisfaction": 4}
    desk.ledger().resolve(
        [
            Ended(
                orders["2"].dial,
                "completed",
                at,
                answered=at,
                converted=True,
                answers={"score": 5},
                call="c-1",
                details=details,
            ),
            Ended(orders["3"].dial, "opted_out", at, answered=at, answers={"score": 1}),
            Ended(orders["4"].dial, "busy", at),
        ],
        at,
    )
    return desk


def test_status_tells_how_things_stand(called: Any) -> None:
    found = status(called.database, "care", called.clock())
    assert found["state"] == "running"
    assert found["contacts"] == {"done": 1, "refused": 2, "waiting": 1}
    assert found["funnel"] == {
        "dialled": 3,
        "reached": 2,
        "human": 2,
        "completed": 1,
        "converted": 1,
        "refused": 1,
    }
    assert found["answers"] == {"score": {"5": 1, "1": 1}}
    assert found["unanswered"] == {"why": 1, "advice": 1}
    assert found["satisfaction"] == {"marks": 1, "mean": 4.0}
    assert found["untold"] == 3
    assert sum("cn-do-not-call" in why for why in found["because"]) >= 1
    assert found["next"] is not None


def test_a_row_for_each_call_and_for_whoever_was_not_called(called: Any) -> None:
    rows = results(called.database, "care")
    assert [(row["line"], row["outcome"]) for row in rows] == [
        (2, "completed"),
        (3, "opted_out"),
        (4, "busy"),
        (5, None),
    ]
    assert rows[3]["contact_state"] == "refused"
    told = ("survey", "skipped", "unanswered", "not_reached", "satisfaction")
    assert [rows[0][name] for name in told] == ["begun", ["why"], ["advice"], [], 4]
    assert [rows[3][name] for name in told] == [None, [], [], [], None]


def test_csv_for_excel(called: Any) -> None:
    data = to_csv(results(called.database, "care"))
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert rows[0]["phone"] == "'+8613800006612"
    assert rows[0]["contact.name"] == "王芳"
    assert [row["answer.score"] for row in rows] == ["5", "1", "", ""]
    assert [row["satisfaction"] for row in rows] == ["4", "", "", ""]
    assert (rows[0]["skipped"], rows[0]["unanswered"]) == ("why", "advice")


def test_a_workbook_with_a_summary(called: Any) -> None:
    summary = status(called.database, "care", called.clock())
    book = load_workbook(io.BytesIO(to_xlsx(results(called.database, "care"), summary)))
    assert book.sheetnames == ["results", "summary"]
    assert book["results"].max_row == 5
    summed = list(book["summary"].iter_rows(values_only=True, max_col=2))
    assert ("dialled", 3) in summed
    assert ("satisfaction: mean", 4) in summed
    assert ("not answered: why", 1) in summed


@pytest.mark.parametrize("text", ["=1+1", "+86", "-2", "@a", "\tx"])
def test_nothing_is_taken_for_a_formula(text: str) -> None:
    assert safe(text) == f"'{text}"


def test_a_result_is_posted_until_it_is_taken(called: Any) -> None:
    posted: list[httpx.Request] = []
    answers = [500, 200, 200, 302, 200]

    def answer(request: httpx.Request) -> httpx.Response:
        posted.append(request)
        return httpx.Response(answers[len(posted) - 1])

    async def post() -> list[int]:
        deliveries = Deliveries(called.database, called.clock, httpx.MockTransport(answer))
        taken = [await deliveries.post_due(), await deliveries.post_due()]
        called.clock.later(seconds=11)
        taken.append(await deliveries.post_due())
        called.clock.later(seconds=21)
        taken.append(await deliveries.post_due())
        await deliveries.close()
        return taken

    assert asyncio.run(post()) == [2, 0, 0, 1]
    assert called.one("SELECT count(*) FROM campaign_deliveries WHERE taken IS NULL") == 0
    told = [json.loads(request.content) for request in posted]
    assert {one["outcome"] for one in told} == {"completed", "opted_out", "busy"}
    assert {(one["satisfaction"], *one["skipped"]) for one in told} == {(4, "why"), (None,)}
    assert posted[0].headers["Idempotency-Key"] == posted[3].headers["Idempotency-Key"] == told[0]["dial"]


def test_nobody_at_the_other_end(called: Any) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    async def post() -> int:
        deliveries = Deliveries(called.database, called.clock, httpx.MockTransport(refuse))
        taken = await deliveries.post_due()
        await deliveries.close()
        return taken

    assert asyncio.run(post()) == 0
    assert "ConnectError" in called.one("SELECT error FROM campaign_deliveries")
    assert [wait_after(tries).total_seconds() for tries in (1, 2, 3, 60)] == [10, 20, 40, 21600]


def test_the_signature_is_that_of_hmac(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK", "geheim")
    assert signature("env:HOOK", b"{}") == signature("geheim", b"{}")
    assert signature("key", b"The quick brown fox jumps over the lazy dog").startswith("f7bc83f430538424b132")


def test_what_is_old_is_forgotten_and_the_outcome_stays(called: Any) -> None:
    removed: list[str] = []

    def remove(names: Any) -> int:
        removed.extend(names)
        return len(names)

    with called.database.writing() as session:
        lists.record_consent(session, "+8613800006612", Consented("form", called.clock()), called.clock())
    called.clock.later(days=89)
    assert forget_old(called.campaigns, remove) == {"calls": 0, "recordings": 0, "consents": 0}
    called.clock.later(days=2)
    assert forget_old(called.campaigns, remove) == {"calls": 3, "recordings": 1, "consents": 0}
    assert removed == ["c-1"]
    row = results(called.database, "care")[0]
    assert (row["outcome"], row["answers"], row["details"], row["call"]) == ("completed", {}, {}, None)
    assert (row["satisfaction"], row["skipped"]) == (None, [])
    assert forget_old(called.campaigns, remove)["calls"] == 0
    called.clock.later(days=1095)
    assert forget_old(called.campaigns, remove)["consents"] == 1


def test_whoever_is_interrupted_forgets_the_rest_the_next_time(called: Any) -> None:
    def broken(_: Any) -> int:
        raise OSError("the store is away")

    called.clock.later(days=91)
    with pytest.raises(OSError, match="away"):
        forget_old(called.campaigns, broken)
    assert results(called.database, "care")[0]["call"] == "c-1"
    assert forget_old(called.campaigns, len) == {"calls": 3, "recordings": 1, "consents": 0}
