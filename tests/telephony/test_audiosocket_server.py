"""Whole calls over a real socket on the loopback."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest

from tests.telephony.house import Building, Loudspeaker, caller, house, until
from tests.together import Together
from voicebot.audio import to_pcm
from voicebot.call.tones import COLUMNS, KEYPAD, ROWS
from voicebot.events import Event, Heard, HungUp, Pressed
from voicebot.replay.far_end import AudioSocketCaller, ring_audiosocket
from voicebot.runtime.lobby import LobbyOptions
from voicebot.telephony.audiosocket_server import AudioSocketOptions, AudioSocketServer
from voicebot.telephony.dialplan import Dialplan, DialplanOptions

DIALS = DialplanOptions(numbers={"service": "600"})


@dataclass
class Exchange:
    building: Building
    server: AudioSocketServer
    dialplan: Dialplan
    port: int

    async def ring(self, peer: Any, number: str | None = "13800006612") -> AudioSocketCaller:
        name = UUID(self.dialplan.announce(number, "4008"))
        return await self.again(name, peer)

    async def again(self, name: UUID, peer: Any) -> AudioSocketCaller:
        building = self.building
        return await ring_audiosocket(("127.0.0.1", self.port), name, peer, building.pacer, building.clock)


@asynccontextmanager
async def exchange(
    *texts: str,
    options: AudioSocketOptions | None = None,
    limits: LobbyOptions | None = None,
    character_ms: int = 12,
) -> AsyncIterator[Exchange]:
    async with house(texts, limits, character_ms) as building:
        dialplan = Dialplan(building.clock.now, DIALS)
        server = AudioSocketServer(building.lobby, dialplan, options)
        port = await server.start("127.0.0.1", 0)
        try:
            yield Exchange(building, server, dialplan, port)
        finally:
            await server.close()


class Mute:
    """A peer that does nothing at all."""

    def tick(self, at: float, bot_speaks: bool) -> list[Any]:
        return []

    def transfer(self, at: float, to: str) -> Any:
        raise AssertionError


together = Together()


@together
async def a_call_with_speech_keys_and_goodbye() -> None:
    async with exchange("查订单", "再见") as here:
        peer = caller({"caller": "查订单"}, {"keys": "20261120#"}, {"caller": "再见"})
        told = await (await here.ring(peer)).done
        await until(lambda: here.building.finished)
        log = here.building
        assert [said["text"] for said in log.kinds("said")] == [
            "这里是机器人并且录音", "请问有什么可以帮您", "订单号是多少", "订单在路上",
            "请问有什么可以帮您", "谢谢再见",
        ]  # fmt: skip
        assert log.kinds("keyed") == [{"keys": "20261120"}]
        assert log.kinds("ended") == [{"by": "bot"}]
        assert log.kinds("began")[0]["caller"] == "13800006612"
        assert told.handed_back
        assert here.dialplan.next(next(iter(log.logs))) == "over"
        assert here.server.lines == {}
        assert not here.server.connections


@together
async def silence_is_sent_from_the_start_and_never_ahead_of_time() -> None:
    async with exchange() as here:
        line = await here.ring(Mute())
        await until(lambda: len(line.told.arrivals) > 100)
        assert len(line.told.arrivals) <= line.at / 0.02 + 5
        line.hang_up()
        await line.done
        await until(lambda: here.building.finished)
        assert here.building.kinds("ended") == [{"by": "caller"}]


@together
async def a_phone_that_sends_nothing_is_heard_as_silence() -> None:
    async with exchange() as here:
        line = await here.ring(Mute())
        await until(lambda: sum(here.building.heard.values()) > 20)
        line.hang_up()


@together
async def barge_in_silences_the_bot() -> None:
    async with exchange("查订单", character_ms=60) as here:
        peer = caller({"caller": "查订单", "barge_in_ms": 650}, speech_ms=1500)
        line = await here.ring(peer)
        await until(lambda: here.building.logs and here.building.kinds("barge_in"))
        sent = [1 for _, loud in line.told.loud if loud]
        await asyncio.sleep(0.2)
        late = [1 for _, loud in line.told.loud if loud][len(sent) :]
        assert len(late) <= 3
        cut = [said for said in here.building.kinds("said") if not said["finished"]]
        assert [said["text"] for said in cut] == ["请问有什么可以帮您"]
        line.hang_up()


def dialled(keys: str) -> list[bytes]:
    """Frames of a keypad's tones, 100 ms each with 100 ms between them."""
    frames = []
    for key in keys:
        row = next(number for number, row in enumerate(KEYPAD) if key in row)
        low, high = ROWS[row], COLUMNS[KEYPAD[row].index(key)]
        at = np.arange(800) / 8000
        tone = to_pcm(6000 * (np.sin(2 * np.pi * low * at) + np.sin(2 * np.pi * high * at)))
        frames += [tone[place : place + 320] for place in range(0, len(tone), 320)] + [bytes(320)] * 5
    return frames


