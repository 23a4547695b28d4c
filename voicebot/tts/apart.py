"""A voice in processes of its own, so that what it computes never keeps the calls' process waiting.

    calls' process   thread ── part ──► pipe ──► process 1: a voice       each makes one part at a time
                     thread ── part ──► pipe ──► process 2: a voice       at a low priority
                            ◄── audio ──

Making speech is mostly computing outside of the interpreter, but not all of it: words are cut, pronounced and put in
numbers, and while a thread of low priority holds the interpreter's lock and waits for a core, every call waits for it.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from queue import SimpleQueue

from voicebot.errors import VoicebotError
from voicebot.tts.voice import Voice

log = logging.getLogger(__name__)

LOADING_S, PATIENCE_S = 300.0, 30.0
"""A process that has not loaded its voice, or made a part, after so long is ended and another one begun."""
LEAVE_S = 2.0

Make = Callable[[], Voice]


@dataclass(slots=True)
class _Apart:
    process: BaseProcess
    pipe: Connection
    loaded: bool = False


class VoiceApart:
    """Implements Voice. To be closed. `make` opens the voice in each process, and must be picklable."""

    def __init__(self, make: Make, identity: str, processes: int, nice: int = 0) -> None:
        """`identity` is that of the voice that `make` opens; `nice` (0..19) the processes' place behind others."""
        self.identity = identity
        self._make = make
        self._place = min(19, os.getpriority(os.PRIO_PROCESS, os.getpid()) + nice)
        self._all: list[_Apart] = []
        self._guard = threading.Lock()
        self._free: SimpleQueue[_Apart] = SimpleQueue()
        self._closed = False
        for _ in range(processes):
            self._free.put(self._begun())

    def speak(self, part: str) -> bytes:
        """See Voice. Waits for a free process. Raises VoicebotError when two of them were lost over this part."""
        for _ in range(2):
            one = self._free.get()
            try:
                said = self._ask(one, part)
            except (EOFError, OSError, TimeoutError) as error:
                if self._closed:
                    self._free.put(one)  # whoever waits for it learns the same
                    break
                log.warning("voice lost", extra={"why": type(error).__name__})
                self._free.put(self._instead(one))
                continue
            self._free.put(one)
            if isinstance(said, bytes):
                return said
            raise VoicebotError(said)
        why = (
            "is closed" if self._closed else "was lost twice over the same words; see the log of the process"
        )
        raise VoicebotError(f"the voice {why}")

    def close(self) -> None:
        """End the processes."""
        self._closed = True
        with self._guard:
            ending, self._all = self._all, []
        for one in ending:
            with contextlib.suppress(OSError):
                one.pipe.send(None)
        for one in ending:
            one.process.join(LEAVE_S)
            _end(one)

    def _ask(self, one: _Apart, part: str) -> bytes | str:
        if not one.loaded:
            _answer(one, LOADING_S)
            one.loaded = True
        one.pipe.send(part)
        return _answer(one, PATIENCE_S)

    def _begun(self) -> _Apart:
        spawning = multiprocessing.get_context("spawn")
        ours, theirs = spawning.Pipe()
        process = spawning.Process(target=_speak, args=(theirs, self._make, self._place), daemon=True)
        process.start()
        theirs.close()
        one = _Apart(process, ours)
        with self._guard:
            self._all.append(one)
        return one

    def _instead(self, lost: _Apart) -> _Apart:
        with self._guard:
            self._all = [one for one in self._all if one is not lost]
        _end(lost)
        return self._begun()


def _answer(one: _Apart, within_s: float) -> bytes | str:
    if not one.pipe.poll(within_s):
        raise TimeoutError
    said: bytes | str = one.pipe.recv()
    return said


def _end(one: _Apart) -> None:
    if one.process.is_alive():
        one.process.kill()
        one.process.join()
    one.pipe.close()


def _speak(pipe: Connection, make: Make, place: int) -> None:
    """What a process does: says that it is there; parts in, audio or what is wrong out, until nobody asks any more.

    `place` is its niceness, whatever that of the thread was that has begun it.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asks tells when it is over
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, place)
    voice = make()
    with contextlib.suppress(EOFError, OSError):
        pipe.send(b"")
        while (part := pipe.recv()) is not None:
            try:
                said: bytes | str = voice.speak(part)
            except Exception as error:  # a voice may fail in any way; this part is not made, others are
                said = f"{type(error).__name__}: {error}"
            pipe.send(said)
