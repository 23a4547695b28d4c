"""A dialled call on the shop's lines: what is asked of the line, whose call it becomes, and what is written back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from voicebot.actions import Do, HangUp, Record
from voicebot.agents.skills import Needs
from voicebot.app import App, campaigns
from voicebot.app.campaign_files import read_files
from voicebot.app.campaigns import OutboundCalls, free_lines, told
from voicebot.app.carriers import AriCarrier, AriLookup, Switchboard, TwilioCarrier, TwilioLookup, ring_of
from voicebot.config import load
from voicebot.dialogue import begin, parse_script
from voicebot.events import HungUp, Woke
from voicebot.outbound.carrier import Ended, NotPlacedError, Order
from voicebot.outbound.dialler import Dialler
from voicebot.runtime.agent_desk import AgentDesk
from voicebot.runtime.live import Hub
from voicebot.runtime.lobby import House
from voicebot.telephony.ari import AriOptions, AriProtocol, Request
from voicebot.telephony.ari_call import name_of
from voicebot.telephony.ari_client import AriAccess, AriClient
from voicebot.telephony.twilio_exchange import Addresses, TwilioExchange
from voicebot.telephony.twilio_rest import Outgoing, RestFailed

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
ORDER = Order(
    dial="d1", campaign="follow-up", campaign_id=1, contact_id=1, phone="+8613800006612", line="asterisk",
    caller_id="057188881234", endpoint="PJSIP/{number}@trunk", ring_s=25, asked=NOW, facts={"name": "王芳"},
)  # fmt: skip


class Rest:
    """Twilio's REST interface as far as dialling goes."""

    def __init__(self) -> None:
        self.placed: list[Outgoing] = []
        self.error = ""

    async def place(self, outgoing: Outgoing) -> str:
        if self.error:
            raise RestFailed(self.error)
        self.placed.append(outgoing)
        return "CA1"

    async def redirect(self, call_sid: str, twiml: str) -> None:
        raise AssertionError

    async def complete(self, call_sid: str) -> None:
        raise AssertionError


def board() -> Switchboard:
    return Switchboard(lambda: 3, lambda: NOW)


def ari() -> tuple[AriCarrier, AriProtocol, list[Request], Switchboard]:
    asked: list[Request] = []
    protocol = AriProtocol(AriOptions(), lambda _, requests: asked.extend(requests))
    switchboard = board()
    return AriCarrier(switchboard, protocol, lambda: True), protocol, asked, switchboard


def test_asterisk_rings_and_tells_who_was_not_reached() -> None:
    carrier, protocol, asked, _ = ari()
    name = asyncio.run(carrier.dial(ORDER))
    assert asked[0].query["endpoint"] == "PJSIP/13800006612@trunk"
    assert asked[0].query["timeout"] == "25"
    assert asyncio.run(carrier.find(ORDER)) == "open"
    protocol.receive({"type": "ChannelDestroyed", "channel": {"id": f"voicebot-out-{name}"}, "cause": 17})
    (ended,) = carrier.ended()
    assert (ended.dial, ended.outcome) == ("d1", "busy")
    assert carrier.ended() == []
    assert asyncio.run(carrier.find(ORDER)) == "unknown"


def test_what_rang_when_the_connection_to_asterisk_was_lost_is_settled_when_it_is_back() -> None:
    channels: list[dict[str, Any]] = []
    answer = httpx.MockTransport(
        lambda request: httpx.Response(200, json=channels if request.url.path.endswith("channels") else [])
    )

    async def come_back() -> list[tuple[str, str]]:
        client = AriClient(AriAccess("http://asterisk/ari", "u", "p"), AriOptions())
        client._http = httpx.AsyncClient(transport=answer)
        switchboard = board()
        carrier = AriCarrier(switchboard, client.protocol, lambda: True)
        for dial in ("d1", "d2"):
            await carrier.dial(Order(**{**_fields(ORDER), "dial": dial}))
        channels.append({"id": f"voicebot-out-{name_of('d2')}"})
        await client._reconcile()
        still = await carrier.find(Order(**{**_fields(ORDER), "dial": "d2"}))
        over = [(one.dial, one.outcome) for one in carrier.ended()]
        await client.close()
        return [*over, ("d2", str(still))]

    assert asyncio.run(come_back()) == [("d1", "lost"), ("d2", "open")]


