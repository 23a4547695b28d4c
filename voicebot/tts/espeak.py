"""espeak-ng by pyttsx3: a light voice that needs no model, robotic but quick.

pyttsx3's own loop comes back before espeak-ng's thread is through and then loses settings and audio, so its
bindings are used below that loop, in the mode in which espeak-ng works in the calling thread. The library is the
one that the package espeakng-loader carries; it is loaded first, so that pyttsx3, which asks for it by name,
finds it. espeak-ng keeps one state for the whole process: one lock here. espeak-ng is GPL-3.0-or-later, used as
a separate library.
"""

from __future__ import annotations

import ctypes
import importlib
import threading
from typing import Any

import numpy as np

from voicebot.errors import VoicebotError
from voicebot.tts import levels

WORDS_PER_MINUTE = 165
"""At speed 1.0, about 3.5 Chinese syllables a second."""

BUFFER_MS = 200

_lock = threading.Lock()
_loaded: list[_Library] = []
"""The one library of this process, once it is loaded."""


class EspeakVoice:
    """A Voice; calls wait for each other."""

    def __init__(self, speed: float = 1.0, level_dbfs: float = -20.0, language: str = "cmn") -> None:
        """Raises VoicebotError where espeak-ng cannot be loaded or does not speak `language`."""
        if not 0.5 <= speed <= 2.0:
            raise VoicebotError(f"speed {speed} cannot be spoken: give 0.5 to 2.0")
        self._words_per_minute = round(WORDS_PER_MINUTE * speed)
        self._level = level_dbfs
        self._language = language
        self.identity = f"espeak {language} {speed:.2f} {level_dbfs:.1f}"
        with _lock:
            if not _library().choose(language, self._words_per_minute):
                raise VoicebotError(f"espeak-ng does not speak '{language}': cmn is Mandarin")

    def speak(self, part: str) -> bytes:
        """See Voice."""
        if not any(character.isalnum() for character in part):
            return b""
        with _lock:
            library = _library()
            library.choose(self._language, self._words_per_minute)
            pcm = library.speak(part)
        samples: levels.Samples = np.frombuffer(pcm, dtype=np.int16).astype(np.float32) / np.float32(32768)
        return levels.finish(samples, library.rate, self._level)


class _Library:
    """espeak-ng, loaded and started; for one thread at a time."""

    def __init__(self) -> None:
        data = _find_library()
        self._c = importlib.import_module("pyttsx3.drivers._espeak")
        self.rate: int = self._c.Initialize(self._c.AUDIO_OUTPUT_SYNCHRONOUS, BUFFER_MS, data)
        if self.rate <= 0:
            raise OSError("espeak-ng found no data")
        self._pieces: list[bytes] = []
        self._c.SetSynthCallback(self._take)

    def choose(self, language: str, words_per_minute: int) -> bool:
        """Set the voice and the pace; False where there is no such voice."""
        found: int = self._c.SetVoiceByName(language.encode())
        self._c.SetParameter(self._c.RATE, words_per_minute, 0)
        return found == 0  # EE_OK

    def speak(self, text: str) -> bytes:
        """16-bit samples at `rate`, in the machine's byte order."""
        self._pieces.clear()
        self._c.Synth(text.encode(), flags=self._c.CHARS_UTF8)
        return b"".join(self._pieces)

    def _take(self, samples: Any, count: int, _: Any) -> int:
        if count > 0:
            self._pieces.append(ctypes.string_at(samples, count * 2))
        return 0


def _library() -> _Library:
    if not _loaded:
        try:
            _loaded.append(_Library())
        except (ImportError, OSError, RuntimeError, AttributeError) as error:
            raise VoicebotError(
                "espeak-ng cannot be loaded: install the Python package espeakng-loader, or espeak-ng itself, "
                "or choose another voice engine"
            ) from error
    return _loaded[0]


def _find_library() -> bytes | None:
    """Load the package's library under the name that pyttsx3 asks for; gives the folder of its data."""
    try:
        loader = importlib.import_module("espeakng_loader")
    except ImportError:
        return None  # the system may have its own
    ctypes.CDLL(loader.get_library_path(), mode=ctypes.RTLD_GLOBAL)
    return str(loader.get_data_path()).encode()
