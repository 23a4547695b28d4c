"""A caller who counts: recorded digits with quiet around them, and where the speech is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from voicebot.audio import read_wav, to_samples


@pytest.fixture(scope="session")
def digits(testdata: Path) -> npt.NDArray[np.float64]:
    """One second of quiet, five digits of speaker a, one second of quiet; 8 kHz, whole frames."""
    spoken = [read_wav(testdata / "digits" / "speaker_a" / f"{digit}.wav") for digit in "三七五零八"]
    samples = np.concatenate([to_samples(pcm).astype(np.float64) for pcm in spoken])
    quiet = np.random.default_rng(7).normal(0, 4, 8000)
    whole = np.concatenate((quiet, samples, quiet))
    return whole[: len(whole) // 160 * 160]
