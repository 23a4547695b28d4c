"""The shop's database is lost in the middle of a call over a real socket: an apology and a human, never silence."""

from __future__ import annotations

import asyncio
import gc
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import OperationalError

from tests.postgres import clear, database_url
from tests.telephony.house import Loudness, Tone, caller, until
from voicebot.app import App
from voicebot.app.demo import demo_database
from voicebot.app.engines import close
from voicebot.app.house import house, remembering_of
from voicebot.asr.scripted import ScriptedRecognizer
from voicebot.config import load
from voicebot.events import Event, Heard
from voicebot.replay.far_end import AudioSocketCaller, Told, ring_audiosocket
from voicebot.replay.log import CallLog
from voicebot.runtime.lobby import Lobby, LobbyOptions
from voicebot.runtime.metrics import Metrics
from voicebot.shop.demo.prepare import prepare_demo
from voicebot.store.database import connectable, read_url
from voicebot.telephony.audiosocket_server import AudioSocketServer
from voicebot.telephony.dialplan import Dialplan, DialplanOptions

pytestmark = pytest.mark.engines
PHONE = "13800006612"
ASKED = "我的快递到哪了"
SILENT_S = 8.0
"""So long a look-up is waited for; a word is said meanwhile."""


@pytest.fixture(scope="module")
def bot() -> App:
    """The shop's bot with a voice of tones, which hears whatever is loud."""
    made = App(load()).with_voice("tone")
    made.__dict__["vad"] = type("Vad", (), {"stream": lambda _: Loudness()})()
    made.understander.understand("你好", today=made.now().date())
    return made


def on(bot: App, url: str, folder: Path, *texts: str) -> App:
    """The same bot on this database."""
    settings = bot.config
    own = {
        "shop": settings.shop.model_copy(update={"database": url}),
        "recording": settings.recording.model_copy(update={"folder": folder / "calls"}),
        "privacy": settings.privacy.model_copy(update={"key_file": folder / "key"}),
    }
    made = App(settings.model_copy(update=own))
    made.__dict__.update(bot.__dict__ | {"config": made.config})
    made.__dict__["recognizer"] = ScriptedRecognizer(texts, partials=False)
    return made


class Gated:
    """A peer who does nothing before he may."""

    def __init__(self, peer: Any) -> None:
        self._peer = peer
        self._since: float | None = None
        self.open = False

    def tick(self, at: float, bot_speaks: bool) -> list[Event]:
        if not self.open:
            return [Heard(at, bytes(320))]
        self._since = at if self._since is None else self._since
        return [replace(one, at=at) for one in self._peer.tick(at - self._since, bot_speaks)]

    def transfer(self, at: float, to: str) -> Event:
        raise AssertionError(to)


class House:
    """The bot's own house with an AudioSocket, and whatever is seen of the one call."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.engines, self._remembering = replace(app.engines(), synthesizer=Tone(15)), remembering_of(app)
        self._remembering.tidy()
        self.log = CallLog()
        inside = house(app, self.engines, self._remembering)
        watched = replace(inside, observers=lambda ring: [*inside.observers(ring), self.log])
        self.dialplan = Dialplan(app.clock.now, DialplanOptions({"default": "600"}))
        self._lobby = Lobby(watched, Metrics(), LobbyOptions(stop_within_s=0.1))
        self._server = AudioSocketServer(self._lobby, self.dialplan)
        self.name = self.dialplan.announce(PHONE, "4008")
        self._port = 0

    async def __aenter__(self) -> House:
        self._port = await self._server.start("127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.close()
        await self._lobby.stop()
        close(self.engines)
        self._remembering.close()
        self._remembering.memory.database.close()

    async def ring(self, peer: Any) -> AudioSocketCaller:
        """The caller's line, the first time or when Asterisk gives him back."""
        here = ("127.0.0.1", self._port)
        return await ring_audiosocket(here, UUID(self.name), peer, self.engines.pacer, self.app.clock)

    def of(self, kind: str) -> list[Any]:
        """The data of every fact of this kind."""
        return [one.data for one in self.log.entries if one.kind == kind]

    def said(self) -> str:
        """All that the caller has heard."""
        return "".join(one["text"] for one in self.of("said"))


def longest_silence(told: Told) -> float:
    """Of the bot, in seconds, while the caller waits for it."""
    loud = [at for at, is_loud in told.loud if is_loud]
    return max(after - before for before, after in pairwise(loud))


_BEFORE: dict[str, Callable[[], object]] = {}
"""What comes before every statement on a database, by its URL."""


@event.listens_for(Engine, "before_cursor_execute")
def _before(connection: Any, *_: Any) -> None:
    do = _BEFORE.get(str(connection.engine.url))
    if do is not None:
        do()


@contextmanager
def broken(url: str) -> Iterator[None]:
    """Every statement fails."""

    def fail() -> None:
        raise OperationalError("SELECT", {}, sqlite3.OperationalError("disk I/O error"))

    _BEFORE[url] = fail
    try:
        yield
    finally:
        del _BEFORE[url]