@pytest.mark.parametrize(
    ("answer", "fate"),
    [
        (httpx.Response(404, json={"message": "Channel not found"}), "lost"),
        (httpx.Response(200, json={"id": "x", "state": "Ringing"}), "open"),
        (httpx.Response(503), "unknown"),
    ],
)
def test_asterisk_is_asked_for_the_channel_of_a_call_of_another_process(
    answer: httpx.Response, fate: str
) -> None:
    asked: list[str] = []

    def serve(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return answer

    async def ask() -> Any:
        lookup = AriLookup(AriAccess("http://asterisk/ari", "u", "p"), lambda: NOW)
        lookup._http = httpx.AsyncClient(transport=httpx.MockTransport(serve))
        carrier = AriCarrier(board(), AriProtocol(AriOptions(), lambda *_: None), lambda: True, lookup)
        found = await carrier.find(ORDER)
        await lookup.close()
        return found

    found = asyncio.run(ask())
    assert (found.outcome if isinstance(found, Ended) else found) == fate
    placing, _, requests, _ = ari()
    asyncio.run(placing.dial(ORDER))
    assert asked == [f"/ari{requests[0].path}"]


def test_the_missed_end_of_a_call_of_this_process_is_asked_for_when_it_must_be_over() -> None:
    async def gone(order: Order) -> Any:
        return Ended(order.dial, "no_answer", NOW)

    at = [NOW]
    switchboard = Switchboard(lambda: 3, lambda: at[0], timedelta(minutes=20))
    carrier = AriCarrier(switchboard, AriProtocol(AriOptions(), lambda *_: None), lambda: True, gone)
    asyncio.run(carrier.dial(ORDER))
    at[0] = NOW + timedelta(minutes=19)
    assert asyncio.run(carrier.find(ORDER)) == "open"
    at[0] = NOW + timedelta(minutes=21)
    assert asyncio.run(carrier.find(ORDER)).outcome == "no_answer"
    assert switchboard.open == {}


@pytest.mark.parametrize(
    ("cause", "outcome"), [(19, "no_answer"), (21, "rejected"), (1, "bad_number"), (38, "failed")]
)
def test_causes_of_asterisk(cause: int, outcome: str) -> None:
    carrier, protocol, _, _ = ari()
    name = asyncio.run(carrier.dial(ORDER))
    protocol.receive({"type": "ChannelDestroyed", "channel": {"id": f"voicebot-out-{name}"}, "cause": cause})
    assert carrier.ended()[0].outcome == outcome


def test_asterisk_brings_the_answered_call_with_what_is_known() -> None:
    carrier, protocol, _, _ = ari()
    name = asyncio.run(carrier.dial(ORDER))
    protocol.receive(
        {"type": "StasisStart", "channel": {"id": f"voicebot-out-{name}"}, "args": ["out", name]}
    )
    ring = protocol.ring(name)
    assert ring is not None
    assert (ring.caller, ring.details["dial"], ring.details["contact"]) == (
        "+8613800006612",
        "d1",
        {"name": "王芳"},
    )


def test_without_a_connection_nobody_is_rung() -> None:
    carrier = AriCarrier(board(), AriProtocol(AriOptions(), lambda *_: None), lambda: False)
    assert carrier.free == 0
    with pytest.raises(NotPlacedError) as caught:
        asyncio.run(carrier.dial(ORDER))
    assert caught.value.outcome == "not_asked"


def test_twilio_rings_and_tells() -> None:
    rest, switchboard = Rest(), board()
    exchange = TwilioExchange(rest, lambda: 0.0)
    carrier = TwilioCarrier(switchboard, exchange)
    with pytest.raises(NotPlacedError):
        asyncio.run(carrier.dial(ORDER))
    exchange.addresses = Addresses("https://bot.example.com", "wss://bot.example.com")
    assert asyncio.run(carrier.dial(ORDER)) == "CA1"
    assert rest.placed[0].to == "+8613800006612"
    exchange.status("CA1", "no-answer")
    assert [one.outcome for one in carrier.ended()] == ["no_answer"]


@pytest.mark.parametrize(
    ("error", "certain"), [("TwilioRestException: HTTP 400", True), ("ConnectTimeout: x", False)]
)
def test_twilio_says_no_or_says_nothing(error: str, certain: bool) -> None:
    rest = Rest()
    rest.error = error
    exchange = TwilioExchange(rest, lambda: 0.0)
    exchange.addresses = Addresses("https://bot.example.com", "wss://bot.example.com")
    with pytest.raises(NotPlacedError if certain else RestFailed):
        asyncio.run(TwilioCarrier(board(), exchange).dial(ORDER))


@pytest.mark.parametrize(
    ("answer", "fate"),
    [
        (httpx.Response(404), "never"),
        (httpx.Response(200, json={"status": "ringing"}), "open"),
        (httpx.Response(200, json={"status": "busy"}), "busy"),
        (httpx.Response(200, json={"status": "completed"}), "abandoned"),
        (httpx.Response(503), "unknown"),
    ],
)
def test_what_twilio_knows_of_a_call_of_another_process(answer: httpx.Response, fate: str) -> None:
    async def ask() -> Any:
        lookup = TwilioLookup(("AC1", "t"), lambda: NOW)
        lookup._http = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: answer))
        found = await lookup(Order(**{**_fields(ORDER), "ref": "CA1"}))
        await lookup.close()
        return found

    found = asyncio.run(ask())
    assert (found.outcome if isinstance(found, Ended) else found) == fate


