from __future__ import annotations

import asyncio
import sys
import threading
import time
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.telephony.house import house, loud, until
from voicebot.audio import to_samples
from voicebot.errors import VoicebotError
from voicebot.telephony.microphone import Card, MicrophoneLine, Swap, system_card
from voicebot.telephony.reception import Ring


class FakeSound:
    """A card whose thread records what it is given and keeps what it must play."""

    def __init__(self, rate: int, swap: Swap, recorded: list[bytes]) -> None:
        self.played, self.closed, self._stop = b"", False, False
        self._rate, self._swap, self._recorded = rate, swap, recorded
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop:
            silent = bytes(self._rate // 50 * 2)
            self.played += self._swap(self._recorded.pop(0) if self._recorded else silent)
            time.sleep(0.02)

    def stop(self) -> None:
        self._stop = True
        self._thread.join()

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize("rate", [8000, 48000])
def test_a_call_over_the_sound_card(rate: int) -> None:
    made: list[FakeSound] = []
    speaking: list[bytes] = []

    def open_sound(at: int, swap: Swap) -> FakeSound:
        made.append(FakeSound(at, swap, speaking))
        return made[0]

    async def test() -> None:
        async with house(("查订单",)) as building:
            line = MicrophoneLine(Card(rate, open_sound))
            line.call = building.lobby.admit(Ring("t", "microphone"), line)
            await until(lambda: len(building.kinds("said")) == 2)
            wide = [np.repeat(to_samples(frame), rate // 8000).tobytes() for frame in loud(160)]
            speaking.extend(wide)
            await until(lambda: any(say["text"] == "订单号是多少" for say in building.kinds("say")))
            for key in "20261120#":
                line.press(key)
            await until(lambda: building.kinds("keyed"))
            line.put_down()
            await line.over.wait()
            assert building.kinds("ended") == [{"by": "caller"}]

    asyncio.run(test())
    assert made[0].closed
    sound = to_samples(made[0].played)
    assert np.abs(sound).max() > 7000
    strongest = np.argmax(np.abs(np.fft.rfft(sound))) * rate / len(sound)
    assert strongest == pytest.approx(400, abs=15)


class PortAudioError(Exception):
    pass


def no_card(**_: Any) -> None:
    raise PortAudioError("no device")


def test_no_sound_card_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = SimpleNamespace(
        PortAudioError=PortAudioError,
        check_input_settings=no_card,
        check_output_settings=no_card,
        query_devices=no_card,
    )
    monkeypatch.setitem(sys.modules, "sounddevice", fake)
    with pytest.raises(VoicebotError, match="no microphone"):
        system_card()


def test_no_portaudio_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    class Missing:
        def find_spec(self, name: str, *_: Any) -> None:
            if name == "sounddevice":
                raise OSError("PortAudio library not found")

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])
    with pytest.raises(VoicebotError, match="libportaudio2"):
        system_card()


def test_a_card_that_takes_8_khz_is_used_so(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[dict[str, Any]] = []

    class RawStream:
        def __init__(self, **options: Any) -> None:
            opened.append(options)

        def start(self) -> None:
            played = bytearray(4)
            opened[0]["callback"](b"\1\2\3\4", memoryview(played), 2, None, None)
            opened[0]["played"] = bytes(played)

    fake = SimpleNamespace(
        PortAudioError=PortAudioError,
        check_input_settings=lambda **_: None,
        check_output_settings=lambda **_: None,
        RawStream=RawStream,
    )
    monkeypatch.setitem(sys.modules, "sounddevice", fake)
    card = system_card()
    card.open(card.rate, lambda recorded: recorded[::-1])
    assert (opened[0]["samplerate"], opened[0]["blocksize"], opened[0]["played"]) == (8000, 160, b"\4\3\2\1")
