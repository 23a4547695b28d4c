"""The API: tokens, roles, what it gives, and everything that a fuzzer can think of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import InvalidArgument, Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from tests.console.conftest import Browser, House
from tests.console.test_roles import NAMES, RANK, filled, flattened, least_role
from tests.records.calls import Bell, order_call
from voicebot.records.clerk import Clerk
from voicebot.records.notes import Recorded


def program(house: House, name: str | None) -> Browser:
    """A program with a token in this user's name."""
    browser = house.client()
    if name is not None:
        user = house.desk.memory.users.named(name)
        assert user is not None
        token = house.desk.memory.entrance.give_token(user, "test", house.time[0])
        browser.http.headers["Authorization"] = f"Bearer {token}"
    return browser


@pytest.fixture
def calls(house: House) -> House:
    """One call with a recording."""
    clerk = Clerk(house.desk.memory.database, house.desk.memory.vault)
    order_call(clerk.tell, Bell("order"), datetime(2026, 11, 18, 9))
    clerk.tell(Recorded("order", house.desk.memory.recordings.keep("order", bytes(8000), bytes(8000))))
    clerk.close()
    return house


def test_every_route_of_the_api_with_every_role(house: House) -> None:
    routes = [(method, path) for method, path in flattened(house.app.routes) if path.startswith("/api/")]
    assert len(routes) >= 50
    programs = {role: program(house, name) for role, name in NAMES.items()}
    programs["session"] = house.client("root")
    programs["nobody"] = program(house, None)
    for method, path in routes:
        role = least_role(path)
        for name, browser in programs.items():
            status = browser.request(method, filled(path)).status_code
            if role is None:
                assert status == 200
            elif name in {"nobody", "session"}:
                assert status == 401, (method, path, name)
            elif RANK.index(name) < RANK.index(role):
                assert status == 403, (method, path, name)
            else:
                assert status not in {401, 403, 500}, (method, path, name, status)


def test_calls_are_masked_until_they_are_revealed(calls: House) -> None:
    ops = program(calls, "ops")
    found = ops.request("POST", "/api/calls/search", json={"caller": "13800006612"}).json()
    assert [call["caller"] for call in found["calls"]] == ["138****6612"]
    masked = ops.get("/api/calls/1").text
    clear = ops.request("POST", "/api/calls/1/reveal", json={"reason": "核对订单"}).text
    for private in ("13800006612", "261120000123", "王小明"):
        assert private not in masked
        assert private in clear
    assert ops.get("/api/calls/1/recording").content[:4] == b"RIFF"
    told = [(deed.who, deed.what) for _, deed in calls.desk.memory.audit.lines()]
    assert told == [("ops", "listen"), ("ops", "reveal")]


def test_who_tries_tokens_must_wait(house: House) -> None:
    guessing = house.client()
    for number in range(50):
        assert guessing.get("/api/me", headers={"Authorization": f"Bearer vb_{number}"}).status_code == 401
    assert program(house, "ops").get("/api/me").status_code == 429
    house.later(minutes=6)
    assert program(house, "ops").get("/api/me").json() == {"name": "ops", "role": "operations"}


def test_a_token_is_not_kept_in_clear(house: House, tmp_path: Any) -> None:
    browser = program(house, "ops")
    assert browser.get("/api/me").status_code == 200
    token = browser.http.headers["Authorization"].removeprefix("Bearer ").encode()
    assert token not in b"".join(path.read_bytes() for path in tmp_path.glob("shop.db*"))


def test_users_over_the_api(house: House) -> None:
    root = program(house, "root")
    new = {"name": "new", "role": "agent", "password": "a-long-password"}
    assert root.request("POST", "/api/users", json=new).status_code == 201
    assert root.request("POST", "/api/users", json=new).status_code == 400
    assert (
        root.request("PUT", "/api/users/new", json={"role": "operations", "skills": ["退货"]}).status_code
        == 200
    )
    assert {"name": "new", "role": "operations", "skills": ["退货"]} in root.get("/api/users").json()
    assert root.request("DELETE", "/api/users/root").status_code == 400
    assert root.request("DELETE", "/api/users/new").status_code == 200
    assert root.request("DELETE", "/api/users/new").status_code == 404


def test_the_description_names_nothing_but_the_api(house: House) -> None:
    description = house.client().get("/api/openapi.json").json()
    assert description["openapi"].startswith("3.")
    assert all(path.startswith("/api/") for path in description["paths"])
    assert description["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"


def fuzz(house: House, paths: str = "", modes: Sequence[GenerationMode] = tuple(GenerationMode)) -> set[str]:
    """Send whatever comes to mind to these paths, in an admin's name; gives the operations that were tried."""
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", house.app).include(
        path_regex=paths or "^/api/"
    )
    root = program(house, "root").http.headers["Authorization"]
    tried: set[str] = set()
    for mode in modes:
        for found in schema.get_all_operations():
            _fuzz_one(found.ok(), mode, root, tried)
    return tried


def _fuzz_one(operation: Any, mode: GenerationMode, root: str, tried: set[str]) -> None:
    @settings(
        max_examples=8,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(mode))
    def check(case: Any) -> None:
        answer = case.call(headers={"Authorization": root})
        tried.add(case.operation.label)
        assert answer.status_code < 500, answer.text
        case.validate_response(answer, checks=[response_schema_conformance, status_code_conformance])

    try:
        check()
    except (Unsatisfiable, InvalidArgument):
        assert mode is GenerationMode.NEGATIVE


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: str(mode.value))
def test_whatever_a_fuzzer_sends_is_answered_as_described(calls: House, mode: GenerationMode) -> None:
    tried = fuzz(calls, modes=[mode])
    assert len(tried) >= (50 if mode is GenerationMode.POSITIVE else 35)
