"""How often somebody may fail before he has to wait: counted per name and per address."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

MOST_KEPT = 10_000


class Patience:
    """Failures within a window; at the limit the key has to wait until the oldest is forgotten. Thread-safe."""

    def __init__(self, now: Callable[[], float], limit: int = 5, window_s: float = 300.0) -> None:
        self._now = now
        self._limit = limit
        self._window_s = window_s
        self._failures: dict[str, deque[float]] = {}
        self._guard = threading.Lock()

    def wait_s(self, key: str, times: int = 1) -> float:
        """Seconds that this key has to wait; 0 when it may try. `times` multiplies the limit."""
        with self._guard:
            failures = self._recent(key)
            if len(failures) < self._limit * times:
                return 0.0
            return failures[-self._limit * times] + self._window_s - self._now()

    def failed(self, key: str) -> None:
        """One more failure."""
        with self._guard:
            if len(self._failures) >= MOST_KEPT and key not in self._failures:
                self._forget_old()
            self._failures.setdefault(key, deque(maxlen=self._limit * 20)).append(self._now())

    def succeeded(self, key: str) -> None:
        """It was right at last."""
        with self._guard:
            self._failures.pop(key, None)

    def _recent(self, key: str) -> deque[float]:
        failures = self._failures.get(key)
        if failures is None:
            return deque()
        while failures and failures[0] <= self._now() - self._window_s:
            failures.popleft()
        if not failures:
            del self._failures[key]
        return failures

    def _forget_old(self) -> None:
        for key in list(self._failures):
            self._recent(key)
        while len(self._failures) >= MOST_KEPT:
            del self._failures[next(iter(self._failures))]
