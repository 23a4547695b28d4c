"""Cached speech on disk: only what is the same for every caller.

What names somebody (王小明先生，, an address, a number) is made for him and stays in memory; it has no business on a
disk. What is fixed is known: the parts of the wordings that no placeholder touches.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from voicebot.tts.cache import PartCache


class FixedSpeech(PartCache):
    """A cache whose folder takes the texts that `fixed` gives, and no others."""

    def __init__(self, folder: Path, limit_bytes: int, fixed: Callable[[], Collection[str]]) -> None:
        """`fixed` is asked when something was made, never before."""
        super().__init__(folder, limit_bytes)
        self._fixed = fixed

    def get(self, identity: str, text: str, make: Callable[[], bytes], passing: bool = False) -> bytes:
        """The part's audio; in memory alone where it is not fixed."""
        return super().get(identity, text, make, passing or text not in self._fixed())
