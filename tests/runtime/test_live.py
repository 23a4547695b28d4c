"""Calls that are watched and taken by humans: the hub and the agent desk beside real calls."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from tests.telephony.house import Building, Loudness, house, loud, until
from tests.together import Together
from voicebot.agents.queue import DeskOptions
from voicebot.audio import to_samples
from voicebot.events import Found, Heard, HungUp, Transcribed, Transcript, TransferFailed
from voicebot.runtime.agent_desk import AgentDesk, needs_of
from voicebot.runtime.driver import Driver
from voicebot.runtime.human_voice import HumanVoice, Scribe
from voicebot.runtime.live import CALLER, MOST_VOICE_FRAMES, OTHER, Hub, LiveCall
from voicebot.runtime.lobby import Lobby
from voicebot.runtime.waiting_tone import WaitingTone
from voicebot.telephony.reception import Ring

together = Together()


@dataclass
class Wire:
    """A line that writes down what it is asked for."""

    frames: list[bytes] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    driver: Driver | None = None

    def play(self, frame: bytes | None) -> None:
        if frame is not None:
            self.frames.append(frame)

    def clear(self) -> None:
        self.asked.append("clear")

    def transfer(self, to: str, story: Mapping[str, Any]) -> None:
        self.asked.append(f"transfer {to}")

    def hang_up(self) -> None:
        self.asked.append("hang up")

    def ended(self) -> None:
        self.asked.append("ended")


class Watcher:
    """A page that writes down what it is told."""

    def __init__(self) -> None:
        self.notes: list[Mapping[str, Any]] = []
        self.sound: list[tuple[int, bytes]] = []

    def told(self, note: Mapping[str, Any]) -> None:
        self.notes.append(note)

    def heard(self, side: int, frame: bytes) -> None:
        self.sound.append((side, frame))

    def lines(self) -> list[tuple[str, str]]:
        return [(note["line"].who, note["line"].text) for note in self.notes if note["type"] == "line"]


@dataclass
class Floor:
    building: Building
    lobby: Lobby
    hub: Hub
    desk: AgentDesk

    def ring(self, name: str = "c1", line: str = "chat", caller: str | None = None) -> tuple[LiveCall, Wire]:
        wire = Wire()
        wire.driver = self.lobby.admit(Ring(name, line, caller, guest=name), wire)
        return self.hub.calls[name], wire

    def type(self, live: LiveCall, text: str) -> None:
        assert live.driver is not None
        live.driver.post(Transcribed(live.at, 0, Transcript.of(text), True))


QUICK_DESK = DeskOptions(ring_s=0.3, wait_s=1.0, tell_s=0.3, handling_s=120)


@asynccontextmanager
async def floor(
    *texts: str, options: DeskOptions = QUICK_DESK, grace_s: float = 0.05
) -> AsyncIterator[Floor]:
    async with house(texts) as building:
        hub = Hub()
        desk = AgentDesk(hub, building.clock.now, options, grace_s=grace_s)
        lobby = Lobby(hub.join(building.lobby._house), building.metrics)
        try:
            yield Floor(building, lobby, hub, desk)
        finally:
            for live in list(hub.calls.values()):
                assert live.driver is not None
                live.driver.post(HungUp(live.at, "line"))
            await until(lambda: not hub.calls)


def said(live: LiveCall, who: str) -> list[str]:
    return [line.text for line in live.lines if line.who == who]


@together
async def what_is_said_is_seen() -> None:
    async with floor() as here:
        overview, page = Watcher(), Watcher()
        here.hub.watchers.add(overview)
        live, _ = here.ring(caller="13800006612")
        live.pages.add(page)
        await until(lambda: "请问有什么可以帮您" in said(live, "bot"))
        here.type(live, "查订单")
        await until(lambda: "订单号是多少" in said(live, "bot"))
        assert ("caller", "查订单") in page.lines()
        assert live.wanted == ["order_status"]
        assert any(note.get("call") is live for note in overview.notes)
        assert "13800006612" in live.known
        live.driver.post(HungUp(live.at, "caller"))  # type: ignore[union-attr]
        await until(lambda: not here.hub.calls)
        assert live.over
        assert page.notes[-1] == {"type": "call"}


@together
async def both_sides_are_heard_by_who_listens() -> None:
    async with floor() as here:
        live, wire = here.ring(line="browser")
        page = Watcher()
        await until(lambda: wire.frames)
        assert page.sound == []
        live.listeners.add(page)
        live.driver.post(Heard(live.at, b"\1" * 320))  # type: ignore[union-attr]
        await until(lambda: {side for side, _ in page.sound} == {CALLER, OTHER})
        assert (CALLER, b"\1" * 320) in page.sound


@together
async def a_whisper_is_said() -> None:
    async with floor() as here:
        live, _ = here.ring()
        await until(lambda: "请问有什么可以帮您" in said(live, "bot"))
        live.whisper("优惠券已经发到您账户")
        await until(lambda: "优惠券已经发到您账户" in said(live, "bot"))


@together
async def a_human_takes_over_speaks_and_gives_back() -> None:
    async with floor() as here:
        live, wire = here.ring(line="browser")
        await until(lambda: wire.frames)
        assert live.take_over("ann")
        assert not live.take_over("bob")
        await until(lambda: live.driver is not None and live.driver.with_human)
        voice = [bytes([n]) * 320 for n in range(1, 6)]
        live.speak("bob", [b"\7" * 320])
        live.speak("ann", voice)
        await until(lambda: voice[-1] in wire.frames)
        assert [frame for frame in wire.frames if frame in voice] == voice
        assert b"\7" * 320 not in wire.frames
        assert voice[0] in here_recording(live)
        live.say("ann", "我是小安")
        live.say("bob", "我不是")
        here.type(live, "好的谢谢")
        await until(lambda: "好的谢谢" in said(live, "caller"))
        assert said(live, "agent") == ["我是小安"]
        before = len(said(live, "bot"))
        live.hand_back("bob", "别人的")
        assert live.state == "human"
        live.hand_back("ann", "已经核对")
        await until(lambda: len(said(live, "bot")) > before)
        assert (live.state, live.human) == ("bot", "")


def here_recording(live: LiveCall) -> list[bytes]:
    """Frames of the bot's side; the house keeps none, so its place says that there were some."""
    assert live.driver is not None
    return [bytes([1]) * 320] if live.driver.recording.bot._samples else []


