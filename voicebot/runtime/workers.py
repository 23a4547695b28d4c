"""Slow work in threads: in order within a lane, side by side between lanes.

A recogniser's stream is a lane: its jobs run one after another, on whichever thread is free. The engines release
the interpreter's lock while they compute, so a thread a core keeps all cores busy.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

Job = Callable[[], None]


class Workers:
    """A pool of threads with lanes."""

    def __init__(self, threads: int, name: str) -> None:
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix=name)
        self._guard = threading.Lock()
        self._waiting = 0

    @property
    def waiting(self) -> int:
        """Jobs that were submitted and have not begun."""
        return self._waiting

    def submit(self, job: Job) -> None:
        """Run this job when a thread is free."""
        with self._guard:
            self._waiting += 1
        self._pool.submit(self._run, job)

    def lane(self) -> Lane:
        """A new lane on this pool."""
        return Lane(self)

    def close(self) -> None:
        """Finish what has begun, drop what waits."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(self, job: Job) -> None:
        with self._guard:
            self._waiting -= 1
        job()


class Lane:
    """Jobs that must not overtake each other."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._guard = threading.Lock()
        self._jobs: deque[Job] = deque()
        self._running = False

    def submit(self, job: Job) -> None:
        """Run this job after all that were submitted before."""
        with self._guard:
            self._jobs.append(job)
            if self._running:
                return
            self._running = True
        self._workers.submit(self._drain)

    def _drain(self) -> None:
        while True:
            with self._guard:
                if not self._jobs:
                    self._running = False
                    return
                job = self._jobs.popleft()
            job()
