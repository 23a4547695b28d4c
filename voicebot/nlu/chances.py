"""Sums of weights as probabilities."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def softmax(scores: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Probabilities over the last axis."""
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True), dtype=np.float64)
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True), dtype=np.float64)
