"""The Synthesizer: written text in, audio out, part by part, each made once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

from voicebot.audio import silence
from voicebot.tts.cache import PartCache
from voicebot.tts.parts import Part, split
from voicebot.tts.reading import read
from voicebot.tts.voice import Voice

VARIES = "龘"
"""Stands for a placeholder while a template is cut; no wording has it."""


class Speaker:
    """Speaks with one voice. Safe from several threads as far as its voice is."""

    def __init__(
        self, voice: Voice, cache: PartCache | None = None, year: Callable[[], int] | None = None
    ) -> None:
        """`cache` is in memory alone by default. `year` tells the present year: see reading.read."""
        self._voice = voice
        self._cache = cache or PartCache(None)
        self._year = year

    @property
    def identity(self) -> str:
        """What shapes the sound: see Voice."""
        return self._voice.identity

    def synthesize(self, text: str) -> Iterator[bytes]:
        """Audio of `text` as written, one piece a part with the pause that follows it; 8 kHz, 16-bit."""
        for part in self.parts(text):
            piece = self._piece(part)
            if piece:
                yield piece

    def steps(self, text: str) -> Iterator[bytes | Callable[[], bytes]]:
        """As `synthesize`; of a part that is not there yet what makes it, to be called when it is wanted."""
        for part in self.parts(text):
            audio = self._cache.ready(self._voice.identity, part.text)
            if audio is None:
                yield partial(self._piece, part)
            elif audio:
                yield audio + silence(part.pause_ms)

    def _piece(self, part: Part) -> bytes:
        audio = self.part_audio(part)
        return audio + silence(part.pause_ms) if audio else b""

    def reading(self, text: str) -> str:
        """What is said for `text`."""
        return read(text, self._year() if self._year else None)

    def parts(self, text: str) -> list[Part]:
        """What `synthesize` makes one after the other."""
        return split(self.reading(text))

    def fixed_parts(self, template: str) -> list[Part]:
        """The parts of a wording template that no {placeholder} touches: worth making before any call."""
        blanked = re.sub(r"\{[^}]*\}", VARIES, template)
        return [part for part in self.parts(blanked) if VARIES not in part.text]

    def fixed_opening(self, template: str) -> list[Part]:
        """The first part of a wording template, if no {placeholder} touches it; else none."""
        first = self.parts(re.sub(r"\{[^}]*\}", VARIES, template))[:1]
        return [part for part in first if VARIES not in part.text]

    def cached(self, part: Part) -> bool:
        """Can this part be played without making it?"""
        return self._cache.holds(self._voice.identity, part.text)

    def part_audio(self, part: Part) -> bytes:
        """Audio of one part, without its pause; made now if it is not there."""
        make = self._voice.speak
        return self._cache.get(self._voice.identity, part.text, lambda: make(part.text), part.passing)

    def with_voice(self, voice: Voice) -> Speaker:
        """The same speaker, and what it has said before, with another voice that sounds the same."""
        return Speaker(voice, self._cache, self._year)

    def close(self) -> None:
        """Nothing more is said: let the voice go, if it holds anything."""
        if hasattr(self._voice, "close"):
            self._voice.close()