@contextmanager
def hung(url: str) -> Iterator[None]:
    """No statement is ever answered."""
    over = threading.Event()
    _BEFORE[url] = lambda: over.wait(60)
    try:
        yield
    finally:
        over.set()
        del _BEFORE[url]


@contextmanager
def overwritten(url: str) -> Iterator[None]:
    """Something else has written over the file; what was not yet moved into it is gone."""
    file = Path(url.removeprefix("sqlite:///"))
    for path in file.parent.glob(f"{file.name}-*"):
        path.unlink()
    with file.open("r+b") as opened:
        opened.write(bytes(file.stat().st_size))
    yield


WAYS = {"broken": broken, "hung": hung, "overwritten": overwritten}


async def asks_after_the_loss(here: House, lose: AbstractContextManager[None]) -> Told:
    """He is greeted, the database is lost, and he asks where his parcel is."""
    turns: list[dict[str, Any]] = [{"caller": ASKED}, {"keys": "261118004217#"}, {"bot": {}}, {"bot": {}}]
    peer = Gated(caller(*turns))
    line = await here.ring(peer)
    await until(lambda: len(here.of("said")) >= 2)
    with lose:
        peer.open = True
        return await asyncio.wait_for(line.done, 60)


async def when_a_human_is_busy(here: House, lose: AbstractContextManager[None]) -> Told:
    """As above; the human whom the dialplan rings is busy, and he comes back."""
    with lose:
        await asks_after_the_loss(here, nullcontext())
        assert here.dialplan.outcome(here.name, "BUSY")
        turns: list[dict[str, Any]] = [{"bot": {}}, {"caller": "好的"}, {"bot": {}}, {"bot": {}}]
        return await asyncio.wait_for((await here.ring(caller(*turns))).done, 60)


CALLS = {
    "broken": (broken, asks_after_the_loss),
    "hung": (hung, asks_after_the_loss),
    "overwritten": (overwritten, asks_after_the_loss),
    "and the human is busy": (broken, when_a_human_is_busy),
}


@pytest.fixture(scope="module")
def calls(bot: App, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[House, Told, str]]:
    """Every call, side by side: what was seen, and what Asterisk was to do then."""

    async def one(here: House, url: str, way: str) -> tuple[House, Told, str]:
        lose, rings = CALLS[way]
        async with here:
            told = await rings(here, lose(url))
            return here, told, here.dialplan.next(here.name)

    async def everything() -> list[tuple[House, Told, str]]:
        houses = {}
        for way in CALLS:
            folder = tmp_path_factory.mktemp("lost")
            shutil.copyfile(demo_database(bot.now().date()), folder / "shop.db")
            url = f"sqlite:///{folder / 'shop.db'}"
            houses[way] = (House(on(bot, url, folder, ASKED, "好的", "好的")), url)
        return await asyncio.gather(*(one(here, url, way) for way, (here, url) in houses.items()))

    return dict(zip(CALLS, asyncio.run(everything()), strict=True))


@pytest.mark.parametrize("way", ["broken", "hung", "overwritten"])
def test_it_apologises_and_a_human_is_rung(calls: dict[str, tuple[House, Told, str]], way: str) -> None:
    here, told, then = calls[way]
    assert "抱歉" in here.said()
    assert "人工" in here.said()
    assert any("look-up" in one["why"] for one in here.of("failed"))
    assert told.handed_back
    assert then.startswith("600"), "the dialplan rings a human"
    assert longest_silence(told) < SILENT_S


def test_when_no_human_comes_either_the_caller_is_told(calls: dict[str, tuple[House, Told, str]]) -> None:
    here, told, then = calls["and the human is busy"]
    assert then == "over"
    assert here.of("ended") == [{"by": "bot"}]
    assert here.of("said")[-1]["finished"]
    assert longest_silence(told) < SILENT_S


@pytest.fixture
def postgres(bot: App) -> str:
    """The demonstration shop on PostgreSQL."""
    url = database_url()
    clear(url)
    prepare_demo(url, bot.now().date())
    return url


@contextmanager
def cut(url: str, *, for_good: bool) -> Iterator[None]:
    """Every connection to this database is ended; others can be made, or not."""
    name = read_url(url).database
    engine = connectable(read_url(url).set(database="postgres")).execution_options(
        isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {not for_good}'))
        ends = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
        connection.execute(text(ends), {"name": name})
        try:
            yield
        finally:
            connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'))
    engine.dispose()


@pytest.mark.postgres
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("for_good", [False, True], ids=["for a moment", "for good"])
def test_connections_to_postgres_are_cut(bot: App, postgres: str, tmp_path: Path, for_good: bool) -> None:
    """Started again, it answers the next question; gone, the caller is told and gets a human."""

    async def call() -> tuple[House, str]:
        async with House(on(bot, postgres, tmp_path, ASKED)) as here:
            await asks_after_the_loss(here, cut(postgres, for_good=for_good))
            return here, here.dialplan.next(here.name)

    here, then = asyncio.run(call())
    assert any("look-up" in one["why"] for one in here.of("failed")) is for_good
    assert then.startswith("600") is for_good
    assert "match_order" in [one["name"] for one in here.of("look")]
    del here
    gc.collect()
