"""Recorded callers over real sockets with real recognition and a real voice; what the bot says is recognised again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.telephony.house import until
from tests.web.fake_twilio import ACCOUNT, PUBLIC, TOKEN, ring_with
from voicebot.app import App
from voicebot.audio import silence
from voicebot.call import Call
from voicebot.config import load
from voicebot.errors import VoicebotError
from voicebot.replay.caller import FixtureCaller
from voicebot.replay.far_end import ring_audiosocket
from voicebot.replay.far_end_twilio import TwilioCaller
from voicebot.replay.fixture import Fixture, load_fixture
from voicebot.replay.log import CallLog
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


@pytest.fixture(scope="module")
def app() -> App:
    made = App(load())
    try:
        for _, load_part in made.warming():
            load_part()
        made.understander.understand("你好", today=made.now().date())
    except VoicebotError as error:
        pytest.skip(str(error))
    return made


def said(app: App, pcm: bytes) -> str:
    """What the recogniser makes of the bot's own audio."""
    stream = app.recognizer.stream(None)
    stream.accept(pcm + silence(300))
    return stream.finish().text


async def _asterisk(http: int, audio: int, fixture: Fixture, building: Any) -> bytes:
    """Rings, is given back, and where he is to be transferred says that a human has answered."""
    async with httpx.AsyncClient(trust_env=False) as client:

        async def ask(path: str, **form: str) -> str:
            url = f"http://127.0.0.1:{http}/asterisk/{path}"
            return (await client.post(url, data={"secret": "sesame", **form})).text

        name = await ask("announce", called="4008", caller=fixture.script.caller or "")
        line = await ring_audiosocket(
            ("127.0.0.1", audio), UUID(name), FixtureCaller(fixture), building.pacer, building.clock
        )
        told = await line.done
        if fixture.script.ended == "transferred":
            assert await ask(f"{name}/next") == "600"
            assert await ask(f"{name}/outcome", status="ANSWER") == "True"
        else:
            assert await ask(f"{name}/next") == "over"
        return bytes(told.heard)


async def _twilio(http: int, fixture: Fixture, building: Any, log: Callable[[], CallLog | None]) -> bytes:
    """Rings; is he to be transferred, he is not, for Twilio's interface is not there: hears that, and hangs up."""
    line = TwilioCaller(FixtureCaller(fixture), building.pacer, building.clock)
    number = fixture.script.caller
    ringing = asyncio.create_task(ring_with(line, http, building, f"+86{number}" if number else "anonymous"))
    if fixture.script.ended != "transferred":
        await ringing
        return bytes(line.told.heard)

    def told_so() -> bool:
        entries = found.entries if (found := log()) is not None else []
        transfers = [entry.at for entry in entries if entry.kind == "transfer"]
        return any(entry.kind == "said" and entry.at > transfers[0] for entry in entries if transfers)

    await until(told_so, within=60)
    line.hang_up()
    await ringing
    return bytes(line.told.heard)


CALLS = {
    "asks_for_human": (["录音", "人工"], ["human_agent"]),
    "known_caller_recent_order": (["羽绒服", "快递员", "再见"], None),
}
"""What the bot must be heard to say, and what it must understand, where every turn has an intent of its own."""


@pytest.mark.parametrize("name", CALLS)
def test_a_recorded_caller_is_answered_over_both_wires(
    name: str, app: App, root: Path, tmp_path: Path
) -> None:
    fixture = load_fixture(root / "audio_fixtures" / f"{name}.yaml")
    words, intents = CALLS[name]
    now = fixture.script.at
    shop = app.demo_shop(now, tmp_path)
    catalogue, logs = shop.catalogue(), {}

    def call(ring: Ring) -> Call:
        return app.call(ring.call_id, now, catalogue)

    def observers(ring: Ring) -> list[Any]:
        logs[ring.line] = CallLog()
        return [logs[ring.line]]

    async def test() -> None:
        clock = app.clock
        workers = [Workers(2, name) for name in ("hearing", "speaking", "looking")]
        pacer = Pacer(clock)
        engines = Engines(app.recognizer, app.synthesizer, shop, *workers, pacer, clock)
        house = House(call, lambda _: engines, observers)
        lines = AsteriskLines(HERE, "sesame", DialplanOptions({"service": "600"}))
        account = TwilioLines(
            RestOptions(ACCOUNT, TOKEN, "http://127.0.0.1:9"), TwilioOptions({"service": "+861600"})
        )
        hotline = Hotline(
            HotlineOptions(WebOptions(HERE, PUBLIC), account, lines), house, clock, lambda: None
        )
        stop, ports = asyncio.Event(), []
        running = asyncio.create_task(hotline.run(stop, lambda *both: ports.append(both)))
        await until(lambda: ports or running.done())
        http, audio = ports[0]
        building = SimpleNamespace(pacer=pacer, clock=clock)
        heard = await asyncio.gather(
            _asterisk(http, audio, fixture, building),
            _twilio(http, fixture, building, lambda: logs.get("twilio")),
        )
        stop.set()
        await running
        for one in workers:
            one.close()
        for pcm in heard:
            text = said(app, pcm)
            assert [word for word in words if word not in text] == []

    async def timed() -> None:
        async with asyncio.timeout(100):
            await test()

    asyncio.run(timed())
    ends = {name: log.ended for name, log in logs.items()}
    if fixture.script.ended == "transferred":
        assert ends == {"asterisk": "transferred", "twilio": "caller"}
    else:
        assert ends == {"asterisk": "bot", "twilio": "bot"}
    for log in logs.values():
        heard = [entry.data["intents"][0]["name"] for entry in log.entries if entry.kind == "understood"]
        assert intents is None or heard == intents
