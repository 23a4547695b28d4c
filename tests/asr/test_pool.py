"""Decoders are lent, taken back warm, and let go in the end."""

from __future__ import annotations

import json
import threading

import pytest

from voicebot.asr.decoder import Decoder
from voicebot.asr.feed import MODEL_RATE
from voicebot.asr.pool import Pool, PoolOptions
from voicebot.errors import VoicebotError


class Engine:
    """A recogniser that hears its own count of samples."""

    def __init__(self) -> None:
        self.samples = 0

    def AcceptWaveform(self, data: bytes) -> int:  # noqa: N802
        self.samples += len(data) // 2
        return 0

    def PartialResult(self) -> str:  # noqa: N802
        return json.dumps({"partial": str(self.samples)})

    def FinalResult(self) -> str:  # noqa: N802
        start = self.samples / MODEL_RATE
        word = {"word": "一", "start": start - 1, "end": start}
        return json.dumps(
            {
                "alternatives": [
                    {"confidence": 9.0, "text": "一", "result": [word]},
                    {"text": "", "confidence": 1.0},
                ]
            }
        )

    def Reset(self) -> None:  # noqa: N802
        pass


def pool(**options: int) -> Pool:
    return Pool(lambda grammar: Decoder(Engine(), grammar), PoolOptions(**options))


def test_the_warmest_decoder_of_the_grammar_is_lent_first() -> None:
    some = pool()
    one, two, other = some.lend("a"), some.lend("a"), some.lend("b")
    for decoder in (one, two, other):
        some.take_back(decoder)
    assert some.lend("a") is two
    assert some.lend("a") is one
    assert some.lend("a") not in (one, two)


def test_only_so_many_are_lent_at_once() -> None:
    some = pool(most=2)
    some.lend("a")
    lost = some.lend("a")
    with pytest.raises(VoicebotError, match="All 2 decoders"):
        some.lend("b")
    some.lose(lost)
    assert some.lent == 1
    some.lend("b")


def test_only_so_many_are_kept_and_for_so_many_utterances() -> None:
    some = pool(keep=1, uses=2)
    one, two = some.lend("a"), some.lend("a")
    some.take_back(one)
    some.take_back(two)
    assert some.idle("a") == 1
    one = some.lend("a")
    for _ in range(2):
        one.accept(bytes(16000))
        one.finish()
    some.take_back(one)
    assert some.idle("a") == 0


def test_a_lost_decoder_is_never_lent_again() -> None:
    some = pool()
    one = some.lend("a")
    some.lose(one)
    assert some.lend("a") is not one
    with pytest.raises(RuntimeError, match="let go"):
        one.accept(bytes(320))


def test_a_failed_making_gives_its_place_back() -> None:
    def make(grammar: str) -> Decoder:
        raise OSError("no memory")

    some = Pool(make, PoolOptions(most=1))
    for _ in range(3):
        with pytest.raises(OSError, match="no memory"):
            some.lend("a")
    assert some.lent == 0


def test_many_threads_never_share_a_decoder() -> None:
    some = pool(most=8, keep=8)
    used: set[int] = set()
    clashes: list[int] = []

    def borrow() -> None:
        for _ in range(200):
            decoder = some.lend("a")
            if id(decoder) in used:
                clashes.append(id(decoder))
            used.add(id(decoder))
            used.discard(id(decoder))
            some.take_back(decoder)

    threads = [threading.Thread(target=borrow) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert clashes == []
    assert some.lent == 0


def test_times_are_counted_from_the_utterance_although_the_engine_goes_on() -> None:
    decoder = Decoder(Engine(), "a")
    for _ in range(2):
        decoder.accept(bytes(2 * MODEL_RATE))
        (reading,) = decoder.finish()
        assert reading.words == (("一", 0.0, 1.0),)
        assert reading.text == "一"
    assert decoder.uses == 2
