"""A recorded call in real time: the same driver, threads and pacing as on a live line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from voicebot.call import Call
from voicebot.replay.driver import Peer
from voicebot.runtime.driver import Driver, Engines, Observer
from voicebot.runtime.recording import Recording


class FileLine:
    """A line whose far end is a recorded caller. He hears and speaks on the pacer's schedule."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self.driver: Driver | None = None

    def play(self, frame: bytes | None) -> None:
        """The caller hears this 20 ms, and does whatever he does in it."""
        if self.driver is not None:
            for event in self._peer.tick(self.driver.at, frame is not None):
                self.driver.post(event)

    def clear(self) -> None:
        """Nothing is buffered at the far end."""

    def transfer(self, to: str, story: Mapping[str, Any]) -> None:
        """Ask the far end what becomes of it."""
        if self.driver is not None:
            self.driver.post(self._peer.transfer(self.driver.at, to))

    def hang_up(self) -> None:
        """The far end needs no word of it."""


async def run(call: Call, peer: Peer, engines: Engines, observer: Observer) -> tuple[float, Recording]:
    """Drive the call to its end in real time; returns its length in seconds and its recording."""
    line = FileLine(peer)
    driver = Driver(call, line, engines, observer)
    line.driver = driver
    await driver.run()
    return driver.at, driver.recording
