"""The voice of tones."""

from __future__ import annotations

from voicebot.audio import rms_dbfs
from voicebot.tts.tone import SYLLABLE_MS, ToneVoice


def test_as_long_as_its_syllables_and_the_same_every_time() -> None:
    audio = ToneVoice().speak("您好吗？")
    assert len(audio) == 3 * SYLLABLE_MS * 16
    assert ToneVoice().speak("您好吗？") == audio
    assert len(ToneVoice(speed=2.0).speak("您好吗？")) == len(audio) // 2


def test_each_character_has_its_own_tone() -> None:
    voice = ToneVoice()
    assert voice.speak("您好") == voice.speak("您") + voice.speak("好")
    assert len({voice.speak(character) for character in "零一二三四五六七八九"}) == 10


def test_the_level_is_that_of_the_telephone() -> None:
    assert abs(rms_dbfs(ToneVoice().speak("您好")) + 20) < 1


def test_nothing_to_say() -> None:
    assert ToneVoice().speak("，。") == b""


def test_what_changes_the_sound_changes_the_identity() -> None:
    assert len({ToneVoice().identity, ToneVoice(2.0).identity, ToneVoice(1.0, -26).identity}) == 3
