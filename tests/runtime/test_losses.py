"""What a call depends on is lost while it goes on: the caller is answered all the same, or gets a human; no silence."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from tests.telephony.house import PARSED, QUICK, Loudness, Shelf, Tone, caller, understand
from voicebot.asr.scripted import ScriptedRecognizer
from voicebot.call import Call, Parts
from voicebot.replay.log import CallLog
from voicebot.replay.realtime import run
from voicebot.runtime import speaking
from voicebot.runtime.clock import SystemClock
from voicebot.runtime.driver import Engines
from voicebot.runtime.pacer import Pacer
from voicebot.runtime.workers import WorkerOptions, Workers

IMPATIENT = replace(QUICK, transcript_timeout_ms=500, look_timeout_ms=500)


class Dying:
    """A recogniser whose streams do what `fates` say one after another: None lives, "accept" and "finish" die there."""

    def __init__(self, text: str, *fates: str | Callable[[], None] | None) -> None:
        self._texts = ScriptedRecognizer(lambda _pcm, _asked: text)
        self._fates = iter(fates)
        self.opened = 0
        self.heard: list[int] = []

    def stream(self, expecting: str | None) -> Any:
        self.opened += 1
        fate, inner, outer = next(self._fates, None), self._texts.stream(expecting), self

        class Stream:
            taken = 0

            def accept(self, pcm: bytes) -> str:
                self.taken += len(pcm)
                if fate == "accept":
                    raise MemoryError("the engine is gone")
                return inner.accept(pcm)

            def finish(self) -> Any:
                outer.heard.append(self.taken)
                if fate == "finish":
                    raise OSError("the engine is gone")
                if callable(fate):
                    fate()
                return inner.finish()

            def close(self) -> None:
                inner.close()

        return Stream()


class Mute:
    """A voice that is lost after so many speeches."""

    def __init__(self, after: int) -> None:
        self._left = after

    def synthesize(self, text: str) -> Iterator[bytes]:
        self._left -= 1
        if self._left < 0:
            raise RuntimeError("no voice")
        yield from Tone(4).synthesize(text)


def ring(
    recognizer: Any,
    voice: Any = None,
    workers: Workers | None = None,
    then: Callable[[], object] = lambda: None,
) -> CallLog:
    """A caller who asks for his order and rings off; how it went. At the end `then` is done."""
    log = CallLog()

    async def talk() -> None:
        clock = SystemClock()
        pool = workers or Workers(4, "test")
        engines = Engines(recognizer, voice or Tone(4), Shelf(), pool, pool, pool, Pacer(clock), clock)
        parts = Parts("call-1", PARSED, understand, Loudness(), datetime(2026, 11, 20, 10))
        call = Call(parts, IMPATIENT)
        async with asyncio.timeout(40):
            await run(
                call, caller({"bot": {}}, {"caller": "查订单"}, {"bot": {}}, {"hang_up": True}), engines, log
            )
        then()
        pool.close()

    asyncio.run(talk())
    return log


def said(log: CallLog) -> list[str]:
    return [entry.data["text"] for entry in log.entries if entry.kind == "say"]


def failures(log: CallLog) -> list[str]:
    return [entry.data["why"] for entry in log.entries if entry.kind == "failed"]


def test_a_recogniser_that_dies_while_he_speaks_is_replaced_and_hears_all_of_it() -> None:
    recognizer = Dying("查订单", "accept", None)
    log = ring(recognizer)
    assert "订单号是多少" in said(log)
    assert failures(log) == ["recognition: MemoryError: the engine is gone"]
    assert recognizer.opened == 2
    assert recognizer.heard[-1] >= 160 * 16, "the whole utterance was fed again"


def test_a_recogniser_that_dies_at_the_end_of_his_words_is_replaced() -> None:
    log = ring(Dying("查订单", "finish", None))
    assert "订单号是多少" in said(log)


def test_a_recogniser_that_never_answers_is_replaced() -> None:
    never = threading.Event()
    log = ring(Dying("查订单", lambda: never.wait(30) and None, None), then=never.set)
    assert "订单号是多少" in said(log)


def test_a_recogniser_that_is_lost_twice_means_an_apology_and_a_human() -> None:
    log = ring(Dying("查订单", "finish", "finish"))
    assert IMPATIENT.apology in said(log)
    assert [entry.data["to"] for entry in log.entries if entry.kind == "transfer"] == ["service"]


def test_a_voice_that_is_lost_means_a_human() -> None:
    log = ring(Dying("查订单"), Mute(after=1))
    assert [entry.data["to"] for entry in log.entries if entry.kind == "transfer"] == ["service"]


def test_a_voice_that_never_speaks_means_a_human(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speaking, "MUTE_S", 0.4)
    never = threading.Event()

    class Hung:
        def synthesize(self, text: str) -> Iterator[bytes]:
            never.wait(30)
            yield bytes(3200)

    log = ring(Dying("查订单"), Hung(), then=never.set)
    assert any("no sound in time" in why for why in failures(log))
    assert [entry.data["to"] for entry in log.entries if entry.kind == "transfer"] == ["service"]


def test_a_voice_that_has_too_much_to_say_means_a_human_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speaking, "MUTE_S", 0.4)
    workers, never = Workers(1, "test", WorkerOptions(most=1)), threading.Event()
    workers.submit(lambda: never.wait(30))
    workers.submit(lambda: None)
    log = ring(Dying("查订单"), workers=workers, then=never.set)
    assert any("too much waits" in why for why in failures(log))
    assert [entry.data["to"] for entry in log.entries if entry.kind == "transfer"] == ["service"]
