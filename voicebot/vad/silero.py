"""Silero's neural voice activity detector (ONNX, 8 kHz), shared by all calls, with a state for each.

The network takes windows of 256 samples (32 ms), each preceded by the last 32 samples of the one before, and
its own recurrent state; frames of 20 ms are re-blocked, so a decision is at most 12 ms older than the frame:

    frames   |   160   |   160   |   160   |   160   |   160   |
    windows  |      256       |      256       |      256      |

The probability passes a hysteresis: voice begins at `begin` and ends below `end`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

from voicebot.audio import RATE, to_samples
from voicebot.errors import VoicebotError

WINDOW = 256
PRECEDING = 32

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SileroOptions:
    """Probabilities at which voice begins and below which it ends.

    Lower than the network's makers advise: on a telephone line 0.5 loses single digits, and the ear's energy
    gate keeps out what a low limit would let in (benchmarks/vad.py).
    """

    begin: float = 0.2
    end: float = 0.1


class SileroVad:
    """Detects voice with the network in `path`. Safe to share between threads; a stream is one thread's.

    Raises VoicebotError when the file is no such network.
    """

    def __init__(self, path: Path, options: SileroOptions | None = None) -> None:
        one_thread = onnxruntime.SessionOptions()
        one_thread.intra_op_num_threads = one_thread.inter_op_num_threads = 1
        one_thread.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                str(path), one_thread, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise VoicebotError(
                f"the VAD model {path} cannot be loaded; run: voicebot models check"
            ) from error
        self._options = options or SileroOptions()

    def stream(self) -> SileroStream:
        """A detector for one call."""
        return SileroStream(self._session, self._options)


class SileroStream:
    """One call's detector."""

    def __init__(self, session: onnxruntime.InferenceSession, options: SileroOptions) -> None:
        self._session = session
        self._options = options
        self._state = np.zeros((2, 1, 128), dtype=np.float32)
        self._preceding = np.zeros(PRECEDING, dtype=np.float32)
        self._waiting = np.zeros(0, dtype=np.float32)
        self._voice = False

    def voiced(self, frame: bytes) -> bool:
        """Is there speech in this frame of 20 ms (320 bytes)?"""
        samples = to_samples(frame).astype(np.float32) / 32768
        self._waiting = np.concatenate((self._waiting, samples))
        while len(self._waiting) >= WINDOW:
            window, self._waiting = self._waiting[:WINDOW], self._waiting[WINDOW:]
            limit = self._options.end if self._voice else self._options.begin
            self._voice = self._probability(window) >= limit
        return self._voice

    def _probability(self, window: Floats) -> float:
        """That this window of 256 samples, in -1..1, is speech."""
        feed = {
            "input": np.concatenate((self._preceding, window))[np.newaxis],
            "state": self._state,
            "sr": np.array(RATE, dtype=np.int64),
        }
        probability, self._state = self._session.run(None, feed)
        self._preceding = window[-PRECEDING:]
        return float(probability[0, 0])
