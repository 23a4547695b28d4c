"""A voice in processes of its own."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from voicebot.errors import VoicebotError
from voicebot.tts.apart import VoiceApart
from voicebot.tts.tone import ToneVoice


class Mortal:
    """Tones; some words are too much for it. Opened in the other process."""

    identity = "mortal"

    def speak(self, part: str) -> bytes:
        if part == "who":
            return str(os.getpid()).encode()
        if part == "how nice":
            return str(os.getpriority(os.PRIO_PROCESS, 0)).encode()
        if part == "die":
            os._exit(1)
        if part == "hang":
            threading.Event().wait(600)
        if part == "fail":
            raise ValueError("cannot be said")
        return ToneVoice().speak(part)


@pytest.fixture(scope="module")
def voice() -> Iterator[VoiceApart]:
    voice = VoiceApart(Mortal, "mortal", 2, nice=1)
    yield voice
    voice.close()


def test_it_says_the_same_elsewhere(voice: VoiceApart) -> None:
    assert voice.speak("您好。") == ToneVoice().speak("您好。")
    assert voice.speak("who") != str(os.getpid()).encode()


def test_it_stands_behind_this_process(voice: VoiceApart) -> None:
    assert int(voice.speak("how nice")) == min(19, os.getpriority(os.PRIO_PROCESS, 0) + 1)


def test_as_many_speak_side_by_side_as_there_are_processes(voice: VoiceApart) -> None:
    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(voice.speak, ["who", "您好。", "who", "您好。", "who", "who"]))
    assert len({one for one in said if len(one) < 10}) <= 2
    assert said[1] == said[3] == ToneVoice().speak("您好。")


def test_what_fails_is_told_and_the_next_part_is_made(voice: VoiceApart) -> None:
    with pytest.raises(VoicebotError, match="ValueError: cannot be said"):
        voice.speak("fail")
    assert voice.speak("您好。")


def test_a_process_that_dies_is_replaced(voice: VoiceApart) -> None:
    with pytest.raises(VoicebotError, match="lost twice"):
        voice.speak("die")
    assert voice.speak("您好。") == ToneVoice().speak("您好。")


def test_one_that_says_nothing_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    from voicebot.tts import apart

    monkeypatch.setattr(apart, "PATIENCE_S", 0.1)
    voice = VoiceApart(Mortal, "mortal", 1)
    with pytest.raises(VoicebotError, match="lost twice"):
        voice.speak("hang")
    monkeypatch.setattr(apart, "PATIENCE_S", 30.0)
    assert voice.speak("您好。")
    voice.close()


def test_after_the_end_no_process_is_left() -> None:
    voice = VoiceApart(Mortal, "mortal", 1)
    process = int(voice.speak("who"))
    voice.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    with pytest.raises(VoicebotError, match="is closed"):
        voice.speak("您好。")
