"""The voice activity detector of the WebRTC project: Gaussian mixtures over six bands, a few µs a frame."""

from __future__ import annotations

import webrtcvad

from voicebot.audio import RATE

AGGRESSIVENESS = range(4)


class WebrtcVad:
    """Detects voice; `aggressiveness` 0 misses the least speech, 3 takes the least noise for speech."""

    def __init__(self, aggressiveness: int = 3) -> None:
        if aggressiveness not in AGGRESSIVENESS:
            raise ValueError(f"aggressiveness is 0 to 3, not {aggressiveness}")
        self._aggressiveness = aggressiveness

    def stream(self) -> WebrtcStream:
        """A detector for one call, with its own memory of that line's noise."""
        return WebrtcStream(self._aggressiveness)


class WebrtcStream:
    """One call's detector."""

    def __init__(self, aggressiveness: int) -> None:
        self._detector = webrtcvad.Vad(aggressiveness)

    def voiced(self, frame: bytes) -> bool:
        """Is there speech in this frame of 20 ms (320 bytes)? Raises ValueError for another length."""
        if len(frame) != 320:
            raise ValueError(f"a frame has 320 bytes, not {len(frame)}")
        return bool(self._detector.is_speech(frame, RATE))
