"""Whole campaigns by recorded audio, one on each line: what was said is in the database, and a no holds everywhere.

dialler ──► Twilio (REST, webhook, media stream), Asterisk (ARI, AudioSocket), and a line in virtual time
        ──► the survey with real recognition ──► the database ──► `voicebot campaign results`
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from tests.app.test_recorded_survey import ANSWERS
from tests.telephony.house import until
from tests.web.fake_twilio import ACCOUNT, PUBLIC, TOKEN, Rest, Twilio, token_of
from tests.web.test_ari_line import Asterisk
from voicebot.app import App
from voicebot.app import campaigns as joined
from voicebot.app.campaign_files import read_files, script_of
from voicebot.app.campaigns import OutboundCalls
from voicebot.app.carriers import AriCarrier, Switchboard, TwilioCarrier, ring_of
from voicebot.app.demo import demo_database
from voicebot.campaign.answers import for_contact
from voicebot.campaign.contacts import Contact, Contacts
from voicebot.campaign.phones import read_number
from voicebot.cli import build
from voicebot.config import load
from voicebot.errors import VoicebotError
from voicebot.outbound.carrier import Order
from voicebot.outbound.dialler import Dialler
from voicebot.outbound.importing import Table, import_table
from voicebot.outbound.ledger import Ledger
from voicebot.replay.caller import FixtureCaller
from voicebot.replay.driver import VirtualDriver
from voicebot.replay.far_end_twilio import TwilioCaller
from voicebot.replay.fixture import Fixture, load_fixture
from voicebot.replay.log import Both
from voicebot.runtime.engines import Engines
from voicebot.runtime.lobby import House
from voicebot.runtime.pacer import Pacer
from voicebot.runtime.workers import Workers
from voicebot.store.migrate import open_database
from voicebot.telephony.ari_call import AriOptions
from voicebot.telephony.ari_client import AriAccess
from voicebot.telephony.twilio_exchange import TwilioOptions
from voicebot.telephony.twilio_rest import RestOptions
from voicebot.web.hotline import AsteriskLines, Hotline, HotlineOptions, TwilioLines, WebOptions
from voicebot.web.http_server import HttpServer
from voicebot.web.serving import Place

pytestmark = pytest.mark.engines
ROOT = Path(__file__).resolve().parents[2]
HERE = Place("127.0.0.1", 0)
NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
LINES = ("simulated", "asterisk", "twilio")


@pytest.fixture(scope="module")
def app() -> App:
    made = App(load())
    try:
        for _, load_part in made.warming():
            load_part()
        made.understander.understand("你好", today=NOW.date())
    except VoicebotError as error:
        pytest.skip(str(error))
    return made


@dataclass
class AnsweringAsterisk(Asterisk):
    """Whoever is rung answers at once."""

    tasks: list[Any] = field(default_factory=list)

    async def _do(self, method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> int:
        parts = path.split("/")
        if method == "POST" and len(parts) == 2 and parts[1].startswith("voicebot-out-"):
            self.channels.add(parts[1])
            answered = self.event("StasisStart", parts[1], args=query["appArgs"].split(","))
            self.tasks.append(asyncio.create_task(answered))
            return 200
        return await super()._do(method, path, query, body)


class VirtualLine:
    """A line on which the recorded caller answers, in virtual time; everything behind it is what live lines have."""

    free = 1

    def __init__(self, calls: OutboundCalls, house: House, engines: Engines, fixture: Fixture) -> None:
        self._calls, self._house, self._engines, self._fixture = calls, house, engines, fixture

    async def dial(self, order: Order) -> str:
        await asyncio.to_thread(self._talk, order)
        return "virtual"

    def _talk(self, order: Order) -> None:
        ring, engines = ring_of(order), self._engines
        call = self._house.call(ring)
        first, *more = self._house.observers(ring)
        watching: Any = first if not more else Both(first, more[0])
        driver = VirtualDriver(call, engines.recognizer, engines.synthesizer, engines.shop, watching)
        driver.run(FixtureCaller(self._fixture))
        self._house.finished(ring, driver, None)  # type: ignore[arg-type]

    async def find(self, order: Order) -> Any:
        return "unknown"

    def ended(self) -> Any:
        return self._calls.board.take()


class Shop:
    """A copy of the demonstration shop, with campaigns on each line."""

    def __init__(self, app: App, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        file = folder / "shop.db"
        file.write_bytes(demo_database(NOW.date()).read_bytes())
        self.app, self.url = app, f"sqlite:///{file}"
        self.database = open_database(self.url)
        monkeypatch.setattr(joined, "instant", lambda _: NOW)
        hearing, speaking, looking = self.workers = [
            Workers(2, one) for one in ("hearing", "speaking", "looking")
        ]
        shop, pacer = app.shop(self.url, lambda: NOW), Pacer(app.clock)
        self.engines = Engines(
            app.recognizer, app.synthesizer, shop, hearing, speaking, looking, pacer, app.clock
        )
        board = Switchboard(lambda: 3, lambda: NOW)
        self.calls = OutboundCalls(app, self.database, None, self.workers[2], board)
        self.phones = dict(zip(LINES, self._phones(), strict=True))

    def _phones(self) -> list[str]:
        """Numbers whose contacts are asked in the order in which the recording answers."""
        script = script_of(self.app, ROOT / "config" / "dialogues" / "outbound" / "delivery_survey.yaml")
        wanted = script.constants["survey"]["order_1"]
        numbers = (f"+861381234{last:04d}" for last in range(1000))
        fit = [one for one in numbers if for_contact(script, one).constants["survey"]["order_1"] == wanted]
        return fit[:3]

    def campaign(self, name: str, line: str, phones: Sequence[str], state: str, more: str = "") -> None:
        """A campaign of these contacts; `more` is put into its file."""
        path = ROOT / "config" / "campaigns" / "delivery-survey.yaml"
        told = path.read_text("utf-8").replace("name: delivery-survey", f"name: {name}")
        told = told.replace("line: simulated", f"line: {line}\ncaller_id: '+8657188881234'\n{more}")
        files = read_files(self.app, path, told)
        campaigns = self.calls.campaigns
        campaigns.create(files.terms, str(path))
        contacts = [Contact(n, read_number(one), {"surname": "李"}) for n, one in enumerate(phones, 2)]
        import_table(campaigns, name, Table("x.csv", name, "utf-8", Contacts(tuple(contacts), ())))
        for move in {"ready": (), "running": ("start",), "paused": ("start", "pause")}[state]:
            campaigns.move(name, move)

    def rows(self, sql: str) -> list[Any]:
        with self.database.reading() as session:
            return [tuple(row) for row in session.execute(text(sql))]

    def results(self, name: str) -> dict[str, Any]:
        """The row of a campaign's first contact, as `voicebot campaign results` tells it."""
        told = CliRunner().invoke(build(), ["campaign", "results", name, "--database", self.url, "--json"])
        assert told.exit_code == 0, told.output
        found: dict[str, Any] = json.loads(told.stdout.splitlines()[0])
        return found

    def close(self) -> None:
        for one in self.workers:
            one.close()
        self.database.close()


