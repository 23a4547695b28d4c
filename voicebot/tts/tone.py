"""A voice of tones for tests: at once, the same every time, and told apart by ear and by bytes."""

from __future__ import annotations

import zlib

import numpy as np

from voicebot.audio import RATE, to_pcm

SYLLABLE_MS = 160
"""Each character, letter or syllable lasts this long, divided by the speed."""


class ToneVoice:
    """A Voice: each character is a tone whose pitch (200 to 1600 Hz) comes from the character."""

    def __init__(self, speed: float = 1.0, level_dbfs: float = -20.0) -> None:
        self._samples = round(RATE * SYLLABLE_MS / 1000 / speed)
        self._peak = 32767 * 10 ** (level_dbfs / 20) * 2**0.5
        self.identity = f"tone {speed:.2f} {level_dbfs:.1f}"

    def speak(self, part: str) -> bytes:
        """See Voice."""
        tones = [self._tone(character) for character in part if character.isalnum()]
        return to_pcm(np.concatenate(tones)) if tones else b""

    def _tone(self, character: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        pitch = 200 + zlib.crc32(character.encode()) % 1401
        time = np.arange(self._samples) / RATE
        ramp = np.minimum(1, np.minimum(time, time[::-1]) / 0.005)
        return self._peak * ramp * np.sin(2 * np.pi * pitch * time)
