"""Whole calls over Twilio's webhooks and media streams, on the loopback."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket as sockets
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.client import ClientProtocol
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.protocol import State
from websockets.uri import parse_uri

from tests.telephony.house import Loudspeaker, caller, until
from tests.together import Together
from tests.web.fake_twilio import PUBLIC, token_of, twilio
from voicebot.replay.far_end_twilio import FORM
from voicebot.runtime.lobby import LobbyOptions
from voicebot.telephony.reception import Ring
from voicebot.telephony.twilio_exchange import TwilioOptions
from voicebot.telephony.twilio_rest import RestFailed
from voicebot.web.http_server import MESSAGE_BYTES

NUMBERS = {"service": "+861600"}


class Mute:
    """A peer that does nothing at all."""

    def tick(self, at: float, bot_speaks: bool) -> list[Any]:
        return []

    def transfer(self, at: float, to: str) -> Any:
        raise AssertionError


together = Together()


@together
async def a_call_with_speech_keys_and_goodbye() -> None:
    async with twilio("查订单", "再见") as far:
        peer = caller({"caller": "查订单"}, {"keys": "20261120#"}, {"caller": "再见"})
        line = far.caller(peer)
        await far.stream(line, await far.ring())
        assert [said["text"] for said in far.building.kinds("said")] == [
            "这里是机器人并且录音", "请问有什么可以帮您", "订单号是多少", "订单在路上",
            "请问有什么可以帮您", "谢谢再见",
        ]  # fmt: skip
        assert far.building.kinds("began")[0]["caller"] == "+8613800006612"
        assert far.building.kinds("keyed") == [{"keys": "20261120"}]
        assert far.building.kinds("ended") == [{"by": "bot"}]
        await until(lambda: far.building.finished)


@together
async def barge_in_clears_what_twilio_holds_and_nothing_follows() -> None:
    async with twilio("查订单", character_ms=60) as far:
        line = far.caller(caller({"caller": "查订单", "barge_in_ms": 650}, speech_ms=1500))
        streaming = asyncio.create_task(far.stream(line, await far.ring()))
        await until(lambda: line.cleared)
        (cleared,) = line.cleared
        await asyncio.sleep(0.2)
        assert not [when for when, loud in line.told.loud if loud and when > cleared + 0.001]
        line.hang_up()
        await streaming
        await until(lambda: far.building.finished)
        assert far.building.kinds("ended") == [{"by": "caller"}]


@together
async def the_bots_own_voice_from_a_loudspeaker_does_not_stop_it() -> None:
    async with twilio(character_ms=150) as far:
        peer = Loudspeaker()
        line = far.caller(peer)
        peer.told = line.told
        streaming = asyncio.create_task(far.stream(line, await far.ring()))
        await until(lambda: far.building.logs and len(far.building.kinds("said")) == 2)
        assert all(said["finished"] for said in far.building.kinds("said"))
        assert not line.cleared
        assert far.building.kinds("listen") == [], "nobody was heard"
        line.hang_up()
        await streaming


async def to_the_transfer(far: Any) -> tuple[Any, str]:
    """A caller who wants a human, up to what Twilio is asked to do; returns the stream and the TwiML."""
    line = far.caller(caller({"caller": "转人工"}))
    streaming = asyncio.create_task(far.stream(line, await far.ring()))
    await until(lambda: far.rest.asked)
    path, form = far.rest.asked[0]
    assert path == "Calls/CA1.json"
    line.hang_up()
    await streaming
    return line, form["Twiml"]


def attribute(markup: str, tag: str, name: str) -> str:
    found = ET.fromstring(markup).find(f".//{tag}")
    assert found is not None, markup
    return found.attrib[name]


@together
async def a_human_takes_the_call_after_a_whisper() -> None:
    async with twilio("转人工") as far:
        _, markup = await to_the_transfer(far)
        assert "+861600" in markup
        heard = await far.post(attribute(markup, "Number", "url"), CallSid="CA9")
        sentences = [say.text for say in heard.iter("Say")]
        assert "客户" in (sentences[0] or "")
        accept = next(heard.iter("Gather")).attrib["action"]
        assert len(await far.post(accept, Digits="1")) == 0
        await until(lambda: far.building.finished)
        assert far.building.log.ended == "transferred"
        over = await far.post(attribute(markup, "Dial", "action"), DialCallStatus="completed")
        assert [child.tag for child in over] == ["Hangup"]


@together
async def nobody_takes_the_transfer_and_the_caller_comes_back_to_the_same_talk() -> None:
    async with twilio("转人工") as far:
        _, markup = await to_the_transfer(far)
        back = await far.post(attribute(markup, "Dial", "action"), DialCallStatus="busy")
        line = far.caller(Mute())
        await far.stream(line, token_of(back))
        await until(lambda: far.building.finished)
        assert far.building.kinds("said")[-1]["text"] == "没有人"
        assert any(loud for _, loud in line.told.loud)
        assert far.building.kinds("ended") == [{"by": "bot"}]


@together
async def a_human_who_declines_gives_the_caller_back() -> None:
    async with twilio("转人工") as far:
        _, markup = await to_the_transfer(far)
        heard = await far.post(attribute(markup, "Number", "url"))
        declined = await far.post(next(heard.iter("Gather")).attrib["action"], Digits="2")
        assert [child.tag for child in declined] == ["Hangup"]
        action = attribute(markup, "Dial", "action")
        back = await far.post(action, DialCallStatus="completed", DialBridged="false")
        await far.stream(far.caller(Mute()), token_of(back))
        assert far.building.kinds("said")[-1]["text"] == "没有人"


@together
async def a_caller_who_hangs_up_while_the_human_is_rung_is_not_announced_to_him() -> None:
    async with twilio("转人工") as far:
        _, markup = await to_the_transfer(far)
        await far.post("/twilio/status", CallSid="CA1", CallStatus="completed")
        await until(lambda: far.building.finished)
        assert far.building.kinds("ended") == [{"by": "caller"}]
        heard = await far.post(attribute(markup, "Number", "url"))
        assert [child.tag for child in heard] == ["Hangup"]


@together
async def twilio_refuses_the_transfer_and_the_caller_stays_with_the_bot() -> None:
    async with twilio("转人工") as far:
        far.rest.refuse = True
        await far.stream(far.caller(caller({"caller": "转人工"})), await far.ring())
        assert far.building.kinds("said")[-1]["text"] == "没有人"


WARM = TwilioOptions(NUMBERS, warm=True, caller_id="+864008000")


@together
async def a_warm_transfer_joins_them_in_a_conference() -> None:
    async with twilio("转人工", options=WARM) as far:
        _, markup = await to_the_transfer(far)
        assert attribute(markup, "Conference", "startConferenceOnEnter") == "false"
        await until(lambda: len(far.rest.asked) == 2)
        path, human = far.rest.asked[1]
        assert (path, human["To"], human["From"]) == ("Calls.json", "+861600", "+864008000")
        heard = await far.post(human["Url"])
        joined = await far.post(next(heard.iter("Gather")).attrib["action"], Digits="1")
        assert joined.find("Dial/Conference") is not None
        await until(lambda: far.building.finished)
        assert far.building.log.ended == "transferred"
        assert len(far.rest.asked) == 2


@together
async def a_busy_human_in_a_warm_transfer_brings_the_caller_back() -> None:
    async with twilio("转人工", options=WARM) as far:
        await to_the_transfer(far)
        await until(lambda: len(far.rest.asked) == 2)
        await far.post(far.rest.asked[1][1]["StatusCallback"], CallStatus="busy")
        await until(lambda: len(far.rest.asked) == 3)
        token = token_of(ET.fromstring(far.rest.asked[2][1]["Twiml"]))
        await far.stream(far.caller(Mute()), token)
        assert far.building.kinds("said")[-1]["text"] == "没有人"


async def comes_back_from_a_warm_transfer(status: str, why: str, digits: str | None = None) -> None:
    async with twilio("转人工", options=WARM) as far:
        await to_the_transfer(far)
        await until(lambda: len(far.rest.asked) == 2)
        human = far.rest.asked[1][1]
        if digits is not None:
            gather = next((await far.post(human["Url"])).iter("Gather"))
            assert [child.tag for child in await far.post(gather.attrib["action"], Digits=digits)] == [
                "Hangup"
            ]
        await far.post(human["StatusCallback"], CallStatus=status)
        await until(lambda: len(far.rest.asked) == 3)
        await far.stream(far.caller(Mute()), token_of(ET.fromstring(far.rest.asked[2][1]["Twiml"])))
        assert far.building.kinds("said")[-1]["text"] == "没有人"
        assert far.building.failed_transfers == [why]


@together
async def nobody_answers_a_warm_transfer() -> None:
    await comes_back_from_a_warm_transfer("no-answer", "no answer")


@together
async def a_human_declines_a_warm_transfer() -> None:
    await comes_back_from_a_warm_transfer("completed", "declined", digits="2")


@together
async def a_caller_who_leaves_a_warm_transfer_ends_the_humans_call() -> None:
    async with twilio("转人工", options=WARM) as far:
        await to_the_transfer(far)
        await until(lambda: far.exchange._talks and next(iter(far.exchange._talks.values())).human_sid)
        await far.post("/twilio/status", CallSid="CA1", CallStatus="completed")
        await until(lambda: len(far.rest.asked) == 3)
        assert far.rest.asked[2] == ("Calls/CAhuman2.json", {"Status": "completed"})


PLACED = Ring("", "twilio", "+8613800006612", "+864008000", details={"campaign": "care"})


@together
async def a_call_that_the_bot_places() -> None:
    async with twilio() as far:
        await far.ring("CA0")
        unreached: list[str] = []
        sid = await far.exchange.place(PLACED, "+8613800006612", "+864008000", unreached.append)
        path, form = far.rest.asked[0]
        assert (path, form["To"], form["MachineDetection"]) == ("Calls.json", "+8613800006612", "Enable")
        joined = await far.post(form["Url"], CallSid=sid, AnsweredBy="human")
        line = far.caller(Mute())
        streaming = asyncio.create_task(far.stream(line, token_of(joined), sid))
        await until(lambda: far.building.logs)
        await far.post(form["StatusCallback"], CallSid=sid, CallStatus="in-progress")
        line.hang_up()
        await streaming
        await until(lambda: far.building.finished)
        (ring, _), *_ = far.building.finished
        assert ring.details == {"campaign": "care", "answered_by": "human"}
        assert unreached == []


@together
async def nobody_answers_a_call_that_the_bot_places() -> None:
    async with twilio() as far:
        await far.ring("CA0")
        unreached: list[str] = []
        sid = await far.exchange.place(PLACED, "+8613800006612", "+864008000", unreached.append)
        await far.post("/twilio/status", CallSid=sid, CallStatus="no-answer")
        assert unreached == ["no-answer"]
        assert [child.tag for child in await far.post(far.rest.asked[0][1]["Url"], CallSid=sid)] == ["Hangup"]
        far.rest.refuse = True
        with pytest.raises(RestFailed):
            await far.exchange.place(PLACED, "+861", "+862", unreached.append)


@together
async def wrong_signatures_are_refused_everywhere() -> None:
    async with twilio() as far:
        for path in ("voice", "status", "answered/x", "dialed/x", "whisper/x", "accept/x", "human/x"):
            url = f"http://127.0.0.1:{far.port}/twilio/{path}"
            signed = far.sign(f"{PUBLIC}/twilio/{path}", {"CallSid": "CA1"})
            for headers in ({}, {"X-Twilio-Signature": "x"}, signed):
                answer = await far.client.post(url, data={"CallSid": "CA2"}, headers=headers)
                assert answer.status_code == 403, path
        token = await far.ring()
        for wrong in ("", "nonsense"):
            with pytest.raises(InvalidStatus):
                await far.stream(far.caller(Mute()), token, **{"X-Twilio-Signature": wrong})
        assert not far.building.logs


@together
async def tokens_are_known_used_once_and_bound_to_their_call() -> None:
    async with twilio() as far:
        await far.stream(far.caller(Mute()), "guess")
        await far.stream(far.caller(Mute()), await far.ring("CA1"), sid="CA2")
        token, line = await far.ring("CA3"), far.caller(Mute())
        streaming = asyncio.create_task(far.stream(line, token, "CA3"))
        await until(lambda: far.building.logs)
        await far.stream(far.caller(Mute()), token, "CA3")
        assert list(far.building.logs) == ["CA3"]
        line.hang_up()
        await streaming


@together
async def when_full_the_caller_is_told() -> None:
    async with twilio(limits=LobbyOptions(calls=0)) as far:
        answer = await far.post("/twilio/voice", CallSid="CA1", From="+861", To="+862")
        assert [child.tag for child in answer] == ["Say", "Hangup"]


@together
async def a_form_without_end_is_refused() -> None:
    async with twilio() as far:
        url = f"http://127.0.0.1:{far.port}/twilio/voice"
        answer = await far.client.post(url, content=b"x=" + bytes(100_000))
        assert answer.status_code == 413


@together
async def a_peer_that_reads_nothing_is_owed_little_and_then_loses_its_call() -> None:
    async with twilio(character_ms=4000) as far:
        place = sockets.socket()
        place.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
        place.setblocking(False)
        await asyncio.get_running_loop().sock_connect(place, ("127.0.0.1", far.port))
        reader, writer = await asyncio.open_connection(sock=place, limit=1024)
        signed = far.sign("wss://bot.example.com/twilio/media")
        lines = ["GET /twilio/media HTTP/1.1", "Host: x", "Connection: Upgrade", "Upgrade: websocket"]
        lines += ["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]
        lines += [f"{name}: {value}" for name, value in signed.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        start = {"streamSid": "MZ1", "callSid": "CA1", "mediaFormat": FORM}
        start["customParameters"] = {"token": await far.ring("CA1")}
        client = ClientProtocol(parse_uri("ws://x/"), state=State.OPEN)
        client.send_text(json.dumps({"event": "start", "start": start}).encode())
        writer.write(b"".join(client.data_to_send()))
        await until(lambda: far.building.finished)
        owed = b""
        with contextlib.suppress(ConnectionError):
            while piece := await reader.read(1024):
                owed += piece
        assert len(owed) < 250 * 120
        writer.close()


async def to_its_end(socket: ClientConnection) -> None:
    while True:
        await socket.recv()


@together
async def garbage_and_oversized_messages_end_their_own_stream_at_most() -> None:
    async with twilio() as far:
        good = far.caller(Mute())
        streaming = asyncio.create_task(far.stream(good, await far.ring("CA1"), "CA1"))
        await until(lambda: far.building.logs)
        signed = far.sign("wss://bot.example.com/twilio/media")
        url = f"ws://127.0.0.1:{far.port}/twilio/media"
        for garbage in ["{", b"\xff\x00", "[]", "x" * (MESSAGE_BYTES + 1)]:
            async with connect(url, additional_headers=signed, proxy=None) as socket:
                start = {"streamSid": "MZ2", "callSid": "CA2", "mediaFormat": FORM}
                start["customParameters"] = {"token": await far.ring("CA2", "+8613900001111")}
                await socket.send(json.dumps({"event": "start", "start": start}))
                assert "media" in str(await socket.recv())
                await socket.send(garbage)
                if len(garbage) > MESSAGE_BYTES:
                    with pytest.raises(ConnectionClosed):
                        await to_its_end(socket)
                else:
                    await socket.recv()
                    assert far.building.lobby.calls == 2
            await until(lambda: far.building.lobby.calls == 1)
        assert not good.told.closed
        good.hang_up()
        await streaming
        await until(lambda: len(far.building.finished) == 5)


@pytest.mark.parametrize("name", together.names)
def test_on_a_live_line(name: str) -> None:
    together.check(name)
