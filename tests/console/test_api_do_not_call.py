"""The do-not-call list over the API: a no there is a no everywhere, and a no in a call is seen there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.console.conftest import House
from tests.console.test_api import program
from tests.console.test_campaigns import PAGE, call, send, shop, yaml

__all__ = ["shop"]
HERE = "/api/campaigns"
LIST = f"{HERE}/do_not_call"


@pytest.fixture
def made(shop: House) -> House:
    """A campaign of two contacts that runs, made in the console."""
    ops = shop.client("ops")
    send(ops, yaml())
    ops.post(f"{PAGE}/member-day/move", move="start")
    return shop


def test_what_came_of_each_contact_with_the_questions_that_have_no_answer(made: House) -> None:
    ops = program(made, "ops")
    details = {"survey": "begun", "skipped": ["why"], "satisfaction": 4}
    call(made, answers={"remark": "打13912345678找我"}, converted=True, details=details)
    found = ops.get(f"{HERE}/member-day").json()
    assert (found["funnel"]["converted"], found["satisfaction"]) == (1, {"marks": 1, "mean": 4.0})
    assert found["unanswered"] == {"why": 1}
    first, _ = ops.get(f"{HERE}/member-day/results").json()["rows"]
    assert (first["phone"], first["survey"], first["skipped"]) == ("138****6612", "begun", ["why"])
    assert first["satisfaction"] == 4


def test_a_no_that_comes_over_the_api_holds_everywhere(made: House) -> None:
    ops = program(made, "ops")
    wanted = {"numbers": ["138 0000 6612", "+86 13900006612"], "source": "来信"}
    assert ops.request("POST", LIST, json=wanted).json() == {"added": 2}
    assert ops.request("POST", LIST, json=wanted).json() == {"added": 0}
    found = ops.request("POST", f"{LIST}/search", json={"number": "13800006612"}).json()
    assert found == {"number": "138****6612", "barred": True, "source": "来信"}
    rows = ops.get(f"{HERE}/member-day/results").json()["rows"]
    assert rows[0]["contact_state"] == "refused"
    assert "会拨打 0 人" in made.client("ops").get(f"{PAGE}/member-day/plan").text
    wrong = {"numbers": ["13700006612", "nobody"], "source": "来信"}
    assert ops.request("POST", LIST, json=wrong).status_code == 400
    assert not ops.request("POST", f"{LIST}/search", json={"number": "13700006612"}).json()["barred"]
    assert ("ops", "2 numbers") in [
        (deed.who, deed.about) for _, deed in made.desk.memory.audit.lines("do_not_call")
    ]


def test_a_no_in_the_middle_of_a_call_is_seen_in_the_console_and_over_the_api(
    made: House, tmp_path: Path
) -> None:
    call(made, outcome="opted_out")
    ops = program(made, "ops")
    assert ops.request("POST", f"{LIST}/search", json={"number": "13800006612"}).json()["barred"]
    assert ops.get(f"{HERE}/member-day/results").json()["rows"][0]["outcome"] == "opted_out"
    page = made.client("ops").get(f"{PAGE}/do_not_call").text
    assert "138****6612" in page
    assert "campaign call" in page


def test_agents_have_no_part_in_it(made: House) -> None:
    ann = program(made, "ann")
    wanted = {"numbers": ["13800006612"], "source": "来信"}
    assert ann.request("POST", LIST, json=wanted).status_code == 403
    assert ann.request("POST", f"{LIST}/search", json={"number": "13800006612"}).status_code == 403
