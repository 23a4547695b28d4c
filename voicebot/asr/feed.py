"""The line's audio as the model wants it, the same every time.

Vosk's model hears 16 kHz. Left to itself, Vosk resamples and then adds random noise of one step to every frame
("dither"), without which the empty upper half of a telephone's band misleads the model; but then the same
audio gives other scores each time. So dither is off in the tuned model, and as faint a noise is
added here, always the same: an utterance that is heard again gives the same transcript.
"""

from __future__ import annotations

import numpy as np

from voicebot.audio import RATE, Resampler, to_pcm, to_samples

MODEL_RATE = 16000
"""Samples a second of what the model is fed."""

_NOISE = np.random.default_rng(5).normal(0.0, 1.0, MODEL_RATE)


class Feed:
    """One utterance on its way from the line (8 kHz) to the model (16 kHz)."""

    def __init__(self) -> None:
        self._resampler = Resampler(RATE, MODEL_RATE)
        self._at = 0

    def convert(self, pcm: bytes) -> bytes:
        """The next piece at the model's rate; a little shorter or longer than twice as many samples."""
        return self._dithered(self._resampler.resample(pcm))

    def rest(self) -> bytes:
        """What the resampler still holds; the utterance is over."""
        return self._dithered(self._resampler.flush())

    def _dithered(self, pcm: bytes) -> bytes:
        samples = to_samples(pcm).astype(np.float64)
        noise = np.take(_NOISE, np.arange(self._at, self._at + len(samples)), mode="wrap")
        self._at += len(samples)
        return to_pcm(samples + noise)
