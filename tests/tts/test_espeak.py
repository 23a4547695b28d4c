"""espeak-ng through pyttsx3."""

from __future__ import annotations

import importlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from voicebot.audio import duration_ms
from voicebot.errors import VoicebotError
from voicebot.tts import espeak
from voicebot.tts.espeak import EspeakVoice


def test_speaks_and_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    voice = EspeakVoice()
    short, long = voice.speak("您好，"), voice.speak("一共一百二十八块五。")
    assert 300 < duration_ms(short) < duration_ms(long) < 5000
    assert voice.speak("。") == b""
    assert capfd.readouterr().out == ""


def test_speed_shortens() -> None:
    slow, quick = (EspeakVoice(speed).speak("请留意查收您的包裹。") for speed in (0.8, 1.6))
    assert len(quick) < 0.7 * len(slow)


def test_threads_do_not_mix() -> None:
    voice = EspeakVoice()
    texts = ["您好，", "再见，请慢走。", "一共三件。"]
    alone = [duration_ms(voice.speak(text)) for text in texts]
    with ThreadPoolExecutor(3) as pool:
        together = [duration_ms(audio) for audio in pool.map(voice.speak, texts * 3)]
    assert together == pytest.approx(alone * 3, abs=20)  # its breath is noise, never quite the same


def test_a_missing_library_is_told_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(espeak, "_loaded", [])
    monkeypatch.setattr(importlib, "import_module", absent)
    with pytest.raises(VoicebotError, match="espeak-ng cannot be loaded: install"):
        EspeakVoice()


def test_a_speed_that_cannot_be_spoken() -> None:
    with pytest.raises(VoicebotError, match="speed 9"):
        EspeakVoice(9)


def test_a_language_that_it_does_not_have() -> None:
    with pytest.raises(VoicebotError, match="does not speak 'xx-none'"):
        EspeakVoice(language="xx-none")
