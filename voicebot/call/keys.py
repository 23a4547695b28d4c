"""Keys that were pressed become answers: by length, by terminator, or by a pause."""

from __future__ import annotations

from voicebot.dialogue import Keys


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
