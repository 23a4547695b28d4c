"""Loudness, pitch and pace from PCM."""

from __future__ import annotations

import numpy as np
import pytest

from voicebot.nlu.voice import RATE, VoiceFeatures, voice_of


def _voice(pitch: float, level: float, syllables: int = 0, seconds: float = 2.0) -> bytes:
    """A buzz of some harmonics, its loudness going up and down once a syllable."""
    at = np.arange(int(RATE * seconds)) / RATE
    wave = sum(np.sin(2 * np.pi * pitch * k * at) / k for k in range(1, 6))
    if syllables:
        wave = wave * (0.05 + np.sin(np.pi * syllables * at / seconds) ** 2)
    return np.asarray(wave / np.abs(wave).max() * level * 32767, dtype="<i2").tobytes()


@pytest.mark.parametrize("pitch", [95, 120, 180, 230, 320])
def test_pitch_is_measured(pitch: float) -> None:
    voice = voice_of(_voice(pitch, 0.3))
    assert voice is not None
    assert voice.pitch_hz == pytest.approx(pitch, rel=0.04)


def test_half_the_level_is_six_decibels_less() -> None:
    loud, soft = voice_of(_voice(150, 0.4)), voice_of(_voice(150, 0.2))
    assert loud is not None
    assert soft is not None
    assert loud.loudness_db - soft.loudness_db == pytest.approx(6.02, abs=0.1)


def test_pace_counts_syllables() -> None:
    slow, fast = voice_of(_voice(150, 0.3, 6)), voice_of(_voice(150, 0.3, 12))
    assert slow is not None
    assert fast is not None
    assert slow.pace == pytest.approx(3, abs=1)
    assert fast.pace / slow.pace == pytest.approx(2, abs=0.5)


@pytest.mark.parametrize("pcm", [b"", b"\0", b"\0\0" * 4000, _voice(150, 0.3, seconds=0.1)])
def test_silence_and_snippets_have_no_voice(pcm: bytes) -> None:
    assert voice_of(pcm) is None


def test_noise_has_no_pitch() -> None:
    noise = np.random.default_rng(1).normal(0, 3000, RATE).astype("<i2").tobytes()
    voice = voice_of(noise)
    assert voice is not None
    assert voice.pitch_hz == 0.0


def test_arousal_compares_with_the_beginning() -> None:
    calm = VoiceFeatures(-30, 200, 4)
    assert calm.arousal(calm) == 0
    assert calm.arousal(VoiceFeatures(-36, 180, 3)) == 0
    assert 0 < calm.arousal(VoiceFeatures(-24, 200, 4)) < calm.arousal(VoiceFeatures(-24, 250, 5)) <= 1
    assert calm.arousal(VoiceFeatures(-30, 0.0, 4)) == 0


def test_two_beginnings_are_averaged() -> None:
    assert VoiceFeatures(-30, 200, 4).mean(VoiceFeatures(-20, 0.0, 6)) == VoiceFeatures(-25, 200, 5)