@pytest.mark.parametrize(
    ("calls", "later", "fate"),
    [
        ([], 90, "never"),
        ([], 10, "unknown"),
        ([{"status": "no-answer", "date_created": "Fri, 20 Nov 2026 02:00:03 +0000"}], 90, "no_answer"),
        ([{"status": "busy", "date_created": "Fri, 20 Nov 2026 01:00:00 +0000"}], 90, "never"),
    ],
)
def test_a_call_whose_name_was_never_learned_is_found_by_number(
    calls: list[Any], later: int, fate: str
) -> None:
    async def ask() -> Any:
        lookup = TwilioLookup(("AC1", "t"), lambda: NOW + timedelta(seconds=later))
        answer = httpx.MockTransport(lambda _: httpx.Response(200, json={"calls": calls}))
        lookup._http = httpx.AsyncClient(transport=answer)
        found = await lookup(ORDER)
        await lookup.close()
        return found

    found = asyncio.run(ask())
    assert (found.outcome if isinstance(found, Ended) else found) == fate


def _fields(order: Order) -> dict[str, Any]:
    return {name: getattr(order, name) for name in Order.__dataclass_fields__}


def test_facts_go_into_the_script_and_what_is_empty_does_not() -> None:
    text = (ROOT / "tests" / "outbound" / "tiny.yaml").read_text("utf-8")
    script = parse_script(text)
    own = told(script, {"name": "王芳", "order": "", "secret": 1}, {"day": "周五"})
    assert own.constants["contact"] == {"name": "王芳", "order": "您的订单", "secret": 1}
    assert own.constants["campaign"] == {"day": "周五"}
    assert script.constants["contact"]["name"] == "您"
    assert begin(own).ended == "open"


class Workers:
    """Does at once what is submitted."""

    def submit(self, job: Callable[[], object]) -> None:
        job()


