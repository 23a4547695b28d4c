"""A recogniser that knows the fixture: it hears exactly the words that the recorded caller has spoken by now.

For judging the dialogue without recognition, hundreds of times faster than the call.
"""

from __future__ import annotations

from voicebot.events import Alternative, Transcript
from voicebot.replay.caller import FixtureCaller


class FixtureRecognizer:
    """Implements Recognizer for one call."""

    def __init__(self, caller: FixtureCaller) -> None:
        self._caller = caller

    def stream(self, expecting: str | None) -> FixtureStream:
        """A stream that hears the current turn."""
        return FixtureStream(self._caller)


class FixtureStream:
    """Implements RecognizerStream."""

    def __init__(self, caller: FixtureCaller) -> None:
        self._caller = caller

    def accept(self, pcm: bytes) -> str:
        """Audio is not listened to."""
        return ""

    def finish(self) -> Transcript:
        """What the caller has said by now; certain."""
        text = self._caller.words_so_far
        return (
            Transcript(text, 1.0, (), (Alternative(text, 0.0, 1.0, "free"),)) if text else Transcript("", 0.0)
        )

    def close(self) -> None:
        """Nothing to give back."""
