"""The gate stands before WebSockets as well: session, role, and the page that opens them."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI, WebSocket

from tests.console.conftest import House
from voicebot.console.gate import COOKIE, router, user_of


@pytest.fixture
def socketed(house: House) -> House:
    """The console with a WebSocket for operations."""
    room = router(house.desk, "operations", "/console/live")

    @room.websocket("/socket")
    async def socket(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text(user_of(socket).name)
        await socket.close()

    house.app = FastAPI()
    house.app.include_router(room)
    return house


def opened(house: House, cookie: str, origin: str | None) -> list[dict[str, Any]]:
    """What the server sends to somebody who opens the socket."""
    headers = [(b"host", b"console.test"), (b"cookie", f"{COOKIE}={cookie}".encode())]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    scope = {
        "type": "websocket", "asgi": {"version": "3.0"}, "scheme": "ws", "path": "/console/live/socket",
        "raw_path": b"/console/live/socket", "query_string": b"", "headers": headers, "root_path": "",
        "client": ("127.0.0.1", 5000), "server": ("console.test", 80), "subprotocols": [], "state": {},
    }  # fmt: skip
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    house.loop.run_until_complete(house.app(scope, receive, send))
    return sent


def session(house: House, name: str) -> str:
    user = house.desk.memory.users.named(name)
    assert user is not None
    return house.desk.memory.entrance.begin(user, house.time[0])


@pytest.mark.parametrize(
    ("name", "origin", "told"),
    [
        ("ops", "http://console.test", "ops"),
        ("root", "http://console.test", "root"),
        ("ops", None, "ops"),
        ("ann", "http://console.test", None),
        ("ops", "https://evil.example", None),
        ("ops", "null", None),
        ("", "http://console.test", None),
    ],
)
def test_who_may_open_a_socket(socketed: House, name: str, origin: str | None, told: str | None) -> None:
    sent = opened(socketed, session(socketed, name) if name else "guess", origin)
    if told is None:
        assert [(message["type"], message.get("code")) for message in sent] == [("websocket.close", 1008)]
    else:
        assert sent[0]["type"] == "websocket.accept"
        assert sent[1]["text"] == told
