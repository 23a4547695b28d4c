"""Every route of the console with every role: nobody reaches what is not his, by any method."""

from __future__ import annotations

import re

import pytest
from fastapi.routing import APIRoute, APIWebSocketRoute
from starlette.routing import BaseRoute

from tests.console.conftest import House
from voicebot.console.gate import COOKIE
from voicebot.console.rooms import PLACES

OPEN = {"/console/login", "/console/static/{name}", "/api/openapi.json"}
EVERYBODY = ("/console/tickets", "/console/logout", "/console/password", "/api/tickets", "/api/me")
OPERATIONS = ("/console/calls", "/console/numbers", "/api/calls", "/api/numbers", "/api/corrections")


def least_role(path: str) -> str | None:
    """Who may go there: the table that this test holds the routes against; None: anybody."""
    if path in OPEN:
        return None
    if path == "/console" or path.startswith(EVERYBODY) or path.startswith(AGENTS):
        return "agent"
    if path.startswith(OPERATIONS) or path.startswith(MORE_OPERATIONS):
        return "operations"
    return "admin"


AGENTS: tuple[str, ...] = ("/console/desk", "/api/desk")
MORE_OPERATIONS: tuple[str, ...] = (
    *(f"/console/{room}" for room in ("live", "knowledge", "campaigns")),
    *(f"/api/{room}" for room in ("live", "knowledge", "training", "campaigns")),
)
NAMES = {"agent": "ann", "operations": "ops", "admin": "root"}
RANK = ["agent", "operations", "admin"]


def flattened(routes: list[BaseRoute]) -> list[tuple[str, str]]:
    """(method, path) of every route, also of those in routers that are included as a whole."""
    found: list[tuple[str, str]] = []
    for route in routes:
        inner = getattr(route, "original_router", None)
        if isinstance(route, APIRoute):
            found += [(method, route.path) for method in sorted(route.methods)]
        elif isinstance(route, APIWebSocketRoute):
            found.append(("WEBSOCKET", route.path))
        elif inner is not None:
            found += flattened(inner.routes)
    return found


def filled(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "1", path)


def test_every_route_with_every_role(house: House) -> None:
    routes = [(method, path) for method, path in flattened(house.app.routes) if method != "WEBSOCKET"]
    assert len(routes) >= 25
    browsers = {role: house.client(name) for role, name in NAMES.items()}
    nobody = house.client()
    for method, path in routes:
        role = least_role(path)
        if role is None or path == "/console/logout":
            continue
        api = path.startswith("/api")
        refused = nobody.request(method, filled(path))
        assert refused.status_code == (401 if api else 303), (method, path)
        if not api:
            assert refused.headers["location"].startswith("/console/login"), path
        for name, browser in browsers.items():
            if api:
                continue
            status = browser.request(method, filled(path)).status_code
            if RANK.index(name) < RANK.index(role) or method != "GET":
                assert status == 403, (method, path, name, status)
            else:
                assert status not in {401, 403}, (method, path, name, status)


def test_the_navigation_shows_what_can_be_reached(house: House) -> None:
    for role, name in NAMES.items():
        browser = house.client(name)
        page = browser.get("/console/password").text
        for place in PLACES:
            shown = f'href="{place.path}"' in page
            assert shown == (RANK.index(role) >= RANK.index(place.role)), (place, name)
            if shown:
                assert browser.get(place.path).status_code == 200


def test_a_role_that_was_taken_away_counts_at_once(house: House) -> None:
    ops = house.client("ops")
    assert ops.get("/console/calls").status_code == 200
    house.desk.memory.users.change("ops", "agent", [])
    assert ops.get("/console/calls").status_code == 403
    house.desk.memory.users.remove("ops")
    assert ops.get("/console/tickets").status_code == 303


OTHER_WAYS = (
    "/console/calls/",
    "/CONSOLE/users",
    "/console/./users",
    "//console/users",
    "/console/users/../users",
    "/console/users;x",
    "/console/users%2f",
)


@pytest.mark.parametrize("path", OTHER_WAYS)
def test_no_other_way_of_writing_leads_past_the_gate(house: House, path: str) -> None:
    answer = house.client("ann").get(path)
    assert answer.status_code in {303, 307, 403, 404}
    assert "重置密码" not in answer.text


def test_a_cookie_that_is_none(house: House) -> None:
    for value in ("", "x" * 5000, "%00", "'; DROP TABLE users; --"):
        browser = house.client()
        browser.http.cookies.set(COOKIE, value)
        assert browser.get("/console/users").status_code == 303
