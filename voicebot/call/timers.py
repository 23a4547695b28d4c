"""What a call waits for, by name, each with the moment at which it waits no longer."""

from __future__ import annotations


class Timers:
    """Named deadlines in seconds since the call began."""

    def __init__(self) -> None:
        self._at: dict[str, float] = {}

    @property
    def deadline(self) -> float | None:
        """The earliest of all, or None."""
        return min(self._at.values(), default=None)

    def any(self, prefix: str) -> bool:
        """Is anything waited for whose name begins so?"""
        return any(name.startswith(prefix) for name in self._at)

    def set(self, name: str, at: float) -> None:
        """Wake for `name` at `at`; replaces an earlier wish of that name."""
        self._at[name] = at

    def drop(self, name: str) -> bool:
        """Wait no longer for `name`; tells whether it was waited for."""
        return self._at.pop(name, None) is not None

    def clear(self) -> None:
        """Wait for nothing."""
        self._at.clear()

    def due(self, at: float) -> tuple[str, float] | None:
        """Take out the earliest name whose moment has come by `at`, with that moment; or None."""
        if not self._at:
            return None
        name = min(self._at, key=self._at.__getitem__)
        moment = self._at[name]
        if moment > at + 1e-9:
            return None
        del self._at[name]
        return name, moment
