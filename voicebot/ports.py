"""The small Protocols that engines and data sources implement. Audio is 8 kHz, 16-bit little-endian, mono."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from voicebot.events import Transcript


class VadStream(Protocol):
    """Voice activity for one call; keeps that call's state."""

    def voiced(self, frame: bytes) -> bool:
        """Is there speech in this frame of 20 ms (320 bytes)?"""
        ...


class Vad(Protocol):
    """A voice activity detector whose model, if it has one, is shared by all calls."""

    def stream(self) -> VadStream:
        """A new stream for one call."""
        ...


class RecognizerStream(Protocol):
    """Recognition of one utterance. Used by one thread at a time; the methods may take milliseconds."""

    def accept(self, pcm: bytes) -> str:
        """Take more audio; returns the text so far ("" when nothing new was tried)."""
        ...

    def finish(self) -> Transcript:
        """The final transcript of all that was accepted. The stream is of no more use."""
        ...

    def close(self) -> None:
        """Give everything back without a transcript. Harmless after `finish`, or twice."""
        ...


class Recognizer(Protocol):
    """A recogniser whose model is shared; a stream per utterance. Safe to call from several threads."""

    def stream(self, expecting: str | None) -> RecognizerStream:
        """A new stream; `expecting` names a grammar, or is None for anything."""
        ...


class Synthesizer(Protocol):
    """Text to speech. Safe to call from several threads."""

    def synthesize(self, text: str) -> Iterator[bytes]:
        """Audio of `text` (as written: 128.5元, 2026-11-20) in pieces, the first as soon as possible."""
        ...


class Shop(Protocol):
    """What the shop knows and does, by name. Called in worker threads."""

    def look(self, name: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """Answer the query `name`. Raises LookupError for a name that the shop does not have."""
        ...

    def do(self, name: str, arguments: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        """Carry out `name` once per `key`, in one transaction; asked again, gives the same answer again."""
        ...


class Line(Protocol):
    """The outgoing side of one wire, as the driver uses it. Nothing here blocks."""

    def play(self, frame: bytes | None) -> None:
        """Send the next 20 ms; None: there is nothing to say now."""
        ...

    def clear(self) -> None:
        """Drop whatever the far end has buffered but not played."""
        ...

    def transfer(self, to: str, story: Mapping[str, Any]) -> None:
        """Give the caller to a human; the outcome arrives as Transferred or TransferFailed."""
        ...

    def hang_up(self) -> None:
        """End the call; HungUp follows."""
        ...