class Dialling:
    """A peer who asks for his order, and then presses keys that come in the audio, perhaps as events, too."""

    def __init__(self, keys: str, *, signalled: bool) -> None:
        self._asking = caller({"caller": "查订单"})
        self._tones = dialled(keys)
        self._events = {100 + 10 * number: key for number, key in enumerate(keys)} if signalled else {}
        self._ticks = 0
        self.asked = False

    def tick(self, at: float, bot_speaks: bool) -> list[Event]:
        if not self.asked:
            return self._asking.tick(at, bot_speaks)
        self._ticks += 1
        pressed = [Pressed(at, key) for when, key in self._events.items() if when == self._ticks]
        frame = self._tones[self._ticks - 100] if 0 <= self._ticks - 100 < len(self._tones) else bytes(320)
        return [Heard(at, frame), *pressed]

    def transfer(self, at: float, to: str) -> Event:
        raise AssertionError(to)


async def keys_are_counted(*, signalled: bool) -> None:
    async with exchange("查订单") as here:
        peer = Dialling("20261120#", signalled=signalled)
        line = await here.ring(peer)
        await until(lambda: here.building.logs and len(here.building.kinds("said")) == 3)
        peer.asked = True
        await until(lambda: len(here.building.kinds("said")) == 5)
        assert here.building.kinds("keyed") == [{"keys": "20261120"}]
        assert "订单在路上" in [said["text"] for said in here.building.kinds("said")]
        line.hang_up()


@together
async def keys_that_come_only_in_the_audio_count() -> None:
    await keys_are_counted(signalled=False)


@together
async def keys_that_come_both_ways_count_once() -> None:
    await keys_are_counted(signalled=True)


@together
async def the_bots_own_voice_from_a_loudspeaker_does_not_stop_it() -> None:
    async with exchange(character_ms=150) as here:
        peer = Loudspeaker()
        line = await here.ring(peer)
        peer.told = line.told
        await until(lambda: here.building.logs and len(here.building.kinds("said")) == 2)
        assert all(said["finished"] for said in here.building.kinds("said"))
        assert here.building.kinds("barge_in") == []
        assert here.building.kinds("listen") == [], "nobody was heard"
        line.hang_up()


@together
async def a_transfer_that_a_human_takes() -> None:
    async with exchange("转人工") as here:
        line = await here.ring(caller({"caller": "转人工"}))
        told = await line.done
        name = next(iter(here.building.logs))
        handover = here.dialplan.handover(name)
        assert told.handed_back
        assert handover is not None
        assert handover.number == "600"
        assert handover.story["transcript"][-1]["text"] == "转人工"
        assert here.dialplan.outcome(name, "ANSWER")
        await until(lambda: here.building.finished)
        assert here.building.log.ended == "transferred"
        assert here.server.lines == {}


@together
async def nobody_takes_the_transfer_and_the_caller_comes_back_to_the_same_call() -> None:
    async with exchange("转人工") as here:
        await (await here.ring(caller({"caller": "转人工"}))).done
        (name,) = here.building.logs
        assert here.dialplan.outcome(name, "BUSY")
        line = await here.again(UUID(name), Mute())
        await line.done
        await until(lambda: here.building.finished)
        assert here.building.kinds("said")[-1]["text"] == "没有人"
        assert any(loud for _, loud in line.told.loud)
        assert here.building.kinds("ended") == [{"by": "bot"}]


@together
async def the_caller_hangs_up_in_the_middle_of_a_transfer() -> None:
    async with exchange("转人工") as here:
        await (await here.ring(caller({"caller": "转人工"}))).done
        (name,) = here.building.logs
        assert here.dialplan.outcome(name, "CANCEL")
        await until(lambda: here.building.finished)
        assert here.building.kinds("ended") == [{"by": "caller"}]
        assert here.server.lines == {}


@together
async def a_department_that_has_no_number_leaves_the_caller_on_the_line() -> None:
    async with exchange("转人工") as here:
        here.dialplan._options = DialplanOptions()
        line = await here.ring(caller({"caller": "转人工"}))
        await line.done
        await until(lambda: here.building.finished)
        assert here.building.kinds("said")[-1]["text"] == "没有人"


@together
async def garbage_in_the_middle_of_a_call_ends_it_and_nothing_else() -> None:
    async with exchange() as here:
        good, bad = await here.ring(Mute()), await here.ring(Mute(), "13900001111")
        assert bad._transport is not None
        bad._transport.write(b"\x10\xff\xff" + bytes(100))
        await bad.done
        await until(lambda: len(here.building.finished) == 1)
        assert not good.told.closed
        good.hang_up()
        await until(lambda: len(here.building.finished) == 2)


