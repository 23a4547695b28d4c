"""The line's audio on its way to the model."""

from __future__ import annotations

import numpy as np

from voicebot.asr.feed import MODEL_RATE, Feed
from voicebot.audio import RATE, silence, to_pcm, to_samples


def fed(pcm: bytes, piece: int) -> bytes:
    feed = Feed()
    parts = [feed.convert(pcm[at : at + piece]) for at in range(0, len(pcm), piece)]
    return b"".join(parts) + feed.rest()


def tone() -> bytes:
    return to_pcm(5000 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE))


def test_a_second_stays_a_second_and_sounds_the_same() -> None:
    samples = to_samples(fed(tone(), 1600)).astype(float)
    assert len(samples) == MODEL_RATE
    wanted = 5000 * np.sin(2 * np.pi * 440 * np.arange(MODEL_RATE) / MODEL_RATE)
    assert np.abs(samples - wanted)[800:-800].max() < 20


def test_the_same_audio_is_fed_the_same_whatever_its_pieces() -> None:
    assert fed(tone(), 320) == fed(tone(), 1600) == fed(tone(), RATE * 2)


def test_silence_carries_a_faint_noise() -> None:
    samples = to_samples(fed(silence(1000), 320)).astype(float)
    assert 0.5 < samples.std() < 2
