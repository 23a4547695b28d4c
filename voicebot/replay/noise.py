"""What can be heard around a caller, made from a seed or from recordings: floats at 8 kHz, any scale."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from voicebot.audio import RATE, read_wav, to_samples
from voicebot.errors import VoicebotError

Signal = npt.NDArray[np.float64]

MADE = ("street", "white", "babble")
"""Noises that need no file."""


def noise(name: str, count: int, rng: np.random.Generator, talk: Sequence[bytes] = ()) -> Signal:
    """`count` samples of noise: "street", "white", "babble" (the speech in `talk`), or the WAV file `name`.

    Raises VoicebotError when babble has nothing to say or the file cannot be read.
    """
    if name == "street":
        return street(count, rng)
    if name == "white":
        return rng.standard_normal(count)
    if name == "babble":
        return babble(count, rng, talk)
    return repeated(to_samples(read_wav(name)).astype(np.float64), count, rng)


def street(count: int, rng: np.random.Generator) -> Signal:
    """A street, never the same for long: traffic far away, cars that pass, a crowd, a horn now and then."""
    traffic = shaped(count, rng, low=60, high=1200) * (1 + 0.4 * _drift(count, rng, 0.3))
    sound = traffic + 0.5 * _crowd(count, rng)
    for start in _moments(count, rng, every_s=4.0):
        _add(sound, start, 2.2 * _car(rng))
    for start in _moments(count, rng, every_s=15.0):
        _add(sound, start, 1.2 * _horn(rng))
    return sound


def babble(count: int, rng: np.random.Generator, talk: Sequence[bytes]) -> Signal:
    """Each recording of `talk` is one person who says it again and again, some nearer than others."""
    if not talk:
        raise VoicebotError("noise 'babble' needs speech to be made of; list sentences under line.talk.")
    sound = np.zeros(count)
    for recording in talk:
        voice = to_samples(recording).astype(np.float64)
        said = np.concatenate([voice, np.zeros(int(rng.uniform(0.3, 1.0) * RATE))])
        sound += 10 ** (rng.uniform(-3, 3) / 20) * repeated(said, count, rng)
    return sound


def repeated(sound: Signal, count: int, rng: np.random.Generator) -> Signal:
    """`count` samples of `sound` in a loop, from a random moment of it."""
    return np.resize(np.roll(sound, -int(rng.integers(len(sound)))), count)


def shaped(count: int, rng: np.random.Generator, low: float, high: float) -> Signal:
    """Noise of power 1, its spectrum flat from `low` to `high` Hz and falling by 12 dB an octave outside."""
    hertz = np.maximum(np.fft.rfftfreq(max(count, 2), 1 / RATE), 1.0)
    gain = np.minimum(1, (hertz / low) ** 2) * np.minimum(1, (high / hertz) ** 2)
    sound = np.fft.irfft(np.fft.rfft(rng.standard_normal(max(count, 2))) * gain, max(count, 2))[:count]
    return sound / max(float(np.sqrt(np.mean(sound**2))), 1e-12)


def _crowd(count: int, rng: np.random.Generator) -> Signal:
    """Five voices too far away to be understood: noise in the band of speech, in the rhythm of syllables."""
    people = [
        shaped(count, rng, low=250, high=rng.uniform(800, 2200)) * np.maximum(0, _drift(count, rng, 4.0))
        for _ in range(5)
    ]
    crowd: Signal = np.sum(people, axis=0)
    return crowd


def _drift(count: int, rng: np.random.Generator, hertz: float) -> Signal:
    """A smooth random curve of power 1 that changes about `hertz` times a second."""
    knots = rng.standard_normal(int(count / RATE * hertz * 2) + 3)
    places = np.arange(count) / RATE * hertz * 2
    curve: Signal = np.interp(places, np.arange(len(knots)), knots) * np.sqrt(1.5)
    return curve


def _moments(count: int, rng: np.random.Generator, every_s: float) -> list[int]:
    """Random moments, on average one in `every_s` seconds, from 2 s before the beginning."""
    return [int(at) for at in rng.uniform(-2 * RATE, count, rng.poisson((count / RATE + 2) / every_s))]


def _car(rng: np.random.Generator) -> Signal:
    """A car comes and goes in 2 to 5 seconds; its tyres hiss most when it is near."""
    count = int(rng.uniform(2, 5) * RATE)
    near = np.hanning(count)
    return near * shaped(count, rng, 80, 900) + near**3 * shaped(count, rng, 700, 2800)


def _horn(rng: np.random.Generator) -> Signal:
    """A horn of two tones with overtones, a quarter of a second or more."""
    count = int(rng.uniform(0.25, 0.6) * RATE)
    time, root = np.arange(count) / RATE, rng.uniform(380, 460)
    tones = [np.sin(2 * np.pi * root * ratio * n * time) / n for ratio in (1.0, 1.26) for n in (1, 2, 3, 4)]
    ends = np.minimum(1, np.minimum(np.arange(count), np.arange(count)[::-1]) / 160)
    horn: Signal = np.sum(tones, axis=0) * ends
    return horn


def _add(sound: Signal, start: int, event: Signal) -> None:
    begin, end = max(0, start), min(len(sound), start + len(event))
    if begin < end:
        sound[begin:end] += event[begin - start : end - start]
