"""Keys that were pressed become answers: by length, by terminator, or by a pause."""

from __future__ import annotations

from voicebot.dialogue import Keys

TWICE_S = 0.6


class KeyPad:
    """Collects the keys of one answer. With no rule each key is an answer by itself."""

    def __init__(self) -> None:
        self._pressed = ""

    @property
    def pending(self) -> bool:
        """Has an answer been begun?"""
        return bool(self._pressed)

    def press(self, key: str, rule: Keys | None) -> str | None:
        """Take one key (0-9, *, #, A-D); returns the answer when it is complete."""
        if rule is None:
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