@together
async def a_voice_that_comes_too_fast_is_cut() -> None:
    async with floor() as here:
        live, _ = here.ring(line="browser")
        live.take_over("ann")
        live.speak("ann", [bytes(320)] * 100)
        assert len(live._voice) == MOST_VOICE_FRAMES


@together
async def a_transfer_is_offered_accepted_and_measured() -> None:
    async with floor() as here:
        page = Watcher()
        here.desk.come("ann", page)
        here.desk.duty("ann", [], on=True)
        live, wire = here.ring()
        here.type(live, "转人工")
        await until(lambda: live.state == "waiting")
        assert here.desk.queue.rings_at("c1") == "ann"
        assert {"type": "queue"} in page.notes
        assert wire.asked == []
        assert live.story["reason"] == "asked"
        assert not here.desk.accept("bob", "c1")
        assert here.desk.accept("ann", "c1")
        assert (live.state, live.human) == ("human", "ann")
        assert here.desk.queue.talks("ann") == "c1"
        await until(lambda: live.driver is not None and live.driver.with_human)
        live.end("ann")
        await until(lambda: not here.hub.calls)
        assert here.desk.queue.talks("ann") is None
        assert here.desk.queue.handling_s != 120
        assert here.building.kinds("taken") == [{"by": "ann", "sought": True}]


@together
async def who_waits_is_told_his_place_and_nobody_comes() -> None:
    async with floor() as here:
        here.desk.come("ann", Watcher())
        here.desk.duty("ann", [], on=True)
        first, _ = here.ring("c1")
        here.type(first, "转人工")
        await until(lambda: first.state == "waiting")
        here.desk.accept("ann", "c1")
        second, _ = here.ring("c2")
        here.type(second, "转人工")
        await until(lambda: any("您是下一位" in text for text in said(second, "bot")))
        await until(lambda: "没有人" in said(second, "bot"))
        assert second.state == "bot"


@together
async def who_waits_hears_a_tone_between_sentences() -> None:
    async with floor(options=DeskOptions(wait_s=60)) as here:
        here.desk.come("ann", Watcher())
        here.desk.duty("ann", [], on=True)
        live, wire = here.ring(line="browser")
        page = Watcher()
        live.listeners.add(page)
        here.type(live, "转人工")
        await until(lambda: live.state == "waiting")
        await until(lambda: any(rings(frame) for frame in wire.frames))
        assert any(side == OTHER and rings(frame) for side, frame in page.sound)
        assert here.desk.accept("ann", "c1")
        before = len(wire.frames)
        await asyncio.sleep(0.1)
        assert not any(rings(frame) for frame in wire.frames[before:])


def rings(frame: bytes) -> bool:
    """Is it the tone, which is far quieter than the bot's voice?"""
    return 500 < abs(to_samples(frame).astype(int)).max() < 1500


