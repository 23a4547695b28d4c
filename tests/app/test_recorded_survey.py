"""Survey calls by recorded audio and real recognition: the right answers at the end, and a no in the middle."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.telephony.house import until
from tests.web.fake_twilio import ACCOUNT, PUBLIC, TOKEN, ring_with
from voicebot.actions import Record
from voicebot.app import App
from voicebot.app.campaign_files import script_of
from voicebot.call import Call, Placed
from voicebot.campaign.answers import Result, result_of
from voicebot.config import load
from voicebot.dialogue.script import Script
from voicebot.errors import VoicebotError
from voicebot.replay.caller import FixtureCaller
from voicebot.replay.far_end import ring_audiosocket
from voicebot.replay.far_end_twilio import TwilioCaller
from voicebot.replay.fixture import Fixture, load_fixture
from voicebot.replay.run import Stage, replay
from voicebot.runtime.driver import Engines
from voicebot.runtime.lobby import House
from voicebot.runtime.pacer import Pacer
from voicebot.runtime.workers import Workers
from voicebot.telephony.dialplan import DialplanOptions
from voicebot.telephony.reception import Ring
from voicebot.telephony.twilio_exchange import TwilioOptions
from voicebot.telephony.twilio_rest import RestOptions
from voicebot.web.hotline import AsteriskLines, Hotline, HotlineOptions, TwilioLines, WebOptions
from voicebot.web.serving import Place

pytestmark = pytest.mark.engines
HERE = Place("127.0.0.1", 0)
ANSWERS = {
    "received": "yes",
    "delivery": 3,
    "why": "送货太慢了等了好几天",
    "packing": "good",
    "notice": "yes",
    "orders": 5,
    "advice": "希望快递能送到家门口",
}


@pytest.fixture(scope="module")
def app() -> App:
    made = App(load())
    try:
        for _, load_part in made.warming():
            load_part()
    except VoicebotError as error:
        pytest.skip(str(error))
    return made


@pytest.fixture(scope="module")
def script(app: App, root: Path) -> Script:
    return script_of(app, root / "config" / "dialogues" / "outbound" / "delivery_survey.yaml")


def fixture_of(root: Path, name: str) -> Fixture:
    return load_fixture(root / "audio_fixtures" / "outbound" / f"{name}.yaml")


class Facts:
    """Keeps what a call records."""

    def __init__(self) -> None:
        self.facts: list[Record] = []

    def happened(self, event: object, actions: list[Any], place: int | None, speech: bool) -> None:
        self.facts += [one for one in actions if isinstance(one, Record)]

    @property
    def result(self) -> Result:
        return result_of(self.facts)


def check(name: str, result: Result) -> None:
    """What was said and pressed in this fixture is in the result, and nothing else."""
    assert result.details["answered_by"] == "human"
    if name == "survey":
        assert (result.outcome, dict(result.answers)) == ("completed", ANSWERS)
        assert result.details["classes"] == {"why": "slow"}
    else:
        assert (result.outcome, dict(result.answers)) == ("opted_out", {"received": "yes"})


@pytest.mark.parametrize("name", ["survey", "opt_out"])
def test_in_virtual_time(name: str, app: App, script: Script, root: Path, tmp_path: Path) -> None:
    fixture = fixture_of(root, name)

    def call(call_id: str, now: Any) -> Call:
        return app.call(call_id, now, script=script, placed=Placed())

    stage = Stage(call, app.recognizer, app.synthesizer, lambda now: app.demo_shop(now, tmp_path), 1)
    done = replay(fixture, stage, in_real_time=False)
    assert [verdict for verdict in done.verdicts if not verdict.held] == []
    facts = [Record(entry.kind, entry.data) for entry in done.log.entries]
    check(name, result_of(facts))


async def _over_audiosocket(http: int, audio: int, fixture: Fixture, building: Any) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        form = {"secret": "sesame", "called": "4008", "caller": "13812348866"}
        name = (await client.post(f"http://127.0.0.1:{http}/asterisk/announce", data=form)).text
    line = await ring_audiosocket(
        ("127.0.0.1", audio), UUID(name), FixtureCaller(fixture), building.pacer, building.clock
    )
    await line.done


async def _over_twilio(http: int, fixture: Fixture, building: Any) -> None:
    await ring_with(TwilioCaller(FixtureCaller(fixture), building.pacer, building.clock), http, building)


@pytest.mark.parametrize("name", ["survey", "opt_out"])
def test_over_both_wires(name: str, app: App, script: Script, root: Path, tmp_path: Path) -> None:
    fixture = fixture_of(root, name)
    shop = app.demo_shop(fixture.script.at, tmp_path)
    watched: dict[str, Facts] = {}

    def call(ring: Ring) -> Call:
        return app.call(ring.call_id, fixture.script.at, script=script, placed=Placed())

    def observers(ring: Ring) -> list[Any]:
        watched[ring.line] = Facts()
        return [watched[ring.line]]

    async def test() -> None:
        workers = [Workers(2, one) for one in ("hearing", "speaking", "looking")]
        pacer = Pacer(app.clock)
        engines = Engines(app.recognizer, app.synthesizer, shop, *workers, pacer, app.clock)
        house = House(call, lambda _: engines, observers)
        lines = AsteriskLines(HERE, "sesame", DialplanOptions({"service": "600"}))
        account = TwilioLines(RestOptions(ACCOUNT, TOKEN, "http://127.0.0.1:9"), TwilioOptions({}))
        options = HotlineOptions(WebOptions(HERE, PUBLIC), account, lines)
        hotline = Hotline(options, house, app.clock, lambda: None)
        stop, ports = asyncio.Event(), []
        running = asyncio.create_task(hotline.run(stop, lambda *both: ports.append(both)))
        await until(lambda: ports or running.done())
        http, audio = ports[0]
        building = SimpleNamespace(pacer=pacer, clock=app.clock)
        async with asyncio.timeout(150):
            await asyncio.gather(
                _over_audiosocket(http, audio, fixture, building), _over_twilio(http, fixture, building)
            )
        stop.set()
        await running
        for one in workers:
            one.close()

    asyncio.run(test())
    assert set(watched) == {"asterisk", "twilio"}
    for facts in watched.values():
        check(name, facts.result)
