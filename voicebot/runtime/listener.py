"""One utterance on its way through a recogniser, in a worker thread."""

from __future__ import annotations

from collections.abc import Callable

from voicebot.events import Transcript
from voicebot.ports import Recognizer, RecognizerStream
from voicebot.runtime.workers import Workers

CHUNK_BYTES = 3200
"""The recogniser gets at least 200 ms at once: it works in chunks, and smaller ones cost more."""


class Listener:
    """Feeds one utterance to a recogniser stream and tells the transcript, or why there is none.

    `concluded` and `failed` are called from a worker thread, at most one of them and once; `finishing` when the
    transcript is begun.
    """

    def __init__(
        self,
        recognizer: Recognizer,
        expecting: str | None,
        workers: Workers,
        concluded: Callable[[Transcript], None],
        failed: Callable[[str], None],
        *,
        finishing: Callable[[], None] = lambda: None,
    ) -> None:
        self._recognizer = recognizer
        self._expecting = expecting
        self._lane = workers.lane()
        self._concluded = concluded
        self._failed = failed
        self._finishing = finishing
        self._buffer = bytearray()
        self._stream: RecognizerStream | None = None
        self._over = False
        self._lane.submit(self._guarded(self._open))

    def feed(self, pcm: bytes) -> None:
        """More audio."""
        self._buffer += pcm
        if len(self._buffer) >= CHUNK_BYTES:
            self._flush()

    def conclude(self) -> None:
        """No more audio: make the transcript. The caller waits for it from now on, so this is urgent."""
        self._flush()
        self._lane.submit(self._guarded(self._finish), urgent=True)

    def forget(self) -> None:
        """Nothing more is wanted; the stream goes back when its running job is done."""
        self._over = True
        self._lane.submit(self._close)

    def _flush(self) -> None:
        if self._buffer:
            pcm = bytes(self._buffer)
            self._buffer.clear()
            self._lane.submit(self._guarded(lambda: self._accept(pcm)))

    def _open(self) -> None:
        self._stream = self._recognizer.stream(self._expecting)

    def _accept(self, pcm: bytes) -> None:
        if self._stream is not None:
            self._stream.accept(pcm)

    def _finish(self) -> None:
        if self._stream is not None:
            self._finishing()
            transcript = self._stream.finish()
            self._close()
            self._over = True
            self._concluded(transcript)

    def _close(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    def _guarded(self, job: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            if self._over:
                return
            try:
                job()
            except Exception as error:  # a recogniser may fail in any way; the call goes on without it
                self._over = True
                self._close()
                self._failed(f"{type(error).__name__}: {error}")

        return run