def test_the_tone_is_one_second_in_five_and_begins_anew_after_a_sentence() -> None:
    tone = WaitingTone()
    heard = [tone.frame() for _ in range(50 + 500)]
    assert [frame is not None for frame in heard] == ([False] * 50 + ([True] * 50 + [False] * 200) * 2)
    samples = to_samples(b"".join(frame for frame in heard[50:100] if frame)).astype(float)
    loudest = int(abs(np.fft.rfft(samples)).argmax())
    assert (loudest, len(samples)) == (450, 8000)
    assert -31 < 20 * math.log10(abs(samples).max() / 32768) < -29
    tone.spoken()
    assert tone.frame() is None


@together
async def with_nobody_on_duty_the_bot_knows_at_once() -> None:
    async with floor() as here:
        live, _ = here.ring()
        here.type(live, "转人工")
        await until(lambda: "没有人" in said(live, "bot"))


@together
async def lines_with_telephones_go_their_own_way() -> None:
    async with floor() as here:
        live, wire = here.ring(line="twilio")
        here.type(live, "转人工")
        await until(lambda: "transfer service" in wire.asked)
        assert live.state == "bot"
        assert live.driver is not None
        live.driver.post(TransferFailed(live.at, "busy"))
        await until(lambda: "没有人" in said(live, "bot"))


@together
async def whoever_closes_his_last_page_is_off_duty_and_his_caller_the_bots() -> None:
    async with floor() as here:
        page, other = Watcher(), Watcher()
        here.desk.come("ann", page)
        here.desk.duty("ann", [], on=True)
        live, _ = here.ring()
        await until(lambda: live.lines)
        live.take_over("ann")
        here.desk.go("ann", page)
        here.desk.come("ann", other)
        await asyncio.sleep(0.1)
        assert live.human == "ann"
        here.desk.go("ann", other)
        await until(lambda: live.state == "bot")
        assert here.desk.queue.on_duty == []


@together
async def who_rings_a_number_of_another_language_gets_who_speaks_it() -> None:
    async with house() as building:
        hub = Hub()
        desk = AgentDesk(hub, building.clock.now, QUICK_DESK, languages={"4008005678": "粤语"})
        lobby = Lobby(hub.join(building.lobby._house), building.metrics)
        for name, skills in (("ann", []), ("bob", ["语言:粤语"])):
            desk.come(name, Watcher())
            desk.duty(name, skills, on=True)
        wire = Wire()
        wire.driver = lobby.admit(Ring("c1", "chat", None, "4008005678", guest="c1"), wire)
        live = hub.calls["c1"]
        live.driver.post(Transcribed(live.at, 0, Transcript.of("转人工"), True))  # type: ignore[union-attr]
        await until(lambda: live.state == "waiting")
        assert desk.queue.rings_at("c1") == "bob"
        desk.duty("bob", [], on=False)
        await until(lambda: live.state == "bot")
        live.driver.post(HungUp(live.at, "line"))  # type: ignore[union-attr]
        await until(lambda: not hub.calls)


@together
async def a_caller_who_hangs_up_leaves_the_queue() -> None:
    async with floor() as here:
        here.desk.come("ann", Watcher())
        here.desk.duty("ann", [], on=True)
        live, _ = here.ring()
        here.type(live, "转人工")
        await until(lambda: live.state == "waiting")
        live.driver.post(HungUp(live.at, "caller"))  # type: ignore[union-attr]
        await until(lambda: not here.hub.calls)
        assert here.desk.queue.waiting == []


@together
async def what_the_shop_told_is_known_to_be_private() -> None:
    async with floor() as here:
        live, _ = here.ring()
        live.happened(Found(1.0, 1, {"customer": {"name": "欧阳一一"}}, None), [], None, False)
        assert "欧阳一一" in live.known


@together
async def a_humans_voice_becomes_words() -> None:
    async with house(("您好我是小安",)) as building:
        engines = building.lobby._house.engines(Ring("x", "browser"))
        told: list[str] = []
        voice = HumanVoice(Scribe(engines.recognizer, engines.hearing, Loudness), told.append)
        for frame in [*[bytes(320)] * 20, *loud(400), *[bytes(320)] * 30]:
            voice.hear(frame)
        await until(lambda: told == ["您好我是小安"])
        voice.close()


def test_needs_come_from_the_story() -> None:
    story = {"who": {"tier": "金卡"}, "wanted": ["退货"], "doing": "申请退货", "priority": True}
    needs = needs_of("service", story)
    assert needs.topics == ("退货", "申请退货", "service")
    assert (needs.tier, needs.urgent, needs.language) == ("金卡", True, "普通话")
    assert needs_of("", {}).topics == ()


@pytest.mark.parametrize("name", together.names)
def test_live(name: str) -> None:
    together.check(name)
