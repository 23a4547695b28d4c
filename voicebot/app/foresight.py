"""What a transcript means is worked out where it is made, in the recogniser's thread, before the call asks for it.

    hearing thread   finish ─► transcript ─► understand ──┐ kept
    loop                                       Transcribed ─► the call asks: the answer is there

Understanding takes milliseconds for each utterance: in the loop every other call would wait for it. It is the same
function with the same arguments; where they turn out to be others, it is asked again. Of several wishes in one
sentence each is understood by itself as well, as the call is going to ask.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress

from voicebot.events import Transcript
from voicebot.nlu.understanding import Understanding
from voicebot.ports import Recognizer, RecognizerStream

Understand = Callable[[Transcript, str | None, Sequence[str]], Understanding]
KEPT = 4


class Foresight:
    """Understanding for one call, that may be asked in advance."""

    def __init__(self, understand: Understand) -> None:
        self._understand = understand
        self._known: tuple[str, ...] = ()
        self._kept: deque[tuple[Transcript, str | None, tuple[str, ...], Understanding]] = deque(maxlen=KEPT)
        self._parts: dict[tuple[str, str | None], Understanding] = {}
        self.known: Callable[[], Sequence[str]] = lambda: self._known
        """The numbers that the call knows now; asked from another thread. Without it: those that it knew last."""
        self.found = 0
        """How often the answer was there."""

    def __call__(self, heard: Transcript, expecting: str | None, known: Sequence[str]) -> Understanding:
        """What was meant by what was heard."""
        self._known = numbers = tuple(known)
        for transcript, asked, when, meant in tuple(self._kept):
            if transcript is heard and asked == expecting and when == numbers:
                self.found += 1
                return meant
        part = self._parts.get((heard.text, expecting))
        if part is not None and not numbers and heard == Transcript.of(heard.text):
            self.found += 1
            return part
        return self._understand(heard, expecting, known)

    def foresee(self, heard: Transcript, expecting: str | None) -> None:
        """The call is going to ask for this. From another thread; what goes wrong here goes wrong there again."""
        with suppress(Exception):
            known = tuple(self.known())
            meant = self._understand(heard, expecting, known)
            self._kept.append((heard, expecting, known, meant))
            wishes = meant.intents if len(meant.intents) > 1 else ()
            self._parts = {
                (wish.text, expecting): self._understand(Transcript.of(wish.text), expecting, ())
                for wish in wishes
                if wish.text
            }


class Foreseeing:
    """Implements Recognizer with another, and understands at once what it has heard."""

    def __init__(self, recognizer: Recognizer, foresight: Foresight) -> None:
        self._recognizer = recognizer
        self._foresight = foresight

    def stream(self, expecting: str | None) -> RecognizerStream:
        """See Recognizer."""
        return _Stream(self._recognizer.stream(expecting), expecting, self._foresight)


class _Stream:
    def __init__(self, stream: RecognizerStream, expecting: str | None, foresight: Foresight) -> None:
        self._stream = stream
        self._expecting = expecting
        self._foresight = foresight

    def accept(self, pcm: bytes) -> str:
        return self._stream.accept(pcm)

    def finish(self) -> Transcript:
        transcript = self._stream.finish()
        if transcript.text:
            self._foresight.foresee(transcript, self._expecting)
        return transcript

    def close(self) -> None:
        self._stream.close()