@together
async def a_name_that_was_not_announced_or_used_before_is_refused() -> None:
    async with exchange() as here:
        told = await (await here.again(uuid4(), Mute())).done
        assert told.handed_back
        assert not told.arrivals
        line = await here.ring(Mute())
        await until(lambda: here.server.lines)
        twin = await here.again(line._name, Mute())
        assert (await twin.done).handed_back
        assert len(here.building.logs) == 1
        assert not line.told.closed
        line.hang_up()


@together
async def no_more_calls_than_there_is_room_for() -> None:
    async with exchange(limits=LobbyOptions(calls=2, per_caller=1)) as here:
        first = await here.ring(Mute(), "1")
        await until(lambda: here.building.lobby.calls == 1)
        assert (await (await here.ring(Mute(), "1")).done).handed_back
        second = await here.ring(Mute(), "2")
        await until(lambda: here.building.lobby.calls == 2)
        assert (await (await here.ring(Mute(), "3")).done).handed_back
        text = here.building.metrics.text().decode()
        assert 'voicebot_calls_refused_total{line="asterisk",why="caller"} 1.0' in text
        assert 'voicebot_calls_refused_total{line="asterisk",why="full"} 1.0' in text
        first.hang_up()
        second.hang_up()
        await until(lambda: here.building.lobby.calls == 0)


@together
async def whoever_is_turned_away_is_left_to_the_dialplan() -> None:
    async with exchange(limits=LobbyOptions(calls=1)) as here:
        first = await here.ring(Mute())
        await until(lambda: here.building.logs)
        name = UUID(here.dialplan.announce(None, None))
        assert (await (await here.again(name, Mute())).done).handed_back
        assert here.dialplan.next(str(name)) == ""
        first.hang_up()
        await until(lambda: here.building.finished)
        here.building.lobby._house = None  # type: ignore[assignment]
        broken = UUID(here.dialplan.announce(None, None))
        assert (await (await here.again(broken, Mute())).done).handed_back
        assert here.dialplan.next(str(broken)) == ""


@together
async def who_says_no_name_is_dropped() -> None:
    async with exchange(options=AudioSocketOptions(name_within_s=0.1)) as here:
        reader, writer = await asyncio.open_connection("127.0.0.1", here.port)
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
        writer.close()
        await until(lambda: not here.server.connections)


@together
async def a_peer_that_reads_nothing_costs_a_bounded_buffer_and_then_its_call() -> None:
    async with exchange(options=AudioSocketOptions(stuck_s=0.5)) as here:
        name = UUID(here.dialplan.announce("1", None))
        _reader, writer = await asyncio.open_connection("127.0.0.1", here.port, limit=1024)
        sock = writer.get_extra_info("socket")
        sock.setsockopt(1, 8, 2048)
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(b"\x01\x00\x10" + name.bytes)
        await until(lambda: here.server.connections)
        (connection,) = here.server.connections
        connection._transport.set_write_buffer_limits(0)  # type: ignore[union-attr]
        most = 0
        while here.server.connections:
            for _ in range(20):
                connection.play(None)
            most = max(most, connection._transport.get_write_buffer_size())  # type: ignore[union-attr]
            await asyncio.sleep(0.02)
        assert most <= 11 * 323
        assert connection.unsent > 0
        await until(lambda: here.building.finished)
        assert here.building.kinds("ended") == [{"by": "caller"}]
        writer.close()


@together
async def a_peer_that_vanished_is_noticed() -> None:
    async with exchange(options=AudioSocketOptions(idle_s=0.3)) as here:
        line = await here.ring(Mute())
        await line.done
        await until(lambda: here.building.finished)


@together
async def stopping_lets_a_call_finish_and_takes_no_other() -> None:
    async with exchange(limits=LobbyOptions(stop_within_s=0.3)) as here:
        line = await here.ring(Mute())
        await until(lambda: here.building.lobby.calls == 1)
        stopping = asyncio.create_task(here.building.lobby.stop())
        await asyncio.sleep(0.1)
        assert (await (await here.ring(Mute(), "2")).done).handed_back
        assert not line.told.closed
        await stopping
        assert (await line.done).handed_back
        assert here.building.kinds("ended") == [{"by": "line"}]


@together
async def a_call_that_breaks_is_hung_up_and_counted() -> None:
    async with exchange() as here:
        line = await here.ring(Mute())
        await until(lambda: here.server.lines)
        (wire,) = here.server.lines.values()
        wire.clear = lambda: 1 / 0  # type: ignore[method-assign,assignment]
        wire.call._call.receive = lambda event: 1 / 0  # type: ignore[union-attr]
        wire.call.post(HungUp(0, "line"))  # type: ignore[union-attr]
        assert (await line.done).handed_back
        assert isinstance(here.building.finished[0][1], ZeroDivisionError)
        text = here.building.metrics.text().decode()
        assert 'voicebot_calls_total{ended="broken",line="asterisk"} 1.0' in text
        assert 'voicebot_calls_running{line="asterisk"} 0.0' in text


@pytest.mark.parametrize("name", together.names)
def test_on_a_live_line(name: str) -> None:
    together.check(name)
