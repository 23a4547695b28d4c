"""How loud the speech was from one hundredth of a second to the next, and where it dips."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from voicebot.audio import to_samples

STEP = 80
"""Samples from one level to the next: 10 ms at 8 kHz."""

Levels = npt.NDArray[np.float64]


def contour(pcm: bytes) -> Levels:
    """Levels in dB, one per 10 ms, each over 30 ms and smoothed over its neighbours; shape (samples // 80,)."""
    samples: npt.NDArray[Any] = to_samples(pcm).astype(np.float64)
    steps = len(samples) // STEP
    if steps == 0:
        return np.zeros(0)
    power = (samples[: steps * STEP] ** 2).reshape(steps, STEP).mean(axis=1)
    padded = np.pad(power, 1)
    window = (padded[:-2] + padded[1:-1] + padded[2:]) / 3
    levels = 10 * np.log10(window + 30.0)
    smooth: Levels = np.convolve(np.pad(levels, 1, mode="edge"), np.ones(3) / 3, "valid")
    return smooth


def dip(levels: Levels, start: int, end: int) -> float:
    """Depth in dB of the deepest valley between two hills inside levels[start:end]; 0.0 where there is none."""
    part = levels[start:end]
    if len(part) < 3:
        return 0.0
    left = np.maximum.accumulate(part)
    right = np.maximum.accumulate(part[::-1])[::-1]
    return float((np.minimum(left, right) - part).max())
