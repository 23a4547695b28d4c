"""A beep is one steady tone; keys, voices, hums and noise are none."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from voicebot.audio import frames, to_pcm, ulaw_decode, ulaw_encode
from voicebot.call.beep import Beep, BeepEar

RATE = 8000
Sound = npt.NDArray[np.float64]
AT_MS = 500


def line(sound: Sound, noise: float = 100.0, seed: int = 3) -> bytes:
    """Half a second of the line, the sound, and half a second more, over G.711."""
    whole = np.concatenate([np.zeros(RATE // 2), sound, np.zeros(RATE // 2)])
    whole = whole[: len(whole) // 160 * 160] + np.random.default_rng(seed).normal(
        0, noise, len(whole) // 160 * 160
    )
    return ulaw_decode(ulaw_encode(to_pcm(whole)))


def tone(hertz: float, ms: int, peak: float = 3000.0) -> Sound:
    return peak * np.sin(2 * np.pi * hertz * np.arange(ms * RATE // 1000) / RATE)


def borders(pcm: bytes) -> dict[Beep, int]:
    """When (ms) each border was known."""
    ear = BeepEar()
    found: dict[Beep, int] = {}
    for number, frame in enumerate(frames(pcm), 1):
        if (border := ear.hear(frame)) is not None:
            found.setdefault(border, number * 20)
    return found


@pytest.mark.parametrize("hertz", [400, 440, 613, 1000, 1400, 2100])
@pytest.mark.parametrize("ms", [140, 250, 800])
@pytest.mark.parametrize("noise", [20.0, 250.0])
def test_it_is_found_soon_after_it_began_and_after_it_ended(hertz: float, ms: int, noise: float) -> None:
    found = borders(line(tone(hertz, ms), noise))
    assert 0 < found[Beep.BEGAN] - AT_MS <= 140
    assert 0 < found[Beep.ENDED] - AT_MS - ms <= 100


def test_keys_chords_noise_and_clicks_are_none() -> None:
    rng = np.random.default_rng(5)
    for sound in (
        tone(697, 400) + tone(1209, 400),
        tone(941, 400, 2000) + tone(1477, 400, 3000),
        rng.normal(0, 3000, RATE),
        tone(1000, 60),
        np.zeros(RATE),
    ):
        assert borders(line(sound)) == {}


def test_a_voice_and_a_hum_are_none() -> None:
    times = np.arange(RATE) / RATE
    sung = np.sum([2000 / n * np.sin(2 * np.pi * 220 * n * times) for n in range(1, 8)], axis=0)
    bend = 2 * np.pi * (500 * times + 40 / (2 * np.pi * 4) * np.sin(2 * np.pi * 4 * times))
    assert borders(line(sung)) == {}
    assert borders(line(3000 * np.sin(bend))) == {}


def test_two_beeps_have_borders_of_their_own() -> None:
    sound = np.concatenate([tone(900, 200), np.zeros(RATE // 4), tone(900, 200)])
    ear = BeepEar()
    found = [border for frame in frames(line(sound)) if (border := ear.hear(frame)) is not None]
    assert found == [Beep.BEGAN, Beep.ENDED, Beep.BEGAN, Beep.ENDED]
    assert not ear.sounding