def test_a_dialled_call_is_the_campaigns_and_its_result_is_written_back(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(App, "call", lambda _self, call_id, *_, **given: (call_id, given))
    app = App(load(ROOT / "config"))
    files = read_files(app, ROOT / "config" / "campaigns" / "follow-up.yaml")
    desk.campaigns.create(files.terms, str(files.path))
    desk.clock.at = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
    desk.add("follow-up", "13800006612")
    desk.campaigns.move("follow-up", "start")
    calls = OutboundCalls(app, desk.database, None, Workers(), Switchboard(lambda: 5, desk.clock))  # type: ignore[arg-type]
    carrier = _Answering(calls)
    dialler = Dialler(desk.ledger(), {"simulated": carrier}, desk.clock)
    asyncio.run(dialler.step())
    assert carrier.other == "hotline"
    given = carrier.made[1]
    assert given["script"].constants["contact"]["name"] == "王芳"
    assert given["placed"].machine == "retry"
    asyncio.run(dialler.step())
    assert desk.rows("SELECT outcome, converted, call FROM campaign_dials") == [("opted_out", True, "call-1")]
    assert desk.rows("SELECT state FROM campaign_contacts") == [("refused",)]
    assert desk.one("SELECT phone FROM do_not_call") == "+8613800006612"
    assert desk.one("SELECT answers FROM campaign_dials") in ('{"satisfied": 5}', {"satisfied": 5})


class _Answering:
    """A line on which everybody answers; the call itself is made and not run, what it would record is told."""

    free = 5

    def __init__(self, calls: OutboundCalls) -> None:
        self._calls = calls
        self.other = ""
        self.made: Any = None

    async def dial(self, order: Order) -> str:
        inside = House(lambda _: "hotline", lambda _: None)  # type: ignore[arg-type, return-value]
        house = self._calls.join(inside)
        ring = ring_of(order)
        self.other = str(house.call(type(ring)("x", "asterisk")))
        self.made = house.call(ring)
        (watching,) = house.observers(ring)
        answered = [Record("said", {"text": "您好"}), Record("answer", {"question": "satisfied", "value": 5})]
        watching.happened(Woke(1.0), [*answered, Record("satisfied", {})], None, False)
        watching.happened(Woke(2.0), [Do(1, "opt_out", {}, "k"), HangUp("opted_out")], None, False)
        watching.happened(HungUp(3.0, "bot"), [], None, False)
        house.finished(type(ring)("call-1", "asterisk", details=ring.details), None, None)  # type: ignore[arg-type]
        return "ref"

    async def find(self, order: Order) -> Any:
        return "unknown"

    def ended(self) -> Any:
        return self._calls.board.take()


@pytest.mark.parametrize(("running", "free"), [(0, 10), (8, 2), (20, 0)])
def test_callers_keep_their_lines(running: int, free: int) -> None:
    class Lobby:
        stopping = False
        calls = running

    assert free_lines(App(load(ROOT / "config")), Lobby()) == free  # type: ignore[arg-type]


def test_what_fails_beside_the_lines_is_begun_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(campaigns, "AGAIN_S", 0.001)
    stop, times = asyncio.Event(), []

    async def job() -> None:
        times.append(1)
        if len(times) == 3:
            stop.set()
        raise RuntimeError("broken")

    asyncio.run(campaigns._kept(job, stop))
    assert len(times) == 3


def test_the_humans_who_are_free_are_counted_at_the_desk_unless_the_settings_say_how_many(desk: Any) -> None:
    config = load(ROOT / "config")
    hub = Hub()
    agents = AgentDesk(hub, lambda: 0.0)
    calls = OutboundCalls(App(config), desk.database, None, Workers(), board(), agents=agents)  # type: ignore[arg-type]
    assert calls.free_humans() == 0
    for name in ("ann", "ben", "cid"):
        agents.queue.begin_duty(name, (), 0.0)
    assert calls.free_humans() == 3
    agents.queue.enter("call-1", Needs(), 1.0)
    assert calls.free_humans() == 2
    agents.queue.accept("ann", "call-1", 2.0)
    assert calls.free_humans() == 2
    told = config.model_copy(update={"campaigns": config.campaigns.model_copy(update={"humans": 7})})
    assert replace(calls, app=App(told)).free_humans() == 7
    alone = config.model_copy(update={"desk": config.desk.model_copy(update={"on": False})})
    assert replace(calls, app=App(alone)).free_humans() is None
