"""Slow work in threads: in order within a lane, side by side between lanes, what is urgent first.

A recogniser's stream is a lane: its jobs run one after another, on whichever thread is free. The engines release
the interpreter's lock while they compute, so a thread a core keeps all cores busy. A caller who waits for his answer
is urgent, one who is still speaking is not: when there is too much to do, the latter's words wait.

    urgent   ▣ ▣            ──► free thread        what is due first goes first; a lane becomes urgent as a whole
    others   ▢ ▢ ▢ ▢ ▢ ▢    ──►                    after each job it lets urgent ones pass
"""

from __future__ import annotations

import contextlib
import heapq
import logging
import os
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from voicebot.runtime.clock import Clock, SystemClock, spent_s

LEAVE_S = 10.0

Job = Callable[[], object]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """`most` jobs wait, others are not taken; `nice` (0..19) is the threads' place behind others on the machine."""

    most: int = 10_000
    nice: int = 0


@dataclass(order=True, slots=True)
class Entry:
    """A job in the row; `due` and `since` in seconds of the clock: not late before the later of both."""

    due: float
    number: int
    job: Job = field(compare=False)
    since: float = field(compare=False)
    taken: bool = field(default=False, compare=False)


class Workers:
    """A pool of threads with lanes."""

    def __init__(
        self, threads: int, name: str, options: WorkerOptions | None = None, clock: Clock | None = None
    ) -> None:
        self._name = name
        self._options = options or WorkerOptions()
        self._now = (clock or SystemClock()).now
        self._ready = threading.Condition(threading.Lock())
        self._urgent: list[Entry] = []  # a heap
        self._others: deque[Entry] = deque()
        self._numbers = 0
        self._waiting = self._working = 0
        self._closed = False
        self.refused = 0
        """Jobs that were not taken because too many waited."""
        self.processor_s = 0.0
        """Processor time that finished jobs have used, in seconds."""
        self._threads = [
            threading.Thread(target=self._work, name=f"{name}-{number}", daemon=True)
            for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def waiting(self) -> int:
        """Jobs that were submitted and have not begun."""
        return self._waiting

    @property
    def closed(self) -> bool:
        """Is nothing done here any more?"""
        return self._closed

    @property
    def urgent(self) -> bool:
        """Does an urgent job wait?"""
        return bool(self._urgent)

    @property
    def lag_s(self) -> float:
        """How long the job that has waited longest, since it was due, has waited, in seconds."""
        with self._ready:
            first = [max(entry.since, entry.due) for entry in (*self._urgent, *self._others)]
        return max(0.0, self._now() - min(first)) if first else 0.0

    def submit(self, job: Job, *, urgent: bool = False) -> bool:
        """Run this job when a thread is free; False: too many wait already, it will not be run."""
        return self.enter(job, urgent=urgent) is not None

    def enter(
        self, job: Job, *, urgent: bool = False, always: bool = False, due: float | None = None
    ) -> Entry | None:
        """As submit, for what may become urgent later, or is not due before `due`; `always` knows no limit."""
        with self._ready:
            if self._closed or (self._waiting >= self._options.most and not always):
                self.refused += 1
                return None
            now = self._now()
            self._numbers += 1
            entry = Entry(now if due is None else due, self._numbers, job, now)
            self._line_up(entry, urgent)
            self._waiting += 1
            self._ready.notify()
        return entry

    def hurry(self, entry: Entry, due: float | None = None) -> None:
        """What waits here is urgent from now on, and due then or now."""
        with self._ready:
            if entry.taken or self._closed:
                return
            if entry in self._urgent:
                self._urgent.remove(entry)
            else:
                self._others = deque(other for other in self._others if other is not entry)
            entry.due = self._now() if due is None else due
            heapq.heapify(self._urgent)
            self._line_up(entry, urgent=True)

    def _line_up(self, entry: Entry, urgent: bool) -> None:
        if urgent:
            heapq.heappush(self._urgent, entry)
        else:
            self._others.append(entry)

    def anyone_before(self, due: float) -> bool:
        """Does an urgent job wait that is due before then?"""
        with self._ready:
            return bool(self._urgent) and self._urgent[0].due < due

    def lane(self) -> Lane:
        """A new lane on this pool."""
        return Lane(self)

    def finish(self) -> None:
        """Do all that waits, then close."""
        with self._ready:
            while self._waiting or self._working:
                self._ready.wait()
        self.close()

    def close(self) -> None:
        """Drop what waits, and let what has begun finish within LEAVE_S: an engine that hangs holds nobody up."""
        with self._ready:
            self._closed = True
            self._urgent.clear()
            self._others.clear()
            self._waiting = 0
            self._ready.notify_all()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(LEAVE_S)

    def _work(self) -> None:
        if self._options.nice:
            with contextlib.suppress(OSError, AttributeError):  # not every system has it for a single thread
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), self._options.nice)
        before = spent_s()
        while (entry := self._next()) is not None:
            _run(entry.job)
            now = spent_s()
            with self._ready:
                self.processor_s += now - before
                self._working -= 1
                self._ready.notify_all()
            before = now

    def _next(self) -> Entry | None:
        with self._ready:
            while not (self._urgent or self._others or self._closed):
                self._ready.wait()
            if self._closed:
                return None
            entry = heapq.heappop(self._urgent) if self._urgent else self._others.popleft()
            entry.taken = True
            self._waiting -= 1
            self._working += 1
            return entry


class Lane:
    """Jobs that must not overtake each other."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._guard = threading.Lock()
        self._jobs: deque[Job] = deque()
        self._entry: Entry | None = None
        self._running = False
        self._urgent = False

    def submit(self, job: Job, *, urgent: bool = False) -> None:
        """Run this job after all that were submitted before; an urgent one makes the whole lane urgent."""
        with self._guard:
            self._jobs.append(job)
            hurry = urgent and not self._urgent
            self._urgent = self._urgent or urgent
            if not self._running:
                self._running = True
                self._enter()
            elif hurry and self._entry is not None:
                self._workers.hurry(self._entry)

    def _enter(self) -> None:
        self._entry = self._workers.enter(self._drain, urgent=self._urgent, always=True)

    def _drain(self) -> None:
        while True:
            with self._guard:
                if not self._jobs:
                    self._running, self._entry = False, None
                    return
                job = self._jobs.popleft()
            _run(job)
            with self._guard:
                if self._jobs and not self._urgent and self._workers.urgent:
                    self._enter()
                    return


def _run(job: Job) -> None:
    try:
        job()
    except Exception:  # a job tells its own failures; this one did not foresee it
        log.exception("job broken")
