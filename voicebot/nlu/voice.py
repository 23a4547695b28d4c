"""How a caller sounds: loudness, pitch and pace, measured from 8 kHz PCM.

Pitch is the strongest autocorrelation lag between 70 and 400 Hz of 40 ms windows, the median over voiced windows
(Rabiner 1977). Pace counts the peaks of the smoothed energy envelope, one for each syllable or so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE = 8000
_WINDOW, _HOP = 320, 160
_LOW, _HIGH = RATE // 400, RATE // 70


@dataclass(frozen=True, slots=True)
class VoiceFeatures:
    """`loudness_db` in dBFS over speech only, `pitch_hz` 0.0 where nothing was voiced, `pace` syllables a second."""

    loudness_db: float
    pitch_hz: float
    pace: float

    def arousal(self, now: VoiceFeatures) -> float:
        """How much more excited `now` sounds than this beginning: 0.0 not at all, 1.0 plainly.

        6 dB louder, a quarter higher, or a third faster are each plain; two of them together surely.
        """
        louder = (now.loudness_db - self.loudness_db) / 6
        higher = (now.pitch_hz / self.pitch_hz - 1) / 0.25 if self.pitch_hz and now.pitch_hz else 0.0
        faster = (now.pace / self.pace - 1) / 0.33 if self.pace and now.pace else 0.0
        parts = [max(0.0, min(1.5, part)) for part in (louder, higher, faster)]
        return min(1.0, sum(parts) / 2)

    def mean(self, other: VoiceFeatures) -> VoiceFeatures:
        """Halfway between the two; a pitch or a pace of one only is taken as it is."""
        return VoiceFeatures(
            (self.loudness_db + other.loudness_db) / 2,
            (self.pitch_hz + other.pitch_hz) / 2
            if self.pitch_hz and other.pitch_hz
            else self.pitch_hz or other.pitch_hz,
            (self.pace + other.pace) / 2 if self.pace and other.pace else self.pace or other.pace,
        )


def voice_of(pcm: bytes) -> VoiceFeatures | None:
    """Features of an utterance (8 kHz, 16-bit little-endian, mono), None when it holds under 200 ms of sound."""
    samples = np.frombuffer(pcm[: len(pcm) // 2 * 2], dtype="<i2").astype(np.float32) / 32768
    if samples.size < RATE // 5:
        return None
    windows = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[::_HOP]
    energy = np.einsum("ij,ij->i", windows, windows) / _WINDOW
    loud = energy > max(1e-6, float(energy.max()) * 0.02)
    if loud.sum() * _HOP < RATE // 5:
        return None
    loudness = 10 * np.log10(float(energy[loud].mean()) + 1e-12)
    return VoiceFeatures(float(loudness), _pitch(windows[loud]), _pace(energy, loud))


def _pitch(windows: NDArray[np.float32]) -> float:
    """The median pitch in Hz of the windows (n, 320) that are clearly periodic; 0.0 when none is."""
    windows = windows[:: max(1, len(windows) // 50)]
    centred = windows - windows.mean(axis=1, keepdims=True)
    spectrum = np.fft.rfft(centred, 2 * _WINDOW, axis=1)
    correlation = np.fft.irfft(np.abs(spectrum) ** 2, axis=1)[:, : _HIGH + 1]
    unbiased = correlation / (1 - np.arange(_HIGH + 1) / _WINDOW)
    strength = unbiased[:, _LOW:] / np.maximum(correlation[:, :1], 1e-9)
    best = strength.max(axis=1)
    # The first lag nearly as strong as the best: a whole multiple of the period is as periodic as the period.
    lags = _LOW + np.argmax(strength >= 0.92 * best[:, None], axis=1)
    voiced = best > 0.5
    return float(RATE / np.median(lags[voiced])) if voiced.any() else 0.0


def _pace(energy: NDArray[np.float32], loud: NDArray[np.bool_]) -> float:
    """Peaks of the energy envelope (one value each 20 ms) for each second of speech."""
    envelope = np.convolve(np.sqrt(energy), np.ones(5) / 5, mode="same")
    middle = envelope[1:-1]
    floor = 0.2 * float(envelope.max())
    peaks = int(((middle > envelope[:-2]) & (middle >= envelope[2:]) & (middle > floor)).sum())
    seconds = float(loud.sum()) * _HOP / RATE
    return peaks / seconds if seconds else 0.0
