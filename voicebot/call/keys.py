"""Keys that were pressed become answers: by length, by terminator, or by a pause."""

from __future__ import annotations

from voicebot.call.conversation import Conversation
from voicebot.call.course import Course
from voicebot.call.options import CallOptions
from voicebot.dialogue import Keys

TWICE_S = 0.6


class Keying:
    """What one caller presses in one call, by the rule of the question that was asked last."""

    def __init__(self, talk: Conversation, course: Course, options: CallOptions) -> None:
        self._talk = talk
        self._course = course
        self._options = options
        self._doubles = Doubles()
        self._pad = KeyPad()

    def fresh(self, key: str, *, signalled: bool) -> bool:
        """Is this a key that has not come the other way already?"""
        return self._doubles.fresh(self._course.at, key, signalled=signalled)

    def press(self, key: str) -> str | None:
        """Take one key; returns the answer when it is complete. If it is not, the next key is waited for."""
        answer = self._pad.press(key, self._talk.question.keys)
        if answer is not None:
            return self._complete(answer)
        self._course.wait("keys", self._options.key_gap_ms)
        return None

    def paused(self) -> str | None:
        """No key has come for a while: what was pressed is the answer; None when nothing was."""
        return self._complete(self._pad.take()) if self._pad.pending else None

    def _complete(self, answer: str) -> str:
        self._course.timers.drop("keys")
        self._talk.note(self._course.at, "caller", f"[{answer}]")
        self._course.record("keyed", keys=answer)
        return answer


class KeyPad:
    """Collects the keys of one answer. With no rule each key is an answer by itself, and what was begun is void."""

    def __init__(self) -> None:
        self._pressed = ""

    @property
    def pending(self) -> bool:
        """Has an answer been begun?"""
        return bool(self._pressed)

    def press(self, key: str, rule: Keys | None) -> str | None:
        """Take one key (0-9, *, #, A-D); returns the answer when it is complete."""
        if rule is None:
            self._pressed = ""
            return key
        if key == rule.terminator:
            return self.take() or key
        self._pressed += key
        return self.take() if len(self._pressed) >= rule.max else None

    def take(self) -> str:
        """Whatever was pressed so far; the pad is empty afterwards."""
        pressed, self._pressed = self._pressed, ""
        return pressed


class Doubles:
    """The same key may come twice: signalled by the line, and as a tone in the audio. It counts once."""

    def __init__(self) -> None:
        self._counted: list[tuple[float, str, bool]] = []

    def fresh(self, at: float, key: str, *, signalled: bool) -> bool:
        """Is this a new key, or one that came the other way within the last `TWICE_S` seconds?"""
        self._counted = [one for one in self._counted if at - one[0] <= TWICE_S]
        twin = next((one for one in self._counted if one[1:] == (key, not signalled)), None)
        if twin is not None:
            self._counted.remove(twin)
            return False
        self._counted.append((at, key, signalled))
        return True
