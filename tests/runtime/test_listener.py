import queue

import pytest

from voicebot.events import Transcript
from voicebot.runtime.listener import CHUNK_BYTES, Listener
from voicebot.runtime.workers import Workers


class Stream:
    def __init__(self, fails_at: str | None = None) -> None:
        self.fails_at = fails_at
        self.pieces: list[bytes] = []
        self.closed = 0

    def accept(self, pcm: bytes) -> str:
        if self.fails_at == "accept":
            raise RuntimeError("lost")
        self.pieces.append(pcm)
        return ""

    def finish(self) -> Transcript:
        if self.fails_at == "finish":
            raise RuntimeError("lost")
        return Transcript.of("好")

    def close(self) -> None:
        self.closed += 1


class Engine:
    def __init__(self, stream: Stream) -> None:
        self.opened = stream
        self.expecting: list[str | None] = []

    def stream(self, expecting: str | None) -> Stream:
        self.expecting.append(expecting)
        return self.opened


def listen(stream: Stream) -> tuple[Listener, "queue.Queue[object]", Workers]:
    told: queue.Queue[object] = queue.Queue()
    workers = Workers(1, "test")
    return Listener(Engine(stream), "digits", workers, told.put, told.put), told, workers


def test_audio_goes_in_in_order_and_in_large_pieces() -> None:
    stream = Stream()
    listener, told, workers = listen(stream)
    frames = [bytes([n]) * 320 for n in range(25)]
    for frame in frames:
        listener.feed(frame)
    listener.conclude()
    assert told.get(timeout=10) == Transcript.of("好")
    workers.close()
    assert b"".join(stream.pieces) == b"".join(frames)
    assert all(len(piece) >= CHUNK_BYTES for piece in stream.pieces[:-1])
    assert stream.closed == 1


@pytest.mark.parametrize("where", ["accept", "finish"])
def test_a_loss_is_told_once_and_gives_the_stream_back(where: str) -> None:
    stream = Stream(fails_at=where)
    listener, told, workers = listen(stream)
    for _ in range(30):
        listener.feed(bytes(320))
    listener.conclude()
    assert told.get(timeout=10) == "RuntimeError: lost"
    workers.close()
    assert told.empty()
    assert stream.closed == 1


def test_what_is_forgotten_tells_nothing() -> None:
    stream = Stream()
    listener, told, workers = listen(stream)
    listener.feed(bytes(320))
    listener.forget()
    listener.conclude()
    workers.close()
    assert told.empty()
