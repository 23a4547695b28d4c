import numpy as np
import pytest

from voicebot.call.voicing import voicing

rng = np.random.default_rng(3)
TIME = np.arange(1600) / 8000


def pcm(sound: np.ndarray) -> bytes:
    return (sound / np.abs(sound).max() * 8000).astype("<i2").tobytes()


def telephone_voice(hertz: float) -> np.ndarray:
    """Harmonics between 300 and 3400 Hz: the fundamental does not pass."""
    return sum(np.sin(2 * np.pi * k * hertz * TIME) / k for k in range(1, 40) if 300 < k * hertz < 3400)


@pytest.mark.parametrize("hertz", [90, 130, 200, 280])
def test_a_voice_repeats_itself(hertz: float) -> None:
    assert voicing(pcm(telephone_voice(hertz))) == 1.0


def test_a_voice_in_noise_still_does() -> None:
    voice = telephone_voice(150)
    noisy = voice + rng.standard_normal(1600) * voice.std() * 10 ** (-10 / 20)
    assert voicing(pcm(noisy)) > 0.8


def test_noise_does_not() -> None:
    noise = rng.standard_normal(16000)
    coloured = np.convolve(noise, np.ones(4) / 4, "same")
    assert voicing(pcm(noise)) < 0.05
    assert voicing(pcm(coloured)) < 0.1


def test_silence_and_too_little_are_no_voice() -> None:
    assert voicing(bytes(3200)) == 0.0
    assert voicing(b"\1\0" * 100) == 0.0
