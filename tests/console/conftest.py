"""A console on a database of its own, driven in process."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI

from voicebot.console.desk import ConsoleOptions, Desk
from voicebot.console.rooms import routers
from voicebot.records import users
from voicebot.records.memory import Memory
from voicebot.records.recordings import FolderShelf
from voicebot.records.vault import Vault
from voicebot.store.migrate import open_database, upgrade
from voicebot.web.origin import Origins

PASSWORD = "correct-horse-1"
BASE = "http://console.test"


@dataclass
class House:
    """The console, its memory, and a time that the test moves."""

    desk: Desk
    app: FastAPI
    time: list[datetime]
    seconds: list[float]
    loop: asyncio.AbstractEventLoop

    def client(self, name: str | None = None, base: str = BASE, address: str = "127.0.0.1") -> Browser:
        """A browser of its own, logged in as this user."""
        transport = httpx.ASGITransport(self.app, client=(address, 50000))
        browser = Browser(httpx.AsyncClient(transport=transport, base_url=base), self.loop)
        if name is not None:
            answer = browser.login(name)
            assert answer.status_code == 303, answer.text
        return browser

    def later(self, **parts: float) -> None:
        """Let time go on."""
        by = timedelta(**parts)
        self.time[0] += by
        self.seconds[0] += by.total_seconds()


@dataclass
class Browser:
    """A client that fills forms in as a person would."""

    http: httpx.AsyncClient
    loop: asyncio.AbstractEventLoop

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Any request."""
        return self.loop.run_until_complete(self.http.request(method, path, **more))

    def get(self, path: str, **more: Any) -> httpx.Response:
        """A page."""
        return self.request("GET", path, **more)

    def send(self, path: str, form: dict[str, str], **more: Any) -> httpx.Response:
        """A form exactly as it stands here."""
        return self.request("POST", path, data=form, **more)

    def post(self, path: str, **form: str) -> httpx.Response:
        """A form with the session's token."""
        return self.send(path, {"csrf": hidden(self.get("/console/password").text, "csrf"), **form})

    def login(self, name: str, password: str = PASSWORD, **more: str) -> httpx.Response:
        """Fill in the login's form."""
        before = hidden(self.get("/console/login").text, "before")
        return self.send("/console/login", {"name": name, "password": password, "before": before, **more})


def over(house: House, where: str, kind: type) -> None:
    """Wait until the errand at this address is done, whatever came of it."""
    errand = house.desk.errands.get(where.rsplit("/", 1)[-1], kind)
    assert errand is not None
    assert errand.over.wait(120)


def hidden(html: str, name: str) -> str:
    """The value of a hidden field."""
    return html.partition(f'name="{name}" value="')[2].partition('"')[0]


@pytest.fixture(scope="session", autouse=True)
def light_passwords() -> Iterator[None]:
    """Passwords that cost little, so that tests are quick."""
    light = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(users, "_hasher", light)
        patch.setattr(users, "_NOBODY", light.hash("nobody"))
        yield


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory, light_passwords: None) -> Path:
    """A database with tables and nothing in them, and three users, to be copied."""
    file = tmp_path_factory.mktemp("console") / "empty.db"
    upgrade(str(file))
    database = open_database(str(file))
    memory = Memory(database, Vault(bytes(32)), FolderShelf(file.parent))
    for name, role in (("ann", "agent"), ("ops", "operations"), ("root", "admin")):
        memory.users.add(name, role, PASSWORD, datetime(2026, 11, 1))
    database.close()
    return file


@pytest.fixture
def house(empty: Path, tmp_path: Path) -> Iterator[House]:
    """A console with the users ann (agent), ops (operations) and root (admin)."""
    file = tmp_path / "shop.db"
    file.write_bytes(empty.read_bytes())
    database = open_database(str(file))
    time, seconds = [datetime(2026, 11, 20, 10)], [1000.0]
    memory = Memory(database, Vault(bytes(32)), FolderShelf(tmp_path / "calls"))
    desk = Desk(memory, Origins(), lambda: time[0], lambda: seconds[0], ConsoleOptions("青禾优品"))
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    for router in routers(desk):
        app.include_router(router)
    loop = asyncio.new_event_loop()
    yield House(desk, app, time, seconds, loop)
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
    database.close()
