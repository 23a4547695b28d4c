"""Trimming, level, rate."""

from __future__ import annotations

import numpy as np
import pytest

from voicebot.audio import to_samples
from voicebot.tts.levels import finish


def tone(rate: int, seconds: float, peak: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return (peak * np.sin(2 * np.pi * 440 * np.arange(round(rate * seconds)) / rate)).astype(np.float32)


def padded(peak: float, rate: int = 24000) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    gap = np.zeros(rate // 2, dtype=np.float32)
    return np.concatenate([gap, tone(rate, 1.0, peak), gap])


def test_silence_around_speech_goes() -> None:
    pcm = finish(padded(0.5), 24000)
    assert 1.02 <= len(pcm) / 16000 <= 1.06
    first = np.flatnonzero(np.abs(to_samples(pcm)) > 300)[0]
    assert first <= 0.02 * 8000


@pytest.mark.parametrize("peak", [0.02, 0.9])
@pytest.mark.parametrize("level", [-20.0, -26.0])
def test_speech_has_the_level_asked_for(peak: float, level: float) -> None:
    samples = to_samples(finish(padded(peak), 24000, level))[800:7200].astype(float) / 32768
    assert 20 * np.log10(np.sqrt(np.mean(samples**2))) == pytest.approx(level, abs=0.5)


def test_pauses_inside_do_not_raise_the_level() -> None:
    gap = np.zeros(24000, dtype=np.float32)
    pcm = finish(np.concatenate([tone(24000, 0.5, 0.3), gap, tone(24000, 0.5, 0.3)]), 24000)
    speech = to_samples(pcm)[400:3600].astype(float) / 32768
    assert 20 * np.log10(np.sqrt(np.mean(speech**2))) == pytest.approx(-20, abs=0.5)


def test_peaks_are_bent_below_full_scale() -> None:
    clicks = tone(8000, 1.0, 0.01)
    clicks[4000:4008] = 1.0
    samples = to_samples(finish(clicks, 8000, -6.0))
    assert np.abs(samples.astype(int)).max() <= 32767
    assert np.count_nonzero(np.abs(samples.astype(int)) >= 32767) <= 8


@pytest.mark.parametrize("size", [0, 1, 100, 24000])
def test_silence_gives_nothing(size: int) -> None:
    assert finish(np.zeros(size, dtype=np.float32), 24000) == b""