@pytest.fixture
def shop(app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    made = Shop(app, tmp_path, monkeypatch)
    yield made
    made.close()


@asynccontextmanager
async def lines(shop: Shop, house: House, peer: FixtureCaller) -> Any:
    """The hotline with a fake Asterisk and a fake Twilio beside it; `peer` answers what Asterisk rings."""
    building: Any = SimpleNamespace(pacer=shop.engines.pacer, clock=shop.app.clock)
    asterisk, rest = AnsweringAsterisk(building, [peer]), Rest()
    servers = HttpServer(asterisk.app()), HttpServer(rest.app())
    ari, api = [await one.start("127.0.0.1", 0) for one in servers]
    control = AriOptions(media_address="127.0.0.1:1")
    access = AriAccess(f"http://127.0.0.1:{ari}/ari", "bot", "sesame")
    account = TwilioLines(RestOptions(ACCOUNT, TOKEN, f"http://127.0.0.1:{api}"), TwilioOptions({}))
    options = HotlineOptions(
        WebOptions(HERE, PUBLIC), account, AsteriskLines(HERE, access=access, control=control)
    )
    hotline = Hotline(options, house, shop.app.clock, lambda: None)
    stop, ports = asyncio.Event(), []
    running = asyncio.create_task(hotline.run(stop, lambda *both: ports.append(both)))
    await until(lambda: running.done() or (ports and hotline.ari is not None and hotline.ari.connected))
    asterisk.bot_port = ports[0][1]
    async with httpx.AsyncClient(trust_env=False) as client:
        try:
            yield hotline, rest, Twilio(building, hotline.twilio, rest, ports[0][0], client)  # type: ignore[arg-type]
        finally:
            stop.set()
            await running
            for one in servers:
                await one.close()


async def _ring_all(shop: Shop, fixture: Fixture) -> None:
    """Dial every campaign's contact, until all calls are over and written down."""
    house = shop.calls.join(House(lambda _: None, lambda _: shop.engines))  # type: ignore[arg-type, return-value]
    async with lines(shop, house, FixtureCaller(fixture)) as (hotline, rest, twilio):
        client = hotline.ari
        carriers: dict[str, Any] = {
            "simulated": VirtualLine(shop.calls, house, shop.engines, fixture),
            "twilio": TwilioCarrier(shop.calls.board, hotline.twilio),
            "asterisk": AriCarrier(shop.calls.board, client.protocol, lambda: client.connected),
        }
        ledger = Ledger(shop.database, "one", timedelta(minutes=9), timedelta(minutes=1))
        dialler = Dialler(ledger, carriers, lambda: NOW)
        async with asyncio.timeout(200):
            await dialler.step()
            path, form = rest.asked[0]
            assert (path, form["To"]) == ("Calls.json", shop.phones["twilio"])
            token = token_of(await twilio.post(form["Url"], CallSid="CAhuman1", AnsweredBy="human"))
            caller = TwilioCaller(FixtureCaller(fixture), shop.engines.pacer, shop.app.clock)
            await twilio.stream(caller, token, "CAhuman1")
            while dialler.open:
                await dialler.step()
                await asyncio.sleep(0.1)


def ring_all(shop: Shop, name: str) -> None:
    for line in LINES:
        shop.campaign(line, line, [shop.phones[line]], "running")
    asyncio.run(_ring_all(shop, load_fixture(ROOT / "audio_fixtures" / "outbound" / f"{name}.yaml")))


def right(answers: dict[str, Any]) -> bool:
    """What was said and pressed; in what was said in own words one character may have been misheard."""
    return list(answers) == list(ANSWERS) and all(
        misheard(str(answers[name]), str(wanted)) <= (1 if name in {"why", "advice"} else 0)
        for name, wanted in ANSWERS.items()
    )


def misheard(heard: str, said: str) -> int:
    return sum(a != b for a, b in zip_longest(heard, said))


def test_on_every_line_the_right_answers_are_in_the_database(shop: Shop) -> None:
    ring_all(shop, "survey")
    stored = shop.rows(
        "SELECT c.name, d.outcome, d.answers, d.details FROM campaign_dials d "
        "JOIN campaigns c ON c.id = d.campaign_id ORDER BY c.name"
    )
    assert [row[:2] for row in stored] == [(line, "completed") for line in sorted(LINES)]
    for row in stored:
        answers, details = json.loads(row[2]), json.loads(row[3])
        assert right(answers), (row[0], answers)
        assert (details["survey"], details["classes"]) == ("completed", {"why": "slow"})
        assert details["answered_by"] == "human"
    for line in LINES:
        told = shop.results(line)
        assert (told["phone"], told["outcome"]) == (shop.phones[line], "completed")
        assert right(told["answers"]), told
        assert (told["survey"], told["skipped"], told["unanswered"]) == ("completed", [], [])


def test_on_every_line_a_no_in_the_middle_is_honoured_everywhere(shop: Shop) -> None:
    everybody = [shop.phones[line] for line in LINES]
    shop.campaign("later", "simulated", everybody, "running", "starts: 2026-11-23")
    shop.campaign("paused", "simulated", everybody, "paused")
    ring_all(shop, "opt_out")
    for line in LINES:
        told = shop.results(line)
        assert (told["outcome"], told["answers"]) == ("opted_out", {"received": "yes"}), line
        assert (told["survey"], told["unanswered"]) == ("begun", ["delivery"])
        assert (told["contact_state"], "cn-do-not-call" in told["because"]) == ("refused", True)
    assert {row[0] for row in shop.rows("SELECT phone FROM do_not_call")} == set(everybody)
    known = {row[0] for row in shop.rows("SELECT phone FROM opt_outs")}
    assert {phone.removeprefix("+86") for phone in everybody} <= known
    for other in ("later", "paused"):
        row = shop.results(other)
        assert (row["contact_state"], row["outcome"]) == ("refused", None)
        assert "对方已经拒绝来电" in row["because"]
    waiting = shop.rows("SELECT count(*) FROM campaign_contacts WHERE state = 'waiting'")
    assert waiting == [(0,)]
