import numpy as np
import pytest

from voicebot.call.voicing import PERIODIC, Insistence, pitch

rng = np.random.default_rng(3)
TIME = np.arange(1600) / 8000


def pcm(sound: np.ndarray) -> bytes:
    return (sound / np.abs(sound).max() * 8000).astype("<i2").tobytes()


def telephone_voice(hertz: float) -> np.ndarray:
    """Harmonics between 300 and 3400 Hz: the fundamental does not pass."""
    return sum(np.sin(2 * np.pi * k * hertz * TIME) / k for k in range(1, 40) if 300 < k * hertz < 3400)


def shares(sound: bytes) -> float:
    """The share of 40 ms windows that have a pitch."""
    found = [pitch(sound[place : place + 640]) >= PERIODIC for place in range(0, len(sound) - 639, 320)]
    return sum(found) / len(found)


@pytest.mark.parametrize("hertz", [90, 130, 200, 280])
def test_a_voice_repeats_itself(hertz: float) -> None:
    assert shares(pcm(telephone_voice(hertz))) == 1.0


def test_a_voice_in_noise_still_does() -> None:
    voice = telephone_voice(150)
    noisy = voice + rng.standard_normal(1600) * voice.std() * 10 ** (-10 / 20)
    assert shares(pcm(noisy)) > 0.8


def test_noise_does_not() -> None:
    noise = rng.standard_normal(16000)
    coloured = np.convolve(noise, np.ones(4) / 4, "same")
    assert shares(pcm(noise)) < 0.05
    assert shares(pcm(coloured)) < 0.1


def test_silence_and_too_little_are_no_voice() -> None:
    assert pitch(bytes(640)) == 0.0
    assert pitch(b"\1\0" * 100) == 0.0


def frames(sound: np.ndarray) -> list[bytes]:
    whole = pcm(sound)
    return [whole[place : place + 320] for place in range(0, len(whole), 320)]


def heard(insistence: Insistence, sounds: list[bytes], dbfs: float) -> int | None:
    """After how many frames it is enough; None: it never was."""
    for place, frame in enumerate(sounds):
        insistence.hear(frame, speech=True, above_db=30.0, dbfs=dbfs)
        if insistence.enough:
            return place + 1
    return None


def test_a_loud_voice_insists_sooner_than_a_soft_one_and_noise_never() -> None:
    voice, noise = frames(telephone_voice(150)), frames(rng.standard_normal(1600))
    loud, soft = heard(Insistence(3), voice, -20.0), heard(Insistence(3), voice, -38.0)
    assert loud is not None
    assert soft is not None
    assert loud < soft <= 4
    assert heard(Insistence(3), noise, -20.0) is None


def test_what_was_forgotten_does_not_count() -> None:
    insistence = Insistence(3)
    heard(insistence, frames(telephone_voice(150))[:2], -38.0)
    insistence.forget()
    assert heard(insistence, frames(telephone_voice(150)), -38.0) in {3, 4}
