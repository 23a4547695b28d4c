"""The last step of every voice: silence trimmed at both ends, loudness as the telephone wants it."""

from __future__ import annotations

import numpy as np
import soxr
from numpy.typing import NDArray

from voicebot.audio import RATE, to_pcm

FRAME = RATE // 100
"""Loudness is looked at in frames of 10 ms."""

Samples = NDArray[np.float32]


def finish(samples: Samples, rate: int, level_dbfs: float = -20.0) -> bytes:
    """Telephone audio of a voice's raw output.

    `samples` are floats in -1..1 at `rate` Hz. The result is 8 kHz, 16-bit little-endian, mono, begins 10 ms
    before and ends 30 ms after the sound, and its speech (frames within 30 dB of the loudest) has the RMS
    level `level_dbfs` relative to full scale; peaks are bent, not cut. Silence gives b"".
    """
    narrow = soxr.resample(np.asarray(samples, dtype=np.float32), rate, RATE)
    trimmed = _trim(narrow)
    if trimmed.size == 0:
        return b""
    return to_pcm(_bend(trimmed * _gain(trimmed, level_dbfs)) * 32767)


def _power(samples: Samples) -> Samples:
    """Mean square of each whole or last partial frame."""
    count = -(-samples.size // FRAME)
    padded = np.zeros(count * FRAME, dtype=np.float32)
    padded[: samples.size] = samples
    power: Samples = np.mean(padded.reshape(count, FRAME) ** 2, axis=1)
    return power


def _trim(samples: Samples, floor_db: float = 42.0) -> Samples:
    """Without the frames at both ends that are `floor_db` below the loudest one."""
    if samples.size == 0:
        return samples
    power = _power(samples)
    sounding = np.flatnonzero(power > max(float(power.max()) * 10 ** (-floor_db / 10), 1e-8))
    if sounding.size == 0:
        return samples[:0]
    start = max(0, (int(sounding[0]) - 1) * FRAME)
    end = min(samples.size, (int(sounding[-1]) + 4) * FRAME)
    return _faded(samples[start:end].copy())


def _faded(samples: Samples) -> Samples:
    """The first and last 5 ms ramped, so that joined parts do not click."""
    length = min(RATE // 200, samples.size // 2)
    ramp = np.linspace(0.0, 1.0, length, endpoint=False, dtype=np.float32)
    samples[:length] *= ramp
    samples[samples.size - length :] *= ramp[::-1]
    return samples


def _gain(samples: Samples, level_dbfs: float) -> float:
    power = _power(samples)
    active = power[power > power.max() * 1e-3]
    return float(10 ** (level_dbfs / 20) / np.sqrt(active.mean()))


def _bend(samples: Samples, knee: float = 0.7) -> Samples:
    """Peaks above `knee` bent smoothly below full scale."""
    over = np.abs(samples) - knee
    bent = knee + (1 - knee) * np.tanh(np.maximum(over, 0) / (1 - knee))
    result: Samples = np.where(over > 0, np.sign(samples) * bent, samples).astype(np.float32)
    return result
